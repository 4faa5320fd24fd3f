/* growth - whether the live bytes of one call path grow without end, in a program that
 * never exits.
 *
 *     Growth growth = growth_judge(&(GrowthInput){.at_ns = at, .live = live, .count =
 * n}); growth_describe(&growth, &text);
 *
 * GROWS takes all of these; what a start fills (first quarter of the points) is left out:
 *   1. Mann-Kendall: the values rise.
 *   2. The minima of 5 buckets rise: what batches and collectors give back is no growth.
 *   3. The second half rises about as fast as the first: what fills up is no growth.
 *   4. It rises by more than the noise, and by more than 5 % of what is live.
 *   5. The increments have one mean, not 0: Mann-Kendall takes points for independent,
 *      so it calls a random walk a trend more often than not.
 * docs/memory.md tells how often that is right. What no look at the values tells: a
 * daily load seen for less than a day, and whether what grows has a limit later.
 *
 * Pure functions. growth_judge allocates and frees; nothing is kept.
 */
#ifndef TKA_GROWTH_H
#define TKA_GROWTH_H

#include <stddef.h>
#include <stdint.h>

#include "statistics.h"
#include "textbuf.h"

/* Fewer after the first quarter is dropped: no verdict. */
#define GROWTH_FEWEST_POINTS 20

typedef struct GrowthInput {
    const int64_t *at_ns; /* when each value was read, increasing; gaps may differ */
    const double *live;   /* bytes allocated on the path and not freed */
    const double *error;  /* standard error of each value; NULL: 0, or of the sampling */
    size_t count;
    double sampling_bytes; /* one sample per so many bytes on average; 0: exact */
} GrowthInput;

typedef enum GrowthVerdict { GROWTH_TOO_FEW, GROWTH_NOT, GROWTH_GROWS } GrowthVerdict;

/* The first of the conditions that does not hold. */
typedef enum GrowthReason {
    GROWTH_ALL_HOLD,
    GROWTH_SHORT,    /* too few points */
    GROWTH_NO_TREND, /* 1 */
    GROWTH_DIPS,     /* 2 */
    GROWTH_SLOWS,    /* 3 */
    GROWTH_SMALL,    /* 4 */
    GROWTH_UNSTEADY  /* 5 */
} GrowthReason;

/* All but verdict, reason, points and window_ns are 0 with GROWTH_TOO_FEW. */
typedef struct Growth {
    GrowthVerdict verdict;
    GrowthReason reason;
    size_t points;           /* used: after thinning and without the first quarter */
    double window_ns;        /* from the first to the last of them */
    double slope;            /* bytes per hour */
    Interval slope_interval; /* 95 % */
    double grown_bytes;      /* over the window, by that slope */
    double p;                /* Mann-Kendall, two-sided */
    double t;                /* of the increments */
    double slowing;          /* slope of the second half by that of the first */
} Growth;

Growth growth_judge(const GrowthInput *input);

/* Adds "has grown by 2.84 MB, 3.10 MB/h (2.90 MB to 3.30 MB), p = 2e-7, over 55
 * minutes", or why not; no line end. */
void growth_describe(const Growth *growth, Text *text);

/* One word for --format json and csv: "grows", "not", "too_few". */
const char *growth_verdict_word(GrowthVerdict verdict);
/* "", "short", "no_trend", "dips", "slows", "small", "unsteady" */
const char *growth_reason_word(GrowthReason reason);

#endif
