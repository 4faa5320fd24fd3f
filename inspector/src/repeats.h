/* repeats - what repeated measurements of one thing tell together.
 *
 * Pure functions on arrays; their order is kept.
 */
#ifndef TKA_REPEATS_H
#define TKA_REPEATS_H

#include <stddef.h>

#define REPEATS_MOST 64

typedef struct Repeats {
    double values[REPEATS_MOST];
    size_t count;
} Repeats;

/* More than REPEATS_MOST are left out. */
void repeats_add(Repeats *repeats, double value);

/* NaN when there is none. */
double repeats_median(const Repeats *repeats);

/* Interpolated; 0 <= share <= 1. NaN when there is none. */
double repeats_quantile(const Repeats *repeats, double share);

/* Half the 95 % interval of the median, from the distance of the quartiles: what
 * two medians may differ by chance (the notch of a box plot). NaN under 3 values. */
double repeats_spread(const Repeats *repeats);

#endif
