#include "cache_value.h"

#include <math.h>

Interval cache_value_wilson(uint64_t hits, uint64_t lookups)
{
    const double z = 1.959964;
    double n = (double)lookups, p, middle, half;

    if (lookups == 0) {
        return (Interval){0, 1};
    }
    p = (double)hits / n;
    middle = p + z * z / (2 * n);
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return (Interval){fmax((middle - half) / (1 + z * z / n), 0),
                      fmin((middle + half) / (1 + z * z / n), 1)};
}

static bool mean_known(const MeanTime *mean)
{
    return mean->samples >= ENOUGH_SAMPLES;
}

/* Propagation of errors. The fewer samples of the two decide the quantile: a little wide
 * where the other mean has the larger part. */
static void save_time(CacheValue *value, const CacheUse *use)
{
    double hits = (double)use->hits, lookups = (double)use->lookups;
    uint64_t samples =
        use->load.samples < use->lookup.samples ? use->load.samples : use->lookup.samples;
    double half = hypot(hits * use->load.error, lookups * use->lookup.error) *
                  student_t95(samples - 1);

    value->saved_known = true;
    value->saved_ns = hits * use->load.ns - lookups * use->lookup.ns;
    value->saved_interval = (Interval){value->saved_ns - half, value->saved_ns + half};
}

/* The cache's lookups are exact; without them a sampled curve is worth little. */
static ReuseHistogram corrected(const CacheUse *use)
{
    ReuseHistogram reuse = *use->reuse;

    if (reuse.rate < 1 && !(reuse.lookups > 0)) {
        reuse.lookups = (double)use->lookups;
    }
    return reuse;
}

double cache_value_size(const CacheUse *use)
{
    ReuseHistogram reuse;

    if (use->evictions > 0 && use->puts > use->evictions) {
        return (double)(use->puts - use->evictions) /
               (double)(use->processes ? use->processes : 1);
    }
    if (!use->reuse || use->lookups == 0) {
        return NAN;
    }
    reuse = corrected(use);
    return hit_curve_size(&reuse, (double)use->hits / (double)use->lookups);
}

/* The gain is between two points of one curve: what makes it too high or too low, as hot
 * keys that are followed by chance, does so at both. */
static void look_at_twice(CacheValue *value, const CacheUse *use)
{
    ReuseHistogram reuse;

    value->ratio_at_twice = NAN;
    value->gain = NAN;
    value->size = cache_value_size(use);
    if (!use->reuse || isnan(value->size)) {
        return;
    }
    reuse = corrected(use);
    value->ratio_at_twice = hit_curve_ratio(&reuse, 2 * value->size);
    value->gain = value->ratio_at_twice - hit_curve_ratio(&reuse, value->size);
}

static unsigned findings(const CacheValue *value, const CacheUse *use)
{
    unsigned found = 0;

    if (use->lookups < CACHE_FEWEST_LOOKUPS) {
        return 0;
    }
    if (use->hits == 0) {
        found |= CACHE_NEVER_HIT;
    }
    if (value->saved_known && value->saved_interval.high <= 0) {
        found |= CACHE_USELESS;
    }
    if (value->gain >= CACHE_SMALL_GAIN) {
        bool in_vain = use->hits < use->puts &&
                       (double)use->evictions >=
                           CACHE_THRASHING_EVICTIONS * (double)use->puts;

        found |= in_vain ? CACHE_THRASHING : CACHE_TOO_SMALL;
    }
    return found;
}

CacheValue cache_value_judge(const CacheUse *use)
{
    CacheValue value = {.hit_ratio = NAN};

    value.hit_interval = cache_value_wilson(use->hits, use->lookups);
    if (use->lookups > 0) {
        value.hit_ratio = (double)use->hits / (double)use->lookups;
    }
    if (mean_known(&use->load) && mean_known(&use->lookup)) {
        save_time(&value, use);
    }
    look_at_twice(&value, use);
    value.findings = findings(&value, use);
    return value;
}

const char *cache_finding_word(CacheFinding finding)
{
    switch (finding) {
    case CACHE_NEVER_HIT:
        return "never_hit";
    case CACHE_USELESS:
        return "useless";
    case CACHE_THRASHING:
        return "thrashing";
    default:
        return "too_small";
    }
}
