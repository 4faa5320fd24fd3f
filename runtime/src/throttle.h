/* throttle - suspends probes when counting alone costs more than the budget.
 *
 * Counting is never sampled; a program that makes 50 million probed calls a second
 * spends some 3 % on it. When it was above the threshold in two intervals after
 * one another, the functions that cost most for what they tell, those with the shortest
 * calls, are switched off until what is left fits. Reports mark them; their counts are exact until
 * then. In mode sampled only, and never critical paths.
 */
#ifndef TKA_THROTTLE_H
#define TKA_THROTTLE_H

#include "collect.h"
#include "interval.h"

/* Look at the interval from past to now, in which the process used cpu_ns. On the store
 * thread; takes the lock of state.h. */
void tkai_throttle_look(const struct tkai_collected *now, const struct tkai_past *past,
                        int64_t cpu_ns);

/* In a forked child. */
void tkai_throttle_forget(void);

#endif
