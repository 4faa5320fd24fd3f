#include "repeats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of a normal distribution: 1.25 * 1.96 / 1.35 / sqrt(2) is about 1.57. */
#define NOTCH 1.57

void repeats_add(Repeats *repeats, double value)
{
    if (repeats->count < REPEATS_MOST) {
        repeats->values[repeats->count++] = value;
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double repeats_quantile(const Repeats *repeats, double share)
{
    double sorted[REPEATS_MOST], place;
    size_t below;

    if (repeats->count == 0) {
        return NAN;
    }
    memcpy(sorted, repeats->values, repeats->count * sizeof *sorted);
    qsort(sorted, repeats->count, sizeof *sorted, compare);
    place = share * (double)(repeats->count - 1);
    below = (size_t)place;
    if (below + 1 >= repeats->count) {
        return sorted[repeats->count - 1];
    }
    return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

double repeats_median(const Repeats *repeats)
{
    return repeats_quantile(repeats, 0.5);
}

double repeats_spread(const Repeats *repeats)
{
    if (repeats->count < 3) {
        return NAN;
    }
    return NOTCH * (repeats_quantile(repeats, 0.75) - repeats_quantile(repeats, 0.25)) /
           sqrt((double)repeats->count);
}
