/* What one way of watching calls costs per call: calls.c is compiled in that way,
 * this file never is. Run by ../peers.sh.
 *
 *   driver CALLS CHUNKS
 *
 * Prints ns of CPU time a call: of an unwatched function, of one with a bare pair of
 * clock readings, of the watched one; of an unwatched and a watched chain of four;
 * and with two threads at once of an unwatched and a watched function. Chunks of
 * these take turns. A figure is the 10th percentile of the chunks, what the machine
 * does when left alone; with two threads, of those chunks that both ran at once. */
#include "driver.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum kind { BASE, PAIR, FLAT, BASE_CHAIN, CHAIN, KINDS };

/* One thread's, by chunk. */
struct measurement {
    int threads;
    double *ns[KINDS];
    double *begin[KINDS], *end[KINDS]; /* wall time */
};

static int calls, chunks;

#define NOT_WATCHED(name)                                                                \
    __attribute__((noinline, aligned(64))) static uint64_t name(uint64_t x)

NOT_WATCHED(base_leaf)
{
    return x * 3 + 1;
}
NOT_WATCHED(base_3)
{
    return base_leaf(x) + 1;
}
NOT_WATCHED(base_2)
{
    return base_3(x) + 1;
}
NOT_WATCHED(base_chain)
{
    return base_2(x) + 1;
}

static __thread uint64_t sum;

NOT_WATCHED(pair_leaf)
{
    uint64_t start = __builtin_ia32_rdtsc(), y = x * 3 + 1;

    sum += __builtin_ia32_rdtsc() - start;
    return y;
}

static double now_ns(clockid_t clock)
{
    struct timespec ts;

    clock_gettime(clock, &ts);
    return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

/* Both threads leave within nanoseconds, if both have a processor. */
static void meet(void)
{
    static int arrived;
    int wait = (__atomic_fetch_add(&arrived, 1, __ATOMIC_ACQ_REL) | 1) + 1;

    for (int i = 0; __atomic_load_n(&arrived, __ATOMIC_ACQUIRE) < wait; i++) {
        if (i % 100000 == 99999) {
            sched_yield();
        }
    }
}

/* A loop for each function, with a direct call: indirect ones from one place are
 * predicted well or badly by turns. */
#define TIME_CALLS(name, function)                                                       \
    __attribute__((noinline, aligned(64))) static double name(void)                      \
    {                                                                                    \
        double start = now_ns(CLOCK_THREAD_CPUTIME_ID);                                  \
        uint64_t x = 1;                                                                  \
        for (int i = 0; i < calls; i++) {                                                \
            x = function(x);                                                             \
        }                                                                                \
        sum += x;                                                                        \
        return (now_ns(CLOCK_THREAD_CPUTIME_ID) - start) / calls;                        \
    }

TIME_CALLS(time_base, base_leaf)
TIME_CALLS(time_pair, pair_leaf)
TIME_CALLS(time_flat, watched_leaf)
TIME_CALLS(time_base_chain, base_chain)
TIME_CALLS(time_chain, watched_chain)

static double (*const time_kind[KINDS])(void) = {time_base, time_pair, time_flat,
                                                 time_base_chain, time_chain};

static void measure_chunk(struct measurement *m, int chunk)
{
    for (int kind = 0; kind < KINDS; kind++) {
        if (m->threads > 1) {
            if (kind != BASE && kind != FLAT) {
                continue;
            }
            meet();
        }
        m->begin[kind][chunk] = now_ns(CLOCK_MONOTONIC);
        m->ns[kind][chunk] = time_kind[kind]();
        m->end[kind][chunk] = now_ns(CLOCK_MONOTONIC);
    }
}

static void *measure(void *argument)
{
    struct measurement *m = argument;

    for (int kind = 0; kind < KINDS; kind++) {
        m->ns[kind] = calloc((size_t)chunks, sizeof(double));
        m->begin[kind] = calloc((size_t)chunks, sizeof(double));
        m->end[kind] = calloc((size_t)chunks, sizeof(double));
    }
    for (int chunk = -chunks / 5 - 1; chunk < chunks; chunk++) {
        measure_chunk(m, chunk < 0 ? 0 : chunk);
    }
    return NULL;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double low(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 10];
}

/* Of the chunks in which the threads ran side by side most of the time. */
static double low_of_both(const struct measurement *a, const struct measurement *b,
                          enum kind kind)
{
    double *values = calloc(2 * (size_t)chunks, sizeof *values);
    int count = 0;

    for (int i = 0; i < chunks; i++) {
        double begin[2] = {a->begin[kind][i], b->begin[kind][i]};
        double end[2] = {a->end[kind][i], b->end[kind][i]};
        double longest =
            end[0] - begin[0] > end[1] - begin[1] ? end[0] - begin[0] : end[1] - begin[1];
        double overlap = (end[0] < end[1] ? end[0] : end[1]) -
                         (begin[0] > begin[1] ? begin[0] : begin[1]);

        if (overlap > 0.8 * longest) {
            values[count++] = a->ns[kind][i];
            values[count++] = b->ns[kind][i];
        }
    }
    return count == 0 ? 0 : low(values, count);
}

int main(int argc, char **argv)
{
    struct measurement alone = {1, {0}, {0}, {0}}, both[2];
    pthread_t threads[2];

    if (argc != 3 || (calls = atoi(argv[1])) < 1 || (chunks = atoi(argv[2])) < 1) {
        return 2;
    }
    watch_begin();
    measure(&alone);
    for (int i = 0; i < 2; i++) {
        both[i].threads = 2;
        pthread_create(&threads[i], NULL, measure, &both[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    watch_end();
    for (int kind = 0; kind < KINDS; kind++) {
        printf("%.4f ", low(alone.ns[kind], chunks));
    }
    printf("%.4f %.4f\n", low_of_both(&both[0], &both[1], BASE),
           low_of_both(&both[0], &both[1], FLAT));
    return 0;
}
