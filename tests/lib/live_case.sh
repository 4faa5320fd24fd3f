# Shared by the end-to-end tests of running programs; source inspector-report/common.sh
# before. Builds `busy`: eight threads that call always(), sometimes() and slow() until
# there is a file "stop"; then it prints how often each was called.

export TKA_PERFORMANCE_DATA_DIR=$WORK/data TKA_PROFILING_OVERHEAD_THRESHOLD=1000
[ -x "${TKA_CC:-}" ] || exit 77

cat >busy.c <<'C'
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>
#include <tka/tka.h>

#define THREADS 8
static volatile int sink;
static atomic_int stop;
static struct { unsigned long always, sometimes, slow; } made[THREADS];

TKA_PROFILE __attribute__((noinline)) void always(int x)
{
    sink = x;
}

TKA_PROFILE __attribute__((noinline)) void sometimes(int x)
{
    sink = x;
}

TKA_PROFILE __attribute__((noinline)) void slow(void)
{
    usleep(1000);
}

static void *work(void *argument)
{
    long t = (long)argument;

    while (!stop) {
        for (int i = 0; i < 1000; i++) {
            always(i);
            sometimes(i);
        }
        slow();
        made[t].always += 1000;
        made[t].sometimes += 1000;
        made[t].slow++;
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    unsigned long always_made = 0, sometimes_made = 0, slow_made = 0;

    for (long t = 0; t < THREADS; t++) {
        pthread_create(&threads[t], NULL, work, (void *)t);
    }
    while (access("stop", F_OK) != 0) {
        usleep(20000);
    }
    stop = 1;
    for (int t = 0; t < THREADS; t++) {
        pthread_join(threads[t], NULL);
        always_made += made[t].always;
        sometimes_made += made[t].sometimes;
        slow_made += made[t].slow;
    }
    printf("%lu %lu %lu\n", always_made, sometimes_made, slow_made);
    return 0;
}
C
"$TKA_CC" gcc -O2 busy.c -o busy -lpthread >build.log 2>&1 || { cat build.log; exit 1; }

# begin [NAME=VALUE...]: starts it; its number is in $pid. It runs and is profiled.
begin()
{
    rm -rf data stop
    env TKA_MONITORING_INTERVAL=100 "$@" ./busy >made &
    pid=$!
    for _ in $(seq 300); do
        "$TKA" top $pid -b -c 1 -i 0.1 >first 2>&1 && grep -q always first && return
        sleep 0.1
    done
    fail "it does not run: $(cat first)"
}

# finish: ends it; what it has called is in $always, $sometimes and $slow.
finish()
{
    : >stop
    wait $pid || fail "status of the program: $?"
    read -r always sometimes slow <made
}

# calls NAME: over all sessions
calls()
{
    sqlite3 -cmd '.timeout 20000' data/performance.db "SELECT coalesce(sum(calls),0) FROM measurement
        JOIN function ON id=function_id WHERE name='$1'"
}
