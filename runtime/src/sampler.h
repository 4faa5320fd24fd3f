/* sampler - which calls are timed, and how often.
 *
 * Each call is timed with probability 2^-k, independently of the others: the
 * gaps between timed calls are geometric. A timed call stands for 2^k calls
 * (Horvitz & Thompson 1952), so sums stay unbiased when k changes between gaps.
 * Which k, see budget.h.
 */
#ifndef TKA_SAMPLER_H
#define TKA_SAMPLER_H

#include <stdint.h>

#define TKAI_PERIOD_LOG2_MOST 13u

struct tkai_random {
    uint64_t state;             /* xorshift64*; not 0 */
};

/* Calls until the next timed one, it included: >= 1, mean 2^k. k <= 13. */
uint32_t tkai_sampler_gap(struct tkai_random *random, unsigned k);

/* The next 32 random bits. */
uint32_t tkai_sampler_random(struct tkai_random *random);

#endif
