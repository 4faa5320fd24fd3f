/* cache_value - what a cache is worth: its hit ratio, the time it saves, and what is
 * wrong with it.
 *
 *     CacheValue value = cache_value_judge(&(CacheUse){.hits = hits, .lookups = n, ...});
 *     if (value.findings & CACHE_USELESS) ...
 *
 * Time saved = hits * mean load - lookups * mean lookup: without the cache every hit were
 * a load, and no lookup were made. It takes the loads that hits spare for as long as
 * those that misses made. Counts are exact; the means' errors are independent of each
 * other.
 *
 * Pure functions. Times in ns, sizes in entries, ratios 0 to 1.
 */
#ifndef TKA_CACHE_VALUE_H
#define TKA_CACHE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "hit_curve.h"
#include "statistics.h"

/* Mean time of a function's calls. Under ENOUGH_SAMPLES samples it tells nothing. */
typedef struct MeanTime {
    double ns, error; /* error: standard error */
    uint64_t samples;
} MeanTime;

typedef struct CacheUse {
    uint64_t hits, lookups;   /* a lookup hits or misses */
    uint64_t puts, evictions; /* 0: none, or not annotated */
    uint64_t processes;       /* that each have such a cache; 0: 1 */
    MeanTime lookup;          /* without the load, where that is called within it */
    MeanTime load;
    const ReuseHistogram *reuse; /* NULL: keys not followed. Its lookups may be 0. */
} CacheUse;

/* With fewer lookups nothing is found. Of so many not one a hit: fewer than 3 % are hits
 * (95 %), whatever the start. */
#define CACHE_FEWEST_LOOKUPS 100

/* Share of the lookups that would be hits at twice the size, beyond those that are. */
#define CACHE_SMALL_GAIN          0.10
#define CACHE_THRASHING_EVICTIONS 0.8 /* of the puts */

/* Useless: the most that it may save, at 95 %, is 0 or less. Thrashing: most of what is
 * put is evicted, before it has been a hit once, on average, and twice the size would
 * help. Too small: twice the size would help otherwise. (Any cache that is full evicts
 * one for each that is put.) */
typedef enum CacheFinding {
    CACHE_NEVER_HIT = 1,
    CACHE_USELESS = 2,
    CACHE_THRASHING = 4,
    CACHE_TOO_SMALL = 8
} CacheFinding;

typedef struct CacheValue {
    unsigned findings;       /* of CacheFinding, or-ed */
    double hit_ratio;        /* NaN without lookups */
    Interval hit_interval;   /* 95 %, Wilson */
    bool saved_known;        /* both means are; else the next two are 0 */
    double saved_ns;         /* < 0: the cache costs time */
    Interval saved_interval; /* 95 % */
    double size;             /* entries; see cache_value_size */
    double ratio_at_twice;   /* of an LRU cache; NaN: not known */
    double gain;             /* ratio_at_twice less that at size; NaN: not known */
} CacheValue;

CacheValue cache_value_judge(const CacheUse *use);

/* Score interval of a share, 95 % (Wilson 1927, Journal of the American Statistical
 * Association 22); 0 to 1 for none of none. */
Interval cache_value_wilson(uint64_t hits, uint64_t lookups);

/* Entries, of one process: puts less evictions where both are annotated (a put is one of a
 * new key, then), else the size of an LRU cache that has this hit ratio; NaN, or infinite: as
 * hit_curve_size. */
double cache_value_size(const CacheUse *use);

/* "never_hit", "useless", "thrashing", "too_small", for one finding. */
const char *cache_finding_word(CacheFinding finding);

#endif
