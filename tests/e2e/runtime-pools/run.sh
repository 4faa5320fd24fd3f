# Thousands of short threads, a hundred at a time, and 64 threads on few processors,
# while others store all the time: every call is in the database at the end, and a
# report made meanwhile never says more than was made.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >pool.c <<'C'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile _Thread_local int sink;
static long calls;
static volatile int running = 1;
static int flushes, failures;

TKA_PROFILE static void leaf(int x)
{
    sink = x;
}

TKA_PROFILE static void middle(int x)
{
    leaf(x);
    leaf(x);
}

TKA_PROFILE static void rare(int x)
{
    middle(x);
}

static void *work(void *argument)
{
    for (long i = 0; i < calls; i++) {
        middle((int)i);
        if (i % 100 == 7) {
            rare((int)i);
        }
    }
    return argument;
}

static void *flusher(void *argument)
{
    while (running) {
        failures += tka_flush() != 0;
        flushes++;
    }
    return argument;
}

int main(int argc, char **argv)
{
    int total = atoi(argv[1]), width = atoi(argv[2]), flushers = atoi(argv[4]);
    pthread_t threads[128], flush[4];
    FILE *file;

    (void)argc;
    calls = atol(argv[3]);
    rare(0);
    for (int i = 0; i < flushers; i++) {
        pthread_create(&flush[i], NULL, flusher, NULL);
    }
    for (int i = 0; i < total + width; i++) {
        if (i >= width) {
            pthread_join(threads[i % width], NULL);
        }
        if (i < total) {
            pthread_create(&threads[i % width], NULL, work, NULL);
        }
    }
    running = 0;
    for (int i = 0; i < flushers; i++) {
        pthread_join(flush[i], NULL);
    }
    file = fopen("flushes", "w");
    fprintf(file, "%d %d\n", flushes, failures);
    fclose(file);
    puts("done");
    return 44;
}
C
build_both pool.c -pthread

# expect_pool THREADS CALLS: exactly what was called
expect_pool()
{
    expect_calls rare $(($1 * (($2 + 92) / 100) + 1))
    expect_calls middle $(($1 * ($2 + ($2 + 92) / 100) + 1))
    expect_calls leaf $((2 * ($1 * ($2 + ($2 + 92) / 100) + 1)))
    expect_no_loss
    expect "lost samples" 0 "$(query 'SELECT lost_samples FROM process')"
}

for interval in 1000 10; do
    TKA_MONITORING_INTERVAL=$interval same 44 pool 5000 100 20 0
    expect_pool 5000 20
    made=$(query 'SELECT threads FROM process')
    [ "$made" -le 110 ] || fail "100 threads at a time made $made sets of counters"
done
TKA_PROFILING_MODE=exact same 44 pool 5000 100 20 1
expect_pool 5000 20
read -r flushes failures <flushes
[ "$failures" = 0 ] && [ "$flushes" -gt 0 ] || fail "of $flushes flushes $failures failed"

for mode in sampled exact count; do
    TKA_PROFILING_MODE=$mode TKA_MONITORING_INTERVAL=10 same 44 pool 64 64 20000 2
    expect_pool 64 20000
    read -r flushes failures <flushes
    [ "$failures" = 0 ] && [ "$flushes" -gt 0 ] || fail "of $flushes flushes $failures failed"
done

# whoever reads meanwhile
fresh
./pool 2000 50 2000 0 >out.txt &
pool=$!
last=0
while kill -0 $pool 2>/dev/null; do
    [ -e "$database" ] || "$TKA" report --all-sessions >out.json 2>&1
    fold 2>/dev/null || continue
    now=$(calls leaf 2>/dev/null)
    [ "${now:-0}" -ge "$last" ] || fail "first $last, then $now calls"
    [ "${now:-0}" -le $((2 * (2000 * 2020 + 1))) ] || fail "$now calls of leaf while it runs"
    last=${now:-0}
done
wait $pool
expect "status" 44 $?
expect_pool 2000 2000
