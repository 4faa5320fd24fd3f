# Threads: blocks freed by others, thousands of short ones, threads that end while others
# allocate. Every block is counted where it was taken.
. "$(dirname "$0")/../../lib/memory_case.sh"

cat >crowd.c <<'C'
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <tka/tka.h>

#define THREADS 8
#define BLOCKS 20000
#define SLOTS 512

static void *_Atomic table[SLOTS];
static _Atomic long bytes;

TKA_PROFILE static void *take(size_t size)
{
    return malloc(size);
}

TKA_PROFILE static void give(uint64_t where, void *block)
{
    free(__atomic_exchange_n((void **)&table[where % SLOTS], block, __ATOMIC_ACQ_REL));
}

static void *work(void *seed)
{
    uint64_t x = (uint64_t)(uintptr_t)seed * 0x9e3779b97f4a7c15u;
    long sum = 0;

    for (int i = 0; i < BLOCKS; i++) {
        size_t size;

        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        size = x % 1000;
        sum += (long)size;
        give(x >> 32, take(size));
    }
    bytes += sum;
    return NULL;
}

TKA_PROFILE static void *short_take(void *nothing)
{
    free(malloc(100));
    return malloc(16);
}

int main(void)
{
    pthread_t threads[THREADS];
    long left = 0;

    for (long i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, work, (void *)(i + 1));
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    for (int round = 0; round < 500; round++) {
        for (int i = 0; i < THREADS; i++) {
            pthread_create(&threads[i], NULL, short_take, NULL);
        }
        for (int i = 0; i < THREADS; i++) {
            void *block;

            pthread_join(threads[i], &block);
            free(block);
        }
    }
    for (int i = 0; i < SLOTS; i++) {
        left += table[i] != NULL;
    }
    printf("take allocations %d\ntake bytes %ld\n", THREADS * BLOCKS, (long)bytes);
    printf("short_take allocations %d\nshort_take temporary %d\n", THREADS * 1000, THREADS * 500);
    if (getenv("EXACT") != NULL) {
        printf("take tracked %d\ntake freed %ld\n", THREADS * BLOCKS, THREADS * BLOCKS - left);
        printf("short_take freed %d\n", THREADS * 1000);
    }
    return 0;
}
C
compile crowd.c -pthread

for mode in sampled exact; do
    fresh
    [ $mode = sampled ] || export EXACT=1
    hooked $mode ./crowd >truth || fail "crowd fails, $mode"
    fold
    expect_told truth
    expect_nothing_lost
done
# rows are as wide as the crowd, not as long as the queue of threads
[ "$(query "SELECT count(*) FROM memory_measurement")" -lt 40 ] || fail "too many rows stored"

cat >goes.c <<'C'
/* main() leaves by pthread_exit(), threads allocate on; the last exits. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include <tka/tka.h>

static pthread_t first;

TKA_PROFILE static void *late(void *nothing)
{
    pthread_join(first, NULL);
    for (int i = 0; i < 1000; i++) {
        free(malloc(64));
    }
    exit(3);
}

TKA_PROFILE static void before(void)
{
    free(malloc(10));
}

int main(void)
{
    pthread_t thread;

    first = pthread_self();
    before();
    pthread_create(&thread, NULL, late, NULL);
    pthread_exit(NULL);
}
C
compile goes.c -pthread
for mode in sampled exact; do
    fresh
    hooked $mode ./goes
    expect "status of goes, $mode" 3 $?
    fold
    expect "late, $mode" 1000 "$(figure allocations late)"
    expect "before, $mode" 1 "$(figure allocations before)"
done
