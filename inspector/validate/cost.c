/* What a probe costs a call, for `tka validate`: net of the call itself, beside a
 * bare pair of clock readings in the same run. argv[1]: rounds.
 * Prints ns: the pair; a probed call in a loop; one of a path of four. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <tka/tka.h>

#define CALLS      10000
#define MAX_ROUNDS 1000

static volatile uint64_t sink;

static uint64_t ticks(void)
{
#if defined __x86_64__
    return __builtin_ia32_rdtsc();
#elif defined __aarch64__
    uint64_t value;

    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
    return value;
#else
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
#endif
}

static double now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

__attribute__((noinline)) static uint64_t base_leaf(uint64_t x)
{
    return x * 3 + 1;
}

__attribute__((noinline)) static uint64_t pair_leaf(uint64_t x)
{
    uint64_t start = ticks(), y = x * 3 + 1;

    sink += ticks() - start;
    return y;
}

TKA_PROFILE __attribute__((noinline)) static uint64_t probed_leaf(uint64_t x)
{
    return x * 3 + 1;
}

/* A chain of four, so that call paths have depth. */
__attribute__((noinline)) static uint64_t base_3(uint64_t x)
{
    return base_leaf(x) + 1;
}

__attribute__((noinline)) static uint64_t base_2(uint64_t x)
{
    return base_3(x) + 1;
}

__attribute__((noinline)) static uint64_t base_1(uint64_t x)
{
    return base_2(x) + 1;
}

TKA_PROFILE __attribute__((noinline)) static uint64_t probed_3(uint64_t x)
{
    return probed_leaf(x) + 1;
}

TKA_PROFILE __attribute__((noinline)) static uint64_t probed_2(uint64_t x)
{
    return probed_3(x) + 1;
}

TKA_PROFILE __attribute__((noinline)) static uint64_t probed_1(uint64_t x)
{
    return probed_2(x) + 1;
}

static double ticks_per_call(uint64_t (*call)(uint64_t))
{
    uint64_t start = ticks(), x = 1;

    for (int i = 0; i < CALLS; i++) {
        x = call(x);
    }
    sink += x;
    return (double)(ticks() - start) / CALLS;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The 10th percentile of the rounds: what the machine does when it is left alone,
 * without hanging on the one luckiest round. */
static double low(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 10];
}

int main(int argc, char **argv)
{
    static double rounds[5][MAX_ROUNDS];
    int wanted = argc > 1 ? atoi(argv[1]) : 100;
    int count = wanted < 10 ? 10 : wanted > MAX_ROUNDS ? MAX_ROUNDS : wanted;
    double started = now_ns(), base, base4, ns_per_tick;
    uint64_t first = ticks();

    for (int i = -10; i < count; i++) {
        int n = i < 0 ? 0 : i;

        rounds[0][n] = ticks_per_call(base_leaf);
        rounds[1][n] = ticks_per_call(pair_leaf);
        rounds[2][n] = ticks_per_call(probed_leaf);
        rounds[3][n] = ticks_per_call(base_1);
        rounds[4][n] = ticks_per_call(probed_1);
    }
    ns_per_tick = (now_ns() - started) / (double)(ticks() - first);
    base = low(rounds[0], count);
    base4 = low(rounds[3], count);
    printf("%.6f %.6f %.6f\n", (low(rounds[1], count) - base) * ns_per_tick,
           (low(rounds[2], count) - base) * ns_per_tick,
           (low(rounds[4], count) - base4) / 4 * ns_per_tick);
    return 0;
}
