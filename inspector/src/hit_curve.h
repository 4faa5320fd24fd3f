/* hit_curve - the hit ratio that an LRU cache of any size would have, from a sampled
 * histogram of reuse distances.
 *
 *     double size = hit_curve_size(&histogram, 0.42);
 *     double twice = hit_curve_ratio(&histogram, 2 * size);
 *
 * The distance of a lookup is the number of other keys looked up since the last lookup of
 * its key: an LRU cache of more entries than that hits (Mattson et al. 1970, IBM Systems
 * Journal 9). Only keys whose hash falls below a threshold are followed, and the
 * distances among these divided by their share: SHARDS (Waldspurger, Park, Garthwaite and
 * Ahmad 2015, "Efficient MRC Construction with SHARDS", USENIX FAST). A few hot keys,
 * followed or not, make most of the error; where the exact number of lookups is known,
 * what the followed ones are short of it, or above, is taken for lookups of distance 0,
 * as there (SHARDS-adj).
 *
 * Pure functions. Sizes and distances in entries.
 */
#ifndef TKA_HIT_CURVE_H
#define TKA_HIT_CURVE_H

#include <stddef.h>

typedef struct ReuseHistogram {
    /* Distances of all keys: those among the followed ones, divided by rate. A bucket
     * ends where the next begins; there is one more of these than of the counts. */
    const double *bucket_low;
    const double *count; /* lookups, each for 1 / rate of them (64) */
    size_t buckets;
    double cold;    /* lookups of keys not met before, so weighted too: never hits */
    double rate;    /* share of the keys that is followed: 1 / 64; 1: all */
    double lookups; /* of all keys, exact; 0: not known */
} ReuseHistogram;

/* Fewer followed keys in a cache tell little of it: sizes below 32 / rate are not known,
 * but for rate 1. From there on, with one key in 64 of 100,000 drawn by 1 / rank, the
 * ratio is off by 0.021 on average (0.13 at most, in 1000 cases), the ratio at twice the
 * size of a known ratio by 0.007 (0.033): TKA_HIT_CURVE_RUNS=200 test_hit_curve. Without
 * the exact number of lookups the ratio is off by 0.08 to 0.17. */
#define HIT_CURVE_FEWEST_KEYS 32

/* 0 to 1. NaN: nothing was recorded, or the size is too small to tell. */
double hit_curve_ratio(const ReuseHistogram *histogram, double size);

/* The smallest size with that hit ratio. Infinite: no size reaches it, so that size is
 * not what limits the hits. NaN: too small to tell, or nothing was recorded. */
double hit_curve_size(const ReuseHistogram *histogram, double ratio);

#endif
