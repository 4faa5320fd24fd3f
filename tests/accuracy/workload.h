/* workload - functions of known duration, and the truth about them.
 *
 * A call spins a number of dependent multiplications, drawn from a distribution
 * that is the same in every run. How long it really took is read around the spin,
 * inside of the function, by readings of the time stamp counter: so what
 * else the machine does is in the truth as well as in what TKA tells. What a call
 * takes beyond the readings (`beyond`) is measured on calls without a probe. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOINLINE __attribute__((noinline))

static double ns_per_turn, ns_per_tick;
static double beyond_ns;     /* of a recorded call, outside of its two readings */
static __thread uint64_t spun;

static inline __attribute__((always_inline)) uint64_t turn(uint64_t x, long turns)
{
    for (long i = 0; i < turns; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        __asm__ volatile("" : "+r"(x));
    }
    return x;
}

/* The counter after all that comes before is done; what comes after may begin. */
static inline __attribute__((always_inline)) uint64_t ticks(void)
{
    __asm__ volatile("lfence" ::: "memory");
    return __builtin_ia32_rdtsc();
}

/* What really happened to a function: every call's ticks. */
typedef struct Truth {
    uint64_t calls, sum;
    uint64_t *each;          /* NULL: sums only */
} Truth;

static inline __attribute__((always_inline)) void note(Truth *truth, uint64_t took)
{
    if (truth->each != NULL) {
        truth->each[truth->calls] = took;
    }
    truth->calls++;
    truth->sum += took;
}

static inline __attribute__((always_inline)) void spin_noted(Truth *truth, long turns)
{
    /* not after all that comes before: a fence would wait for what the probe has
     * under way, which the function's own work does not */
    uint64_t start = __builtin_ia32_rdtsc();

    spun = turn(spun, turns);
    note(truth, ticks() - start);
}

static inline double now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static NOINLINE void spin_unprobed(Truth *truth, long turns)
{
    spin_noted(truth, turns);
}

static inline double least(double a, double b)
{
    return a < b ? a : b;
}

/* The scale of ticks and turns, and what a recorded call takes beyond. */
static inline void calibrate(void)
{
    uint64_t start = ticks();
    double start_ns = now_ns();

    ns_per_turn = beyond_ns = 1e9;
    for (int i = 0; i < 50; i++) {
        double from = now_ns();

        spun = turn(spun, 200000);
        ns_per_turn = least(ns_per_turn, (now_ns() - from) / 200000);
    }
    ns_per_tick = (now_ns() - start_ns) / (double)(ticks() - start);
    for (int i = 0; i < 50; i++) {
        Truth truth = {0, 0, NULL};
        uint64_t from = ticks();

        for (int call = 0; call < 1000; call++) {
            spin_unprobed(&truth, (long)(500 / ns_per_turn));
        }
        beyond_ns = least(beyond_ns,
                          (double)(ticks() - from - truth.sum) * ns_per_tick / 1000);
    }
}

/* Between calls: leave the processor a twelfth of the time, or the kernel takes it from
 * a program of real-time priority in pieces of 50 ms, and one of them hits a call. */
static inline void rest(void)
{
    static __thread double since;
    double now = now_ns(), worked = now - since;

    if (since == 0 || worked > 2e7) {
        struct timespec pause = {0, since == 0 ? 0 : (long)least(worked / 12, 9e8)};

        nanosleep(&pause, NULL);
        since = now_ns();
    }
}

static inline long turns_for(double ns)
{
    return (long)(ns / ns_per_turn);
}

/* --- distributions ------------------------------------------------------- */

typedef struct Random {
    uint64_t state;
} Random;

static inline double uniform(Random *random)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return ((double)(random->state >> 11) + 0.5) / 9007199254740992.0;
}

enum { DRAWS = 1 << 16 };

/* Turns of DRAWS calls; constant, bimodal, lognormal, pareto. */
static inline long *draw_turns(const char *name, double ns)
{
    long *turns = calloc(DRAWS, sizeof *turns);
    Random random = {88172645463325252u};

    for (int i = 0; i < DRAWS; i++) {
        double u = uniform(&random), v = uniform(&random), x = 1;

        if (strcmp(name, "bimodal") == 0) {
            x = u < 0.9 ? 0.5 : 10;
        } else if (strcmp(name, "lognormal") == 0) {
            x = exp(sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
        } else if (strcmp(name, "pareto") == 0) {
            x = 0.6 * pow(u, -1 / 2.5);
        }
        turns[i] = turns_for(ns * x);
    }
    return turns;
}

/* --- what is printed ----------------------------------------------------- */

static int compare_ticks(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* name, calls, mean ns; then all durations, in order, to the file name.sorted. */
static inline void tell(const char *name, Truth *truth)
{
    char path[64];
    FILE *file;

    printf("%s %llu %.3f\n", name, (unsigned long long)truth->calls,
           (double)truth->sum / (double)truth->calls * ns_per_tick + beyond_ns);
    if (truth->each == NULL) {
        return;
    }
    qsort(truth->each, truth->calls, sizeof *truth->each, compare_ticks);
    snprintf(path, sizeof path, "%s.sorted", name);
    file = fopen(path, "w");
    for (uint64_t i = 0; file != NULL && i < truth->calls; i++) {
        fprintf(file, "%.1f\n", (double)truth->each[i] * ns_per_tick + beyond_ns);
    }
    if (file != NULL) {
        fclose(file);
    }
}

#endif
