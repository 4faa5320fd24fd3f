/* What recording a cached resolution costs, net of the resolution itself. Run it by
 * services.sh. With an argument: that many recorded resolutions (negative: raw ones) and
 * nothing else, for callgrind. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "inserted.h"

#define CALLS 20000
#define ROUNDS 200

SITE(1, "get", "resolver")
SITE(2, "get_probed", "")
SITE(3, "get_number", "resolver")
SITE(4, "get_type", "resolver")

static struct {
    const char *name;
    int instance;
} table[4] = {{"database", 0}, {"logger", 0}, {"mailer", 0}, {"sessions", 0}};

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

static void *find(const char *key)
{
    for (int i = 0; i < 4; i++) {
        if (!strcmp(table[i].name, key)) {
            return &table[i].instance;
        }
    }
    return 0;
}

#define LEAF __attribute__((noinline, aligned(64))) static void *

LEAF raw(const char *key)
{
    return find(key);
}

LEAF probed(const char *key)
{
    PROBE(2);
    return find(key);
}

LEAF recorded(const char *key)
{
    RESOLVER(1, TKA_KEY_TEXT, key, 0);
    return RESULT(1, find(key));
}

LEAF recorded_number(const char *key)
{
    RESOLVER(3, TKA_KEY_NUMBER, 0, (unsigned char)key[0]);
    return RESULT(3, find(key));
}

LEAF recorded_type(const char *key)
{
    RESOLVER(4, TKA_KEY_TYPE, __PRETTY_FUNCTION__, 0);
    return RESULT(4, find(key));
}

static const char *const keys[] = {"database", "logger", "mailer", "sessions"};

#define TIME_CALLS(name, function) \
    __attribute__((noinline, aligned(64))) static double name(void) \
    { \
        uint64_t start = ticks(); \
        for (int i = 0; i < CALLS; i++) { \
            sink += (uintptr_t)function(keys[i & 3]); \
        } \
        return (double)(ticks() - start) / CALLS; \
    }

TIME_CALLS(time_raw, raw)
TIME_CALLS(time_probed, probed)
TIME_CALLS(time_recorded, recorded)
TIME_CALLS(time_number, recorded_number)
TIME_CALLS(time_type, recorded_type)

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The 10th percentile: what the machine does when it is left alone. */
static double low(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 10];
}

static double ns_per_tick(void)
{
    struct timespec from, to;
    uint64_t start = ticks();

    clock_gettime(CLOCK_MONOTONIC, &from);
    do {
        clock_gettime(CLOCK_MONOTONIC, &to);
    } while (to.tv_sec - from.tv_sec < 1 && to.tv_nsec - from.tv_nsec < 20000000);
    return ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) /
           (double)(ticks() - start);
}

int main(int argc, char **argv)
{
    static double (*const timers[5])(void) = {time_raw, time_probed, time_recorded,
                                              time_number, time_type};
    static double values[5][ROUNDS];
    double ns = ns_per_tick(), base;

    if (argc > 1) {
        long n = atol(argv[1]);

        for (; n > 0; n--) {
            sink += (uintptr_t)recorded(keys[n & 3]);
        }
        for (; n < 0; n++) {
            sink += (uintptr_t)raw(keys[-n & 3]);
        }
        return sink == 1;
    }
    for (int round = -20; round < ROUNDS; round++) {
        for (int i = 0; i < 5; i++) {
            values[i][round < 0 ? 0 : round] = timers[i]();
        }
    }
    base = low(values[0]) * ns;
    printf("%.1f", base);
    for (int i = 1; i < 5; i++) {
        printf(" %.1f", low(values[i]) * ns - base);
    }
    printf("\n");
    fprintf(stderr, "%llu\r", (unsigned long long)sink & 1);
    return 0;
}
