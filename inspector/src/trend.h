/* trend - whether the values of a series rise, and how fast.
 *
 * Pure functions on arrays. Times in any unit, increasing; rates are values per unit
 * of time. Theil_sen compares all pairs: thin a series of many hundreds of points.
 */
#ifndef TKA_TREND_H
#define TKA_TREND_H

#include <stddef.h>

typedef struct Series {
    const double *at, *value; /* borrowed */
    size_t count;
} Series;

/* Mann-Kendall's test: do later values exceed earlier ones? It looks at ranks only, and
 * takes the points for independent (Mann 1945, Econometrica 13; Kendall 1975, Rank
 * Correlation Methods). */
typedef struct RankTrend {
    double sum;      /* S: pairs that rise less pairs that fall */
    double variance; /* of S without a trend; corrected for ties */
    double p;        /* two-sided, normal approximation with continuity correction */
} RankTrend;

RankTrend trend_ranks(const double *values, size_t count);

/* Median of the slopes of all pairs of points: up to 29 % of them may be anything (Sen
 * 1968, Journal of the American Statistical Association 63). NaN under 2 points. */
double trend_theil_sen(Series series);

/* From one value to the next: the mean rate and how sure it is when the increments are
 * independent, as those of a leak or a random walk are. Noise of the values themselves
 * makes increments that cancel out: the error then is too large, never too small. */
typedef struct RateTrend {
    double rate;
    double error; /* standard error of rate; NaN under 2 increments */
    double t;     /* rate / error; infinite when all increments are equal */
    size_t increments;
} RateTrend;

RateTrend trend_rate(Series series);

#endif
