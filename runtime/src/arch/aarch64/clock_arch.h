/* clock_arch - aarch64: the virtual counter, which states its frequency. */
#ifndef TKA_CLOCK_ARCH_H
#define TKA_CLOCK_ARCH_H

#include <stdint.h>

#define TKAI_CLOCK_KIND TKA_CLOCK_CNTVCT

static inline uint64_t tkai_clock_counter(void)
{
    uint64_t ticks;

    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
}

/* The same after all that comes before it is done. */
static inline uint64_t tkai_clock_counter_ordered(void)
{
    __asm__ volatile("isb" ::: "memory");
    return tkai_clock_counter();
}

static inline uint64_t tkai_clock_frequency(void)
{
    uint64_t hz;

    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
    return hz;
}

static inline int tkai_clock_usable(void)
{
    return 1;
}

#endif
