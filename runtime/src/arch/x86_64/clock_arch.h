/* clock_arch - x86-64: the time stamp counter, where it is invariant. */
#ifndef TKA_CLOCK_ARCH_H
#define TKA_CLOCK_ARCH_H

#include <cpuid.h>
#include <stdint.h>

#define TKAI_CLOCK_KIND TKA_CLOCK_TSC

/* Not serialised: 10 ns against 18 with lfence; the bias is calibrated away. */
static inline uint64_t tkai_clock_counter(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/* The same after all that comes before it is done: 8 ns more. */
static inline uint64_t tkai_clock_counter_ordered(void)
{
    __asm__ volatile("lfence" ::: "memory");
    return tkai_clock_counter();
}

/* Ticks per second where the processor states it; 0: calibrate. */
static inline uint64_t tkai_clock_frequency(void)
{
    return 0;
}

static inline int tkai_clock_usable(void)
{
    unsigned a, b, c, d;

    return __get_cpuid(0x80000007u, &a, &b, &c, &d) && (d & 1u << 8) != 0;
}

#endif
