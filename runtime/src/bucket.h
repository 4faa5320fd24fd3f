/* bucket - the log-linear bucket scheme used everywhere: values below 16 one
 * bucket each, above 8 buckets per octave, so a bucket is at most 12.5 % wide.
 */
#ifndef TKA_BUCKET_H
#define TKA_BUCKET_H

#include <stdint.h>

static inline unsigned tkai_bucket_index(uint64_t value)
{
    unsigned top = 63u - (unsigned)__builtin_clzll(value | 15u);
    unsigned shift = top - 3u;

    return (shift << 3) + (unsigned)(value >> shift);
}

/* Lowest value of a bucket; of TKA_HISTOGRAM_BUCKETS: one past the highest. */
static inline uint64_t tkai_bucket_low(unsigned index)
{
    unsigned shift;

    if (index < 16) {
        return index;
    }
    shift = (index >> 3) - 1;
    return (uint64_t)(8 + (index & 7)) << shift;
}

#endif
