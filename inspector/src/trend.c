#include "trend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* sum of t (t - 1) (2 t + 5) over the groups of t equal values. */
static double tie_correction(const double *values, size_t count)
{
    double *sorted = allocate_zeroed(count, sizeof *sorted);
    double sum = 0;

    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_doubles);
    for (size_t i = 0, next; i < count; i = next) {
        double ties;

        for (next = i + 1; next < count && !(sorted[next] > sorted[i]);) {
            next++;
        }
        ties = (double)(next - i);
        sum += ties * (ties - 1) * (2 * ties + 5);
    }
    free(sorted);
    return sum;
}

RankTrend trend_ranks(const double *values, size_t count)
{
    RankTrend trend = {0, 0, 1};
    double n = (double)count;

    if (count < 2) {
        return trend;
    }
    for (size_t i = 0; i + 1 < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            trend.sum += (values[k] > values[i]) - (values[k] < values[i]);
        }
    }
    trend.variance = (n * (n - 1) * (2 * n + 5) - tie_correction(values, count)) / 18;
    if (trend.variance > 0 && fabs(trend.sum) > 1) {
        trend.p = erfc((fabs(trend.sum) - 1) / sqrt(2 * trend.variance));
    }
    return trend;
}

double trend_theil_sen(Series series)
{
    size_t pairs = series.count * (series.count - 1) / 2, filled = 0;
    double *slopes, median;

    if (series.count < 2) {
        return NAN;
    }
    slopes = allocate_zeroed(pairs, sizeof *slopes);
    for (size_t i = 0; i + 1 < series.count; i++) {
        for (size_t k = i + 1; k < series.count; k++) {
            slopes[filled++] =
                (series.value[k] - series.value[i]) / (series.at[k] - series.at[i]);
        }
    }
    qsort(slopes, pairs, sizeof *slopes, compare_doubles);
    median = (slopes[(pairs - 1) / 2] + slopes[pairs / 2]) / 2;
    free(slopes);
    return median;
}

/* Weighted least squares: the variance of an increment grows with its time. */
RateTrend trend_rate(Series series)
{
    RateTrend trend = {NAN, NAN, 0, series.count ? series.count - 1 : 0};
    double time, squares = 0;

    if (trend.increments < 1) {
        return trend;
    }
    time = series.at[series.count - 1] - series.at[0];
    trend.rate = (series.value[series.count - 1] - series.value[0]) / time;
    if (trend.increments < 2) {
        return trend;
    }
    for (size_t i = 1; i < series.count; i++) {
        double step = series.at[i] - series.at[i - 1];
        double rest = series.value[i] - series.value[i - 1] - trend.rate * step;

        squares += rest * rest / step;
    }
    trend.error = sqrt(squares / (double)(trend.increments - 1) / time);
    trend.t = fabs(trend.rate) > 0 ? trend.rate / trend.error : 0;
    return trend;
}
