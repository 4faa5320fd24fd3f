/* record - a thread's counters for one site (tka_record), as the slow paths use
 * them. Only the owning thread calls these.
 */
#ifndef TKA_RECORD_H
#define TKA_RECORD_H

#include <stddef.h>
#include <tka/live.h>

/* The gap where calls are only counted: short enough to notice a new mode. */
#define TKAI_COUNT_GAP (1u << 20)

static inline struct tka_histogram *tkai_record_histogram(const struct tka_record *record)
{
    return (struct tka_histogram *)(uintptr_t)record->histogram;
}

/* Let the gap-th call from now on be the next to come to the slow path. One
 * exchange of the pair (countdown, armed): a signal handler that counts
 * meanwhile loses nothing. */
static inline void tkai_record_rearm(struct tka_record *record, uint32_t gap)
{
    uint64_t *pair = (uint64_t *)(void *)record;
    uint64_t old = *pair, new;

    do {
        uint32_t countdown = (uint32_t)old, armed = (uint32_t)(old >> 32);

        armed += gap - 1 - countdown;
        new = (uint64_t)armed << 32 | (gap - 1);
    } while (!__atomic_compare_exchange_n(pair, &old, new, 0, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    record->calls = tka_record_calls(record);
}

/* Samples from a change of behaviour to the next choice of a period (budget.h). */
#define TKAI_REVIEW_SOON 16u

/* Arm it so that its next call comes to the slow path, and stands for itself alone
 * when it is timed. */
static inline void tkai_record_arm_now(struct tka_record *record)
{
    struct tka_histogram *histogram = tkai_record_histogram(record);

    if (histogram != NULL) {
        histogram->armed_log2 = 0;
        histogram->nudged = 0;
    }
    tkai_record_rearm(record, 1);
}

/* Time all calls from the next one on, and choose again soon. */
static inline void tkai_record_time_all(struct tka_record *record,
                                        struct tka_histogram *histogram)
{
    histogram->period_log2 = 0;
    histogram->review_in = TKAI_REVIEW_SOON;
    tkai_record_arm_now(record);
}

#endif
