/* The leak verdict's cost: BLOCKS of SIZE bytes, all reachable but 1000 (or 100), by
 * an array of pointers, a list in the order of allocation, or a list in random order; other
 * words of the blocks are small numbers. One line: shape, blocks, size, milliseconds of CPU
 * time, memory that the scan took in MiB, blocks found lost; the milliseconds that pass
 * until a copy is scanned, with another thread there. */
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "leakscan.h"
#include "os.h"
#include "shadow.h"

static void **array;
static void *list;
static size_t lost;

static double now_ms(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static long peak_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static uint32_t next_random(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
}

static void count(void *context, const struct tkai_leak_block *block)
{
    (void)context;
    lost += block->verdict != TKAI_LEAK_REACHABLE;
}

static void fill(size_t blocks, size_t size, const char *shape)
{
    size_t step = blocks / (blocks < 10000 ? blocks / 10 : 1000);

    /* not from malloc: the scan would not see into a block that no hook told of */
    array = mmap(NULL, blocks * sizeof *array, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < blocks; i++) {
        uint64_t *words = malloc(size);

        tkai_shadow_set((uintptr_t)words, 1);
        for (size_t j = 0; j < size / 8; j++) {
            words[j] = i + j;
        }
        array[i] = words;
    }
    if (strcmp(shape, "random") == 0) {
        for (size_t i = blocks - 1; i > 0; i--) {
            size_t other = next_random() % (i + 1);
            void *moved = array[i];

            array[i] = array[other];
            array[other] = moved;
        }
    }
    for (size_t i = 0; i < blocks; i++) {
        if (i % step == 0) {
            array[i] = NULL;
        } else if (strcmp(shape, "array") != 0) {
            *(void **)array[i] = list;
            list = array[i];
            array[i] = NULL;
        }
    }
}

static void *wait_for_ever(void *argument)
{
    pause();
    return argument;
}

static double scan(clockid_t clock)
{
    const struct tkai_leakscan_input input = {
        .usable_size = malloc_usable_size, .exit_kind = TKAI_EXIT_MAIN_RETURNED};
    struct tkai_leakscan_result result;
    double start = now_ms(clock);

    lost = 0;
    if (tkai_leakscan_run(&input, count, NULL, &result) != 0) {
        fprintf(stderr, "no verdict: %s\n", result.reason);
        exit(1);
    }
    return now_ms(clock) - start;
}

int main(int argc, char **argv)
{
    size_t blocks = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
    size_t size = argc > 2 ? strtoul(argv[2], NULL, 10) : 64;
    const char *shape = argc > 3 ? argv[3] : "array";
    pthread_t thread;
    double direct, copied;
    long before;

    fill(blocks, size, shape);
    before = peak_kib();
    direct = scan(CLOCK_PROCESS_CPUTIME_ID);
    printf("%-7s %8zu %8zu %8.0f %6.1f %6zu", shape, blocks, size, direct,
           (double)(peak_kib() - before) / 1024, lost);
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    usleep(1000);
    copied = scan(CLOCK_MONOTONIC);
    printf(" %8.0f\n", copied);
    return 0;
}
