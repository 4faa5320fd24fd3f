/* What a probe costs per call, net of the call, against a bare pair of clock
 * reads in the same run. Run it by probe_cost.sh, which sets the mode. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <tka/tka.h>

#define CALLS 20000
#define ROUNDS 200

static uint64_t sink;

static uint64_t ticks(void)
{
#if defined __x86_64__
    return __builtin_ia32_rdtsc();
#else
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
#endif
}

#define LEAF(name) __attribute__((noinline, aligned(64))) static uint64_t name(uint64_t x)

LEAF(base_leaf)
{
    return x * 3 + 1;
}

LEAF(pair_leaf)
{
    uint64_t start = ticks(), y = x * 3 + 1;

    sink += ticks() - start;
    return y;
}

TKA_PROFILE LEAF(probed_leaf)
{
    return x * 3 + 1;
}

/* a chain of four, so that call paths have depth */
LEAF(base_3) { return base_leaf(x) + 1; }
LEAF(base_2) { return base_3(x) + 1; }
LEAF(base_1) { return base_2(x) + 1; }
TKA_PROFILE LEAF(probed_3) { return probed_leaf(x) + 1; }
TKA_PROFILE LEAF(probed_2) { return probed_3(x) + 1; }
TKA_PROFILE LEAF(probed_1) { return probed_2(x) + 1; }

/* A loop for each function, with a direct call: an empty function called through one
 * indirect call takes 5 or 8 cycles by turns. */
#define TIME_CALLS(name, function) \
    __attribute__((noinline, aligned(64))) static double name(void) \
    { \
        uint64_t start = ticks(), x = 1; \
        for (int i = 0; i < CALLS; i++) { \
            x = function(x); \
        } \
        sink += x; \
        return (double)(ticks() - start) / CALLS; \
    }

TIME_CALLS(time_base, base_leaf)
TIME_CALLS(time_pair, pair_leaf)
TIME_CALLS(time_probed, probed_leaf)
TIME_CALLS(time_base4, base_1)
TIME_CALLS(time_probed4, probed_1)

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The 10th percentile of the rounds: what the machine does when it is left
 * alone, without hanging on the one luckiest round. */
static double low(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 10];
}

int main(void)
{
    static double base[ROUNDS], pair[ROUNDS], probed[ROUNDS], base4[ROUNDS],
        probed4[ROUNDS];
    double b, p, flat, chain;

    for (int i = -20; i < ROUNDS; i++) {
        int n = i < 0 ? 0 : i;

        base[n] = time_base();
        pair[n] = time_pair();
        probed[n] = time_probed();
        base4[n] = time_base4();
        probed4[n] = time_probed4();
    }
    b = low(base);
    p = low(pair) - b;
    flat = low(probed) - b;
    chain = (low(probed4) - low(base4)) / 4;
    printf("%.4f %.4f %.4f %.4f %.4f\n", b, p, flat / p, chain / p, flat);
    fprintf(stderr, "%llu\r", (unsigned long long)sink & 1);
    return 0;
}
