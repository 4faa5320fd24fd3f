#include "hit_curve.h"

#include <math.h>

typedef struct Sums {
    double total;   /* lookups, cold ones included */
    double nearest; /* correction, to the lookups of distance 0 */
} Sums;

static Sums sums(const ReuseHistogram *histogram)
{
    Sums sums = {histogram->cold, 0};

    for (size_t i = 0; i < histogram->buckets; i++) {
        sums.total += histogram->count[i];
    }
    if (sums.total > 0 && histogram->lookups > 0) {
        sums.nearest = histogram->lookups - sums.total;
        sums.total = histogram->lookups;
    }
    return sums;
}

static double share(double hits, double total)
{
    return fmin(fmax(hits / total, 0), 1);
}

static int too_small(const ReuseHistogram *histogram, double size)
{
    return histogram->rate < 1 && size * histogram->rate < HIT_CURVE_FEWEST_KEYS;
}

double hit_curve_ratio(const ReuseHistogram *histogram, double size)
{
    Sums all = sums(histogram);
    double hits = all.nearest;

    if (!(all.total > 0) || too_small(histogram, size)) {
        return NAN;
    }
    if (size <= 0) {
        return 0;
    }
    for (size_t i = 0; i < histogram->buckets && histogram->bucket_low[i] < size; i++) {
        double low = histogram->bucket_low[i], high = histogram->bucket_low[i + 1];

        hits += histogram->count[i] * fmin((size - low) / (high - low), 1);
    }
    return share(hits, all.total);
}

double hit_curve_size(const ReuseHistogram *histogram, double ratio)
{
    Sums all = sums(histogram);
    double hits = all.nearest, wanted = ratio * all.total;

    if (!(all.total > 0) || isnan(ratio)) {
        return NAN;
    }
    if (ratio <= 0 && histogram->rate >= 1) {
        return 0;
    }
    for (size_t i = 0; i < histogram->buckets; i++) {
        double low = histogram->bucket_low[i], high = histogram->bucket_low[i + 1];

        if (histogram->count[i] > 0 && hits + histogram->count[i] >= wanted) {
            double size =
                low + (high - low) * fmax((wanted - hits) / histogram->count[i], 0);

            return too_small(histogram, size) ? NAN : size;
        }
        hits += histogram->count[i];
    }
    return INFINITY;
}
