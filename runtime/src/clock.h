/* clock - the probes' time base, in ticks.
 *
 * tkai_clock_now() reads the cheapest monotonic counter there is; the processor's
 * part is arch/PROCESSOR/clock_arch.h. Call tkai_clock_init() once before;
 * then ns = ticks * tkai_clock.ns_per_tick. Any thread.
 */
#ifndef TKA_CLOCK_H
#define TKA_CLOCK_H

#include <stdint.h>
#include <tka/live.h>

struct tkai_clock {
    int counter;                /* 1: processor's counter, 0: clock_gettime */
    enum tka_clock_kind kind;
    double ns_per_tick;
    uint64_t ns_multiplier;     /* ns = ticks * multiplier >> TKAI_CLOCK_SHIFT */
    uint64_t start_ticks;
    int64_t start_ns;           /* CLOCK_MONOTONIC at start_ticks */
};
extern struct tkai_clock tkai_clock;

#include "clock_arch.h"

uint64_t tkai_clock_fallback(void);

static inline uint64_t tkai_clock_now(void)
{
    if (__builtin_expect(tkai_clock.counter, 1)) {
        return tkai_clock_counter();
    }
    return tkai_clock_fallback();
}

#define TKAI_CLOCK_SHIFT 30

static inline uint64_t tkai_clock_ns(uint64_t ticks)
{
    __extension__ typedef unsigned __int128 wide;

    if (__builtin_expect((ticks | tkai_clock.ns_multiplier) >> 32 != 0, 0)) {
        return (uint64_t)((wide)ticks * tkai_clock.ns_multiplier >> TKAI_CLOCK_SHIFT);
    }
    return ticks * tkai_clock.ns_multiplier >> TKAI_CLOCK_SHIFT;
}

/* Choose the counter and calibrate it: takes about 0.2 ms. */
void tkai_clock_init(void);

/* Calibrate again over the time since tkai_clock_init: the longer, the better. */
double tkai_clock_refine(void);

#endif
