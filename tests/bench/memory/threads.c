/* threads COUNT: two threads allocate COUNT blocks each of random sizes and put them into a
 * table that both use: who takes one out frees it, whoever it was that put it there. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SLOTS 4096

static char *_Atomic table[SLOTS];
static long count;

static void *work(void *seed)
{
    uint64_t x = (uint64_t)(uintptr_t)seed * 0x9e3779b97f4a7c15u;

    for (long i = 0; i < count; i++) {
        size_t size;
        char *block;

        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        size = 8 + (x >> 20) % (x % 64 == 0 ? 4096 : 256);
        block = malloc(size);
        block[0] = block[size - 1] = (char)i;
        free(__atomic_exchange_n((char **)&table[(x >> 40) % SLOTS], block, __ATOMIC_ACQ_REL));
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[2];

    count = argc > 1 ? atol(argv[1]) : 2000000;
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)(i + 1));
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < SLOTS; i++) {
        free(table[i]);
    }
    puts("done");
    return 0;
}
