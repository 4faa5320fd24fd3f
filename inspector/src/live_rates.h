/* live_rates - what a running program does per second: the difference between two
 * readings of its counters.
 *
 *     LiveRates rates = {0};
 *     live_rates_add(&rates, &profile, 0);          (the base)
 *     live_rates_add(&rates, &profile, seconds);    (what happened since)
 *     live_rates_release(&rates);
 *
 * Times are those of the timed calls that ended in the interval, each weighted with the
 * calls that it stands for. A percentile is that of the interval's own histogram, the
 * difference of its buckets; there is none of fewer than 30 timed calls.
 *
 * A function's self time falls while it is open and its callees end, and catches up when
 * it ends itself: self time counts in the interval in which its sum passes what it was
 * at most before.
 *
 * No input or output. A reading's memory is not kept.
 */
#ifndef TKA_LIVE_RATES_H
#define TKA_LIVE_RATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tka/store.h>

#include "model.h"

#define LIVE_HISTORY 60 /* intervals that are remembered */

typedef struct LiveCounters {
    uint64_t calls, samples, weight, slow_calls;
    double total_ns, outer_ns, self_ns;
} LiveCounters;

/* One function; -1 where a figure is not known. Per call: mean, p50, p99. */
typedef struct LiveRate {
    Function function;
    LiveCounters ever;     /* since the program started */
    int off_reason;        /* as TkaLiveFunction */
    LiveCounters interval; /* total_ns, outer_ns, self_ns >= 0 */
    bool rough;            /* its times are of too few samples, and not of all calls */
    double calls_per_second;
    double total_share; /* time inside of it, all threads, per time */
    double self_share;  /* of the self time of all functions */
    double mean_ns, p50_ns, p99_ns;
    double past_calls[LIVE_HISTORY]; /* per second; rings, see live_rates_past() */
    double past_p99[LIVE_HISTORY];
    double most_self_ns;
    unsigned long *buckets; /* of the last reading; NULL: none */
} LiveRate;

typedef struct LiveRates {
    LiveRate *items; /* in the order of the readings' functions */
    size_t count, capacity;
    double seconds;     /* of the last interval; 0: there is only a base */
    uint64_t intervals; /* so far */
    uint64_t calls, samples;
    double self_ns, overhead_ns; /* of the last interval, all functions */
} LiveRates;

/* seconds: since the reading before; 0 makes this one the base. */
void live_rates_add(LiveRates *rates, const TkaLiveProfile *profile, double seconds);
void live_rates_release(LiveRates *rates);

/* The last `count` values of a ring, oldest first; -1 before there were any. */
void live_rates_past(const LiveRates *rates, const double past[LIVE_HISTORY],
                     double *values, size_t count);

#endif
