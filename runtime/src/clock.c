#include "clock.h"

#include <time.h>

#include "deep.h"

struct tkai_clock tkai_clock = {0, TKA_CLOCK_MONOTONIC, 1.0, 1u << TKAI_CLOCK_SHIFT, 0, 0};

static int64_t monotonic_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void read_monotonic(void *ns)
{
    *(int64_t *)ns = monotonic_ns();
}

uint64_t tkai_clock_fallback(void)
{
    int64_t ns;

    tkai_deep(read_monotonic, &ns);
    return (uint64_t)ns;
}

/* A pair of readings of the same moment: the tightest of a few brackets. */
static void read_both(uint64_t *ticks, int64_t *ns)
{
    uint64_t best = UINT64_MAX;

    for (int i = 0; i < 8; i++) {
        uint64_t before = tkai_clock_counter();
        int64_t now = monotonic_ns();
        uint64_t after = tkai_clock_counter();

        if (after - before < best) {
            best = after - before;
            *ticks = before + best / 2;
            *ns = now;
        }
    }
}

static void set_scale(double ns_per_tick)
{
    tkai_clock.ns_per_tick = ns_per_tick;
    tkai_clock.ns_multiplier = (uint64_t)(ns_per_tick * (1u << TKAI_CLOCK_SHIFT));
}

/* 0.2 ms between two readings that are each good to about 10 ns: 100 ppm at
 * the worst, far below a bucket's width; totals are scaled by the later,
 * refined figure. */
static void calibrate(void)
{
    uint64_t ticks = 0;
    int64_t ns = 0;

    do {
        read_both(&ticks, &ns);
    } while (ns - tkai_clock.start_ns < 200000);
    set_scale((double)(ns - tkai_clock.start_ns) /
              (double)(ticks - tkai_clock.start_ticks));
}

void tkai_clock_init(void)
{
    uint64_t hz;

    tkai_clock.counter = tkai_clock_usable();
    if (!tkai_clock.counter) {
        tkai_clock.start_ns = monotonic_ns();
        tkai_clock.start_ticks = (uint64_t)tkai_clock.start_ns;
        return;
    }
    tkai_clock.kind = TKAI_CLOCK_KIND;
    read_both(&tkai_clock.start_ticks, &tkai_clock.start_ns);
    hz = tkai_clock_frequency();
    if (hz != 0) {
        set_scale(1e9 / (double)hz);
    } else {
        calibrate();
    }
}

double tkai_clock_refine(void)
{
    uint64_t ticks = 0;
    int64_t ns = 0;

    if (!tkai_clock.counter || tkai_clock_frequency() != 0) {
        return tkai_clock.ns_per_tick;
    }
    read_both(&ticks, &ns);
    if (ns - tkai_clock.start_ns < 1000000) {
        return tkai_clock.ns_per_tick;
    }
    return (double)(ns - tkai_clock.start_ns) /
           (double)(ticks - tkai_clock.start_ticks);
}
