/* distribution - the log-linear histograms of the database: decode, merge, read.
 *
 * Bucket of a value: below 16 one bucket each, above 8 per octave, so that a
 * bucket is at most 12.5 % wide. A blob is a sequence of pairs of unsigned
 * LEB128 numbers (gap, count); see tka/store.h. Counts are weighted: each timed
 * call counts for all the calls it stands for.
 *
 * Pure functions on plain data; blobs are untrusted.
 */
#ifndef TKA_DISTRIBUTION_H
#define TKA_DISTRIBUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tka/store.h>

typedef struct Distribution {
    uint64_t count[TKA_HISTOGRAM_BUCKETS];
} Distribution;

unsigned distribution_bucket(uint64_t value);
uint64_t distribution_low(unsigned bucket);  /* smallest value in the bucket */
uint64_t distribution_high(unsigned bucket); /* largest value in it */
double distribution_middle(unsigned bucket); /* what stands for its values */

/* Add a blob's counts. False, and sum untouched, when the blob is malformed. */
bool distribution_merge_blob(Distribution *sum, const uint8_t *blob, size_t size);

uint64_t distribution_weight(const Distribution *histogram);

/* The middle of the bucket in which the quantile lies (0 < quantile <= 1): at
 * most half a bucket, 6.3 %, from the true quantile of the values counted. -1
 * when the histogram is empty. */
double distribution_quantile(const Distribution *histogram, double quantile);

/* Coefficient of variation (standard deviation by mean) of the values, spread
 * evenly over their buckets, one of the longest left out; -1 when the histogram is
 * empty. */
double distribution_variation(const Distribution *histogram);

/* Skewness (third standardised moment) of the same values; 0 when the histogram is
 * empty. */
double distribution_skewness(const Distribution *histogram);

#endif
