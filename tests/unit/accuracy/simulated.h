/* simulated - the runtime's probes under a clock that the test sets: enter, leave,
 * sampler and budget are the real ones, durations are exactly what the test says,
 * and a timed call costs exactly COST_NS outside of its own interval. So what the
 * estimates are worth can be tested without a machine's noise.
 *
 * One thread. INNER is called by OUTER; the others have no caller.
 *
 *     simulated_init(TKA_MODE_SAMPLED, 1.0);
 *     simulated_begin(seed);
 *     simulated_enter(&scope, OUTER); simulated_pass(100); simulated_leave(&scope);
 *     Estimate estimate = simulated_estimate(OUTER, calls);
 */
#ifndef TKA_TEST_SIMULATED_H
#define TKA_TEST_SIMULATED_H

#include <stdint.h>
#include <tka/probe.h>
#include <tka/tka.h>

#include "distribution.h"
#include "statistics.h"

#define COST_NS 20

enum { OUTER, INNER, OTHERS, FUNCTIONS = OTHERS + 250 };

typedef struct Estimate {
    Timing timing;
    Interval interval;
    Distribution histogram;
} Estimate;

/* budget: percent, for timing alone. */
void simulated_init(TkaMode mode, double budget);

/* A new thread, in which nothing was called yet. Its gaps are drawn from seed. */
void simulated_begin(uint64_t seed);

void simulated_enter(struct tka_scope *scope, int function);
void simulated_leave(struct tka_scope *scope);
void simulated_pass(uint64_t ns);
uint64_t simulated_now(void);

/* Calls of the function that were timed so far. */
uint64_t simulated_samples(int function);

/* As `tka report` would tell it. */
Estimate simulated_estimate(int function, uint64_t calls);

#endif
