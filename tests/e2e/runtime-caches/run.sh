# Lookups of caches: calls and hits are those that the program counts itself, with eight
# threads, while they are told to come to the slow path again and again, in forked children,
# in named stretches, after kill -9; and what their keys tell. All that for what tka-cc
# inserts, and for the same written by hand.
. "$(dirname "$0")/../../lib/runtime_case.sh"
export TKA_PROFILING_OVERHEAD_THRESHOLD=1000

cat >cache.c <<'C'
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <tka/tka.h>

#ifdef BY_HAND
#include "cache_sites.h"
SITE(1, "get", "lookup:pages");
SITE(2, "put", "put:pages");
SITE(3, "get_other", "lookup:other things");
SITE(4, "forks", "lookup:forks");
#else
#define ENTER(n) ((void)0)
#define KEY(n, key) ((void)0)
#define RESULT(n, hit)       \
    do {                     \
        if (hit) {           \
            TKA_CACHE_HIT();  \
        } else {             \
            TKA_CACHE_MISS(); \
        }                    \
    } while (0)
#endif

#define THREADS 8

static volatile int stop;
static volatile long sink;

struct made {
    unsigned long gets, hits, puts;
    char line[64];
};

TKA_CACHE("pages") static __attribute__((noinline)) int get(TKA_CACHE_KEY unsigned long key)
{
    int hit = key % 3 != 0;
    ENTER(1);
    KEY(1, key);
    sink++;
    RESULT(1, hit);
    return hit;
}

TKA_CACHE_PUT("pages") static __attribute__((noinline)) void put(void)
{
    ENTER(2);
    sink++;
}

TKA_CACHE("other things")
static __attribute__((noinline)) int get_other(TKA_CACHE_KEY unsigned long key)
{
    int hit = key < 900;
    ENTER(3);
    KEY(3, key);
    RESULT(3, hit);
    return hit;
}

TKA_CACHE("forks") static __attribute__((noinline)) int forks(TKA_CACHE_KEY unsigned long key)
{
    int child;
    ENTER(4);
    KEY(4, key);
    child = fork() == 0;
    RESULT(4, 1);
    return child;
}

static void look_up(struct made *made, unsigned long key)
{
    made->gets++;
    if (get(key)) {
        made->hits++;
    } else {
        put();
        made->puts++;
    }
}

static void *work(void *argument)
{
    struct made *made = argument;
    unsigned long key = (unsigned long)argument;

    while (!stop) {
        for (int i = 0; i < 1000; i++) {
            key = key * 6364136223846793005ul + 1442695040888963407ul;
            look_up(made, key >> 52);
        }
    }
    return NULL;
}

/* Every request recalls all threads. */
static void switches(void)
{
    pthread_t threads[THREADS];
    static struct made made[THREADS];
    unsigned long gets = 0, hits = 0, puts = 0;
    time_t end = time(NULL) + 3;

    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, work, &made[i]);
    }
    for (int i = 0; time(NULL) < end; i++) {
        struct timespec pause = {0, 300000};

        tka_control(i % 3 == 0 ? "mode exact" : i % 3 == 1 ? "mode count" : "mode sampled");
        nanosleep(&pause, NULL);
    }
    stop = 1;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        gets += made[i].gets;
        hits += made[i].hits;
        puts += made[i].puts;
    }
    printf("%lu|%lu|%lu\n", gets, hits, puts);
}

static void stretches(void)
{
    for (int s = 0; s < 3; s++) {
        char name[] = "stretch 0";

        name[8] = (char)('0' + s);
        tka_session_start(name);
        for (unsigned long i = 0; i < 1000ul * (unsigned long)(s + 1); i++) {
            get_other(i % 1000);
        }
        tka_session_stop();
    }
    get_other(1);
}

/* Each process's get of its own, and the one that was open when it forked, which is
 * the parent's. */
static void fork_children(void)
{
    struct made made = {0};

    look_up(&made, 1);
    for (int i = 0; i < 5; i++) {
        if (forks(1)) {
            for (unsigned long n = 0; n < 100; n++) {
                look_up(&made, n);
            }
            exit(0);
        }
        wait(NULL);
    }
}

static sigjmp_buf back;

static void jump(int unused)
{
    (void)unused;
    get(77);
    siglongjmp(back, 1);
}

/* Some of them in the middle of following a key. */
static void handlers_that_jump(void)
{
    static const struct itimerval often = {{0, 200}, {0, 200}}, never;
    static volatile unsigned long key = 1;
    struct sigaction action = {.sa_handler = jump};
    time_t end = time(NULL) + 2;

    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    sigsetjmp(back, 1);
    while (time(NULL) < end) {
        for (int i = 0; i < 1000; i++) {
            key = key * 6364136223846793005ul + 1442695040888963407ul;
            get(key >> 52);
        }
    }
    setitimer(ITIMER_REAL, &never, NULL);
}

int main(int argc, char **argv)
{
    (void)argc;
    if (strcmp(argv[1], "switches") == 0) {
        switches();
    } else if (strcmp(argv[1], "stretches") == 0) {
        stretches();
    } else if (strcmp(argv[1], "jumps") == 0) {
        handlers_that_jump();
    } else if (strcmp(argv[1], "forks") == 0) {
        fork_children();
    } else {
        struct made made = {0};

        for (unsigned long i = 0; i < 30000; i++) {
            look_up(&made, i % 300);
        }
        kill(getpid(), SIGKILL);
    }
    return 0;
}
C
"$CC" ${OPT:--O2} -Wall -DBY_HAND -I "$TKA_PREFIX/include" -I "$(dirname "$0")/../../lib" \
    -I "$(dirname "$0")/../../../runtime/include" cache.c -o by_hand -pthread \
    -Wl,--no-as-needed -L "$TKA_PREFIX/lib" -ltka -Wl,-rpath,"$TKA_PREFIX/lib" ||
    fail "cache.c does not build by hand"
build cache.c -pthread
mv cache by_tool

# sums WHERE: calls and hits of lookups named get
sums()
{
    query "SELECT sum(calls), sum(hits) FROM cache_measurement JOIN measurement
        USING (process_id, session_id, function_id) JOIN function f ON f.id = function_id
        JOIN session s ON s.id = session_id WHERE $1"
}

# what eight threads looked up while they were switched
switched()
{
    fresh
    TKA_MONITORING_INTERVAL=100 TKA_PROFILING_OVERHEAD_THRESHOLD=100 ./cache switches >truth ||
        fail "switches: status $?"
    IFS='|' read -r gets hits puts <truth
    expect "gets and hits" "$gets|$hits" "$(sums "f.name = 'get'")"
    expect_calls put "$puts"
    expect "gets and hits by time" "$gets|$hits" \
        "$(query 'SELECT sum(calls), sum(hits) FROM cache_interval')"
    intervals=$(query 'SELECT count(*) FROM cache_interval')
    [ "$intervals" -ge 2 ] || fail "only $intervals intervals"
    expect roles 'get|lookup|pages
get_other|lookup|other things
put|put|pages' "$(query "SELECT f.name, r.kind, r.name FROM role r
        JOIN function f ON f.id = function_id WHERE f.name <> 'forks' ORDER BY 1")"
    # 4096 keys, met early and never forgotten but where the rate was halved
    expect "what keys tell" "1|1|1" "$(query "SELECT refs + dropped <= $gets,
        weight > $gets / 3, cold < 2 * 4096 FROM cache_measurement")"
}

# one function, three stretches and the rest
stretched()
{
    fresh
    ./cache stretches || fail "stretches: status $?"
    expect "stretches" "1000|900|1000
2000|1800|2000
3000|2700|3000
1|1|1" "$(query "SELECT calls, hits, refs FROM cache_measurement JOIN measurement
        USING (process_id, session_id, function_id) ORDER BY session_id = 1, session_id")"
    expect "keys of all stretches" "6001|6001|1000|0" \
        "$(query "SELECT sum(refs), sum(weight), sum(cold), sum(dropped) FROM cache_measurement")"
}

# children begin at 0
forked()
{
    fresh
    ./cache forks || fail "forks: status $?"
    expect "gets of parent and children" "501|331" "$(sums "f.name = 'get'")"
    expect "gets that forked" "5|5" "$(sums "f.name = 'forks'")"
    expect "processes" 6 "$(query "SELECT count(*) FROM process")"
    expect "a child's keys" "100|100|100" "$(query "SELECT DISTINCT refs, weight, cold FROM
        cache_measurement WHERE refs <> 1 AND refs <> 5")"
}

# a handler that jumps away leaves no cache behind that nobody gets at any more
jumped_away_from()
{
    fresh
    ./cache jumps || fail "jumps: status $?"
    expect "keys after jumps" "1|1" \
        "$(query "SELECT refs > 100000, dropped < refs / 50 FROM cache_measurement")"
}

# what a killed program leaves
killed()
{
    fresh
    ./cache killed
    fold || fail "cannot fold"
    expect "gets of a killed program" "30000|20000" "$(sums "f.name = 'get'")"
    expect "keys of a killed program" "1" "$(query "SELECT weight > 15000 AND cold = 300 AND
        length(distances) > 1 FROM cache_measurement")"
}

# what happened by time, 3 hours ago, a second each: becomes minutes, and no sum changes
rolled_up()
{
    local now before old rows
    fresh
    ./cache stretches || fail "stretches: status $?"
    now=$(date +%s)
    old="FROM cache_interval WHERE started_at < ($now - 3600) * 1000000000"
    query "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 599)
        INSERT INTO cache_interval SELECT 1, 1, 1, ($now - 10800 + i) * 1000000000,
        ($now - 10799 + i) * 1000000000, i, i / 2 FROM n"
    sums="SELECT sum(calls), sum(hits), min(started_at), max(ended_at),
        sum(ended_at - started_at) $old"
    before=$(query "$sums")
    "$TKA" prune >prune.log 2>&1 || fail "prune: $(cat prune.log)"
    expect "sums of what was rolled up" "$before" "$(query "$sums")"
    rows=$(query "SELECT count(*) $old")
    [ "$rows" -ge 10 ] && [ "$rows" -le 11 ] || fail "600 seconds became $rows rows"
}

# a library that comes and goes: its keys are those of one cache, whichever lookup they are
# looked up by
cat >plug.c <<'C'
#include <tka/tka.h>

TKA_CACHE("plugged") int plugged(TKA_CACHE_KEY int key);
TKA_CACHE("plugged") static int again(TKA_CACHE_KEY int key)
{
    return key % 4 - 1;
}

int plugged(int key)
{
    return again(key);
}
C
cat >host.c <<'C'
#include <dlfcn.h>
#include <tka/tka.h>

int main(void)
{
    for (int i = 0; i < 400; i++) {
        void *plug = dlopen("./plug.so", RTLD_NOW);
        int (*plugged)(int) = plug ? (int (*)(int))dlsym(plug, "plugged") : 0;

        for (int key = 0; plugged && key < 100; key++) {
            plugged(key);
        }
        dlclose(plug);
    }
    return 0;
}
C
"$TKA_CC" "$CC" ${OPT:--O2} -fPIC -shared plug.c -o plug.so || fail "plug.so does not build"
build host.c -ldl
fresh
./host || fail "host: status $?"
expect "lookups of a library" "80000|60000|80000|100" "$(query "SELECT sum(calls), sum(hits),
    sum(refs), sum(cold) FROM cache_measurement JOIN measurement
    USING (process_id, session_id, function_id)")"

for program in by_hand by_tool; do
    ln -sf $program cache
    switched
    stretched
    forked
    jumped_away_from
    killed
    rolled_up
done
