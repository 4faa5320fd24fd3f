# A program switches its own recording while eight threads make calls: modes, budget,
# functions by pattern. Counts of what was never off are exact whatever was switched,
# what was off is not counted and says how long.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >switch.c <<'C'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tka/tka.h>

#define THREADS 8

static volatile int stop;
static volatile long sink;
static long made[THREADS];

TKA_PROFILE static void always(long x)
{
    sink = x;
}

TKA_PROFILE static void sometimes(long x)
{
    sink = x;
}

TKA_CRITICAL_PATH("path") static void critical(long x)
{
    sink = x;
}

static void *work(void *argument)
{
    long *n = argument;

    while (!stop) {
        for (int i = 0; i < 100; i++, ++*n) {
            always(i);
            sometimes(i);
        }
        critical(*n);
    }
    return NULL;
}

static void pause_ms(long ms)
{
    struct timespec wait = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&wait, NULL);
}

static void ask(const char *request)
{
    if (tka_control(request) != 0) {
        printf("refused: %s\n", request);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    static const char *const modes[] = {"mode exact", "mode count", "mode sampled",
                                        "mode off", "mode exact", "mode sampled"};
    pthread_t threads[THREADS];
    int with_off = argc > 1 && strcmp(argv[1], "off") == 0;
    long all = 0, before_off = 0;

    if (tka_control("mode nonsense") == 0 || tka_control("jump") == 0 ||
        tka_control("threshold 0") == 0) {
        return 1;
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, work, &made[i]);
    }
    for (int round = 0; round < 120; round++) {
        const char *mode = modes[round % 6];

        if (!with_off && strcmp(mode, "mode off") == 0) {
            mode = "threshold 0.5";
        }
        ask(mode);
        pause_ms(round < 100 ? 2 : 20);
    }
    ask("mode sampled");
    if (with_off) {
        pause_ms(20);
        ask("off some*");
        pause_ms(50);
        for (int i = 0; i < THREADS; i++) {
            before_off += made[i];
        }
        pause_ms(300);
    }
    stop = 1;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        all += made[i];
    }
    if (with_off) {
        always(0);
        sometimes(0);
        ask("on some*");
        sometimes(0);
    }
    printf("%ld %ld\n", all, before_off);
    return 0;
}
C
build switch.c -pthread

fresh
./switch >made || fail "switch: $(cat made)"
read -r all rest <made
fold
expect_calls always "$all"
expect_calls sometimes "$all"
expect_calls path $((all / 100))
expect "probes that were off" 0 "$(query 'SELECT count(*) FROM measurement WHERE off_ns<>0')"
expect "calls lost" 0 "$(query 'SELECT sum(lost_calls) FROM process')"
expect "timed calls are calls" 1 "$(query 'SELECT min(samples<=calls AND samples>0) FROM measurement')"

fresh
./switch off >made || fail "switch off: $(cat made)"
read -r all before_off <made
fold
[ "$(calls always)" -lt "$all" ] || fail "mode off counts: $(calls always) of $all"
[ "$(calls sometimes)" -le "$((before_off + 1))" ] ||
    fail "off some*: $(calls sometimes) calls, $before_off made before"
[ "$(calls sometimes)" -lt "$(calls always)" ] || fail "off some* does nothing"
expect "off long enough" 1 "$(query "SELECT off_ns>300000000 AND off_reason IS NULL
    FROM measurement JOIN function ON id=function_id WHERE name='sometimes'")"

# threads that end and begin, libraries of their own, forked children: all follow
cat >follow.c <<'C'
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <tka/tka.h>
#include <unistd.h>

static volatile long sink;

TKA_PROFILE static void step(long x)
{
    sink = x;
}

static void *work(void *unused)
{
    for (int i = 0; i < 1000; i++) {
        step(i);
    }
    return unused;
}

int main(void)
{
    static const char *const modes[] = {"mode exact", "mode sampled", "mode count"};
    int status;

    for (int i = 0; i < 300; i++) {
        pthread_t threads[4];

        for (int n = 0; n < 4; n++) {
            pthread_create(&threads[n], NULL, work, NULL);
        }
        if (tka_control(modes[i % 3]) != 0) {
            return 1;
        }
        for (int n = 0; n < 4; n++) {
            pthread_join(threads[n], NULL);
        }
        if (i % 100 == 50 && fork() == 0) {
            work(NULL);
            return tka_control("mode exact") != 0 || (work(NULL), 0);
        }
    }
    for (int i = 0; i < 3; i++) {
        if (wait(&status) < 0 || status != 0) {
            return 1;
        }
    }
    return 0;
}
C
build follow.c -pthread
fresh
./follow || fail "follow: $?"
fold
expect_calls step $((300 * 4000 + 3 * 2000))

# after a switch to counting alone no call is timed, however many follow
cat >counts.c <<'C'
#include <tka/tka.h>

static volatile long sink;

TKA_PROFILE static void step(long x)
{
    sink = x;
}

int main(void)
{
    for (int i = 0; i < 1000; i++) {
        step(i);
    }
    if (tka_control("mode count") != 0) {
        return 1;
    }
    for (int i = 0; i < 5000000; i++) {
        step(i);
    }
    return tka_control("mode exact") != 0 || (step(0), 0);
}
C
build counts.c
fresh
TKA_PROFILING_MODE=exact ./counts || fail "counts: $?"
fold
expect "calls and timed" "5001001|1001" "$(query 'SELECT calls, samples FROM measurement')"

# without the runtime, and where nothing is recorded, a request is refused
cat >alone.c <<'C'
#include <tka/tka.h>
int main(void)
{
    return tka_control("mode exact") == 0;
}
C
"$CC" -I"$TKA_PREFIX/include" -I"$(dirname "$0")/../../../runtime/include" alone.c -o alone &&
    ./alone || fail "a request without the runtime"
fresh
TKA_PROFILING_ENABLED=false ./switch >made && fail "a request while nothing is recorded"
exit 0
