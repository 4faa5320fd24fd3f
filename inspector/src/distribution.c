#include "distribution.h"

#include <math.h>

unsigned distribution_bucket(uint64_t value)
{
    unsigned z = 63u - (unsigned)__builtin_clzll(value | 15);
    unsigned shift = z - 3;

    return (shift << 3) + (unsigned)(value >> shift);
}

uint64_t distribution_low(unsigned bucket)
{
    unsigned shift;

    if (bucket < 16) {
        return bucket;
    }
    shift = bucket / 8 - 1;
    return (uint64_t)(bucket - (shift << 3)) << shift;
}

uint64_t distribution_high(unsigned bucket)
{
    return bucket + 1 < TKA_HISTOGRAM_BUCKETS ? distribution_low(bucket + 1) - 1
                                              : UINT64_MAX;
}

double distribution_middle(unsigned bucket)
{
    double low = (double)distribution_low(bucket);

    return low + ((double)distribution_high(bucket) - low) / 2;
}

/* Read one LEB128 number at *at and move *at past it. */
static bool read_number(const uint8_t **at, const uint8_t *end, uint64_t *number)
{
    unsigned shift = 0;

    *number = 0;
    while (*at < end && shift < 64) {
        uint8_t byte = *(*at)++;

        if (shift == 63 && byte > 1) {
            return false;
        }
        *number |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            return true;
        }
        shift += 7;
    }
    return false;
}

static bool decode(const uint8_t *blob, size_t size, Distribution *histogram)
{
    const uint8_t *at = blob, *end = blob + size;
    uint64_t next = 0, gap, count;

    while (at < end) {
        if (!read_number(&at, end, &gap) || !read_number(&at, end, &count) ||
            gap >= TKA_HISTOGRAM_BUCKETS - next) {
            return false;
        }
        histogram->count[next + gap] = count;
        next += gap + 1;
    }
    return true;
}

bool distribution_merge_blob(Distribution *sum, const uint8_t *blob, size_t size)
{
    Distribution one = {{0}};

    if (size == 0) {
        return true;
    }
    if (!decode(blob, size, &one)) {
        return false;
    }
    for (unsigned i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
        uint64_t count = sum->count[i] + one.count[i];

        sum->count[i] = count < one.count[i] ? UINT64_MAX : count;
    }
    return true;
}

uint64_t distribution_weight(const Distribution *histogram)
{
    uint64_t weight = 0;

    for (unsigned i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
        weight += histogram->count[i];
    }
    return weight;
}

double distribution_quantile(const Distribution *histogram, double quantile)
{
    double weight = 0, seen = 0;
    unsigned last = TKA_HISTOGRAM_BUCKETS;

    for (unsigned i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
        weight += (double)histogram->count[i];
        last = histogram->count[i] ? i : last;
    }
    if (last == TKA_HISTOGRAM_BUCKETS) {
        return -1;
    }
    for (unsigned i = 0; i < last; i++) {
        seen += (double)histogram->count[i];
        if (histogram->count[i] && seen >= quantile * weight) {
            return distribution_middle(i);
        }
    }
    return distribution_middle(last);
}

/* The histogram without one of its longest values, unless it is the only one. */
static Distribution without_longest(const Distribution *histogram)
{
    Distribution rest = *histogram;
    unsigned last = TKA_HISTOGRAM_BUCKETS;

    while (last > 0 && rest.count[last - 1] == 0) {
        last--;
    }
    if (last > 0 && distribution_weight(histogram) > 1) {
        rest.count[last - 1]--;
    }
    return rest;
}

/* Moments of values that are spread evenly over their buckets. */
typedef struct Moments {
    double weight, mean, variance, third; /* third: central */
} Moments;

static Moments find_moments(const Distribution *histogram)
{
    Moments of = {0};

    for (unsigned i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
        of.weight += (double)histogram->count[i];
        of.mean += (double)histogram->count[i] * distribution_middle(i);
    }
    of.mean /= of.weight > 0 ? of.weight : 1;
    for (unsigned i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
        double width = (double)distribution_high(i) - (double)distribution_low(i);
        double share = of.weight > 0 ? (double)histogram->count[i] / of.weight : 0;
        double distance = distribution_middle(i) - of.mean;

        if (share > 0) {
            of.variance += share * (distance * distance + width * width / 12);
            of.third += share * distance * (distance * distance + width * width / 4);
        }
    }
    return of;
}

double distribution_variation(const Distribution *histogram)
{
    Distribution rest = without_longest(histogram);
    Moments of = find_moments(&rest);

    if (of.weight <= 0) {
        return -1;
    }
    return of.mean > 0 ? sqrt(of.variance) / of.mean : 0;
}

double distribution_skewness(const Distribution *histogram)
{
    Distribution rest = without_longest(histogram);
    Moments of = find_moments(&rest);

    return of.variance > 0 ? of.third / (of.variance * sqrt(of.variance)) : 0;
}
