# The budget follows what functions do: one that becomes slow is timed call by call
# soon after, in both directions; what costs more to count than allowed is suspended,
# says so, and was counted exactly until then. Waiting is told from computing.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >change.c <<'C'
#include <stdio.h>
#include <time.h>
#include <tka/tka.h>

static volatile long sink;
static volatile int is_slow;

TKA_PROFILE static void step(long x)
{
    struct timespec wait = {0, 5000000};

    sink = x;
    if (is_slow) {
        nanosleep(&wait, NULL);
    }
}

static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(void)
{
    double end = now() + 0.5;
    long slow_calls = 0;

    while (now() < end) {
        for (int i = 0; i < 1000; i++) {
            step(i);
        }
    }
    is_slow = 1;
    for (end = now() + 3; now() < end; slow_calls++) {
        step(0);
    }
    is_slow = 0;
    for (end = now() + 0.5; now() < end;) {
        for (int i = 0; i < 1000; i++) {
            step(i);
        }
    }
    printf("%ld\n", slow_calls);
    return 0;
}
C
build change.c
fresh
TKA_PROFILING_OVERHEAD_THRESHOLD=20 TKA_PROFILING_BOTTLENECK_THRESHOLD=4 ./change >slow || fail "change"
fold
# with probability 1 a bit more than a quarter second is missed; half is generous
timed=$(query 'SELECT slow_calls FROM measurement')
[ "$timed" -ge $(($(cat slow) / 2)) ] || fail "$timed of $(cat slow) slow calls timed"
[ "$timed" -le "$(cat slow)" ] || fail "$timed of $(cat slow) slow calls timed"
expect "few of the fast ones" 1 "$(query 'SELECT samples * 20 < calls FROM measurement')"
expect "slow calls captured" 1 "$(query 'SELECT count(*) BETWEEN 10 AND 200 FROM slow_call')"

cat >tiny.c <<'C'
#include <stdio.h>
#include <time.h>
#include <tka/tka.h>

static volatile long sink;
static long made;

TKA_PROFILE static void tiny(long x)
{
    sink = x;
}

TKA_CRITICAL_PATH("kept") static void kept(void)
{
    sink++;
}

TKA_PROFILE static void turn(void)
{
    for (int i = 0; i < 100000; i++) {
        tiny(i);
    }
    made += 100000;
    kept();
}

int main(void)
{
    time_t end = time(NULL) + 4;
    long turns = 0;

    for (; time(NULL) < end; turns++) {
        turn();
    }
    printf("%ld %ld\n", made, turns);
    return 0;
}
C
build tiny.c
export TKA_MONITORING_INTERVAL=200
fresh
TKA_PROFILING_OVERHEAD_THRESHOLD=0.05 ./tiny >made || fail tiny
read -r made turns <made
fold
expect "tiny is suspended" "budget|1" "$(query "SELECT off_reason, off_ns>1000000000
    FROM measurement JOIN function ON id=function_id WHERE name='tiny'")"
[ "$(calls tiny)" -gt 0 ] && [ "$(calls tiny)" -lt "$made" ] || fail "$(calls tiny) of $made counted"
expect_calls kept "$turns"
expect_calls turn "$turns"
expect "kept and turn stay" 2 "$(query 'SELECT count(*) FROM measurement WHERE off_ns=0 AND off_reason IS NULL')"

# who wants every call counted or timed gets that
for mode in count exact; do
    fresh
    TKA_PROFILING_OVERHEAD_THRESHOLD=0.05 TKA_PROFILING_MODE=$mode ./tiny >made || fail tiny
    read -r made turns <made
    fold
    expect_calls tiny "$made"
done

cat >cpu.c <<'C'
#include <time.h>
#include <tka/tka.h>

static volatile long sink;

TKA_PROFILE static void waits(void)
{
    struct timespec wait = {0, 20000000};

    nanosleep(&wait, NULL);
}

TKA_PROFILE static void computes(void)
{
    clock_t end = clock() + CLOCKS_PER_SEC / 50; /* of CPU time */

    while (clock() < end) {
        sink++;
    }
}

TKA_PROFILE static void both(void)
{
    waits();
    computes();
}

int main(void)
{
    for (int i = 0; i < 20; i++) {
        both();
    }
    return 0;
}
C
build cpu.c
fresh
./cpu || fail cpu
fold
share()
{
    query "SELECT CAST(100 * cpu_ns / cpu_wall_ns AS INTEGER) FROM measurement
           JOIN function ON id=function_id WHERE name='$1'"
}
[ "$(share waits)" -lt 20 ] || fail "waits computes $(share waits) % of its time"
# computing takes its CPU time, however long it had to wait for a processor
expect "CPU time of computes" 1 "$(query "SELECT cpu_ns BETWEEN 18e6 * n AND 26e6 * n FROM
    (SELECT cpu_ns, (samples - 1) AS n FROM measurement JOIN function ON id=function_id
     WHERE name='computes')")"
[ "$(share both)" -gt "$(share waits)" ] || fail "both: $(share both) %"
exit 0
