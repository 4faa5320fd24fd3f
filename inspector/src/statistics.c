#include "statistics.h"

#include <math.h>
#include <stddef.h>

/* With fewer, neither b nor c is known: one heavy sample has no spread. */
#define FEW_SAMPLES 8

/* Samples for other calls than themselves, of equal weight, that would tell as much:
 * Kish's (sum(w - 1))^2 / sum((w - 1)^2). */
static double heavy_samples(const Recorded *one)
{
    double others = (double)one->weight - (double)one->samples;
    double squares = one->rare_weight - others;

    return others > 0 && squares > 0 ? others * others / squares : 0;
}

/* Whether the sums over w (w - 1) tell an ordinary call. */
static bool tells_ordinary(const Recorded *one)
{
    return heavy_samples(one) >= FEW_SAMPLES;
}

/* b: the time of an ordinary call. */
static double ordinary_call(const Recorded *one)
{
    if (tells_ordinary(one)) {
        return one->rare_ns / one->rare_weight;
    }
    if (one->weight > 1 && one->max_ns > 0 && one->total_ns > one->max_ns) {
        return (one->total_ns - one->max_ns) / (double)(one->weight - 1);
    }
    return one->total_ns / (double)one->weight;
}

static void add_times(Timing *sum, const Recorded *one)
{
    double missed = (double)one->calls - (double)one->weight;
    double ordinary = ordinary_call(one);
    double total = fmax(one->total_ns + ordinary * missed, 0);
    double scale = one->total_ns > 0 ? total / one->total_ns : 1;

    sum->total_ns += total;
    sum->outer_ns += (one->outer_ns > 0 ? one->outer_ns : one->total_ns) * scale;
    sum->child_ns += one->child_ns * scale;
    sum->ordinary_ns += ordinary * (double)one->calls;
}

static void add_error(Timing *sum, const Recorded *one)
{
    double heavy = heavy_samples(one);

    sum->squares += (double)one->weight;
    if (tells_ordinary(one)) {
        double rest = one->variance - one->rare_ns * one->rare_ns / one->rare_weight;

        sum->squares += one->rare_weight;
        sum->residual += rest > 0 ? rest * heavy / (heavy - 1) : 0;
    } else {
        sum->variance += one->variance;
        sum->missed += (double)one->calls - (double)one->weight;
    }
}

void timing_record(Timing *sum, const Recorded *one)
{
    sum->calls += one->calls;
    sum->cpu_ns += one->cpu_ns;
    sum->cpu_wall_ns += one->cpu_wall_ns;
    sum->slow_calls += one->slow_calls;
    add_error(sum, one);
    if (one->samples == 0 || one->weight == 0) {
        return;
    }
    if (sum->samples == 0 || one->min_ns < sum->min_ns) {
        sum->min_ns = one->min_ns;
    }
    if (sum->samples == 0 || one->max_ns > sum->max_ns) {
        sum->max_ns = one->max_ns;
    }
    sum->samples += one->samples;
    sum->weight += one->weight;
    sum->covered += (double)one->calls;
    add_times(sum, one);
}

void timing_merge(Timing *sum, const Timing *other)
{
    sum->calls += other->calls;
    sum->cpu_ns += other->cpu_ns;
    sum->cpu_wall_ns += other->cpu_wall_ns;
    sum->slow_calls += other->slow_calls;
    sum->residual += other->residual;
    sum->variance += other->variance;
    sum->missed += other->missed;
    sum->squares += other->squares;
    if (other->samples == 0) {
        return;
    }
    if (sum->samples == 0 || other->min_ns < sum->min_ns) {
        sum->min_ns = other->min_ns;
    }
    if (sum->samples == 0 || other->max_ns > sum->max_ns) {
        sum->max_ns = other->max_ns;
    }
    sum->samples += other->samples;
    sum->weight += other->weight;
    sum->covered += other->covered;
    sum->total_ns += other->total_ns;
    sum->outer_ns += other->outer_ns;
    sum->child_ns += other->child_ns;
    sum->ordinary_ns += other->ordinary_ns;
}

bool timing_known(const Timing *timing)
{
    return timing->samples > 0 && timing->covered > 0;
}

bool timing_exact(const Timing *timing)
{
    return timing_known(timing) && timing->samples >= timing->calls;
}

bool timing_has_percentiles(const Timing *timing)
{
    return timing_known(timing) && timing->samples >= ENOUGH_SAMPLES;
}

bool timing_reliable(const Timing *timing)
{
    return timing_exact(timing) || timing_has_percentiles(timing);
}

double timing_mean(const Timing *timing)
{
    return timing_known(timing) ? timing->total_ns / timing->covered : 0;
}

double timing_total(const Timing *timing)
{
    return timing_known(timing)
               ? timing->outer_ns / timing->covered * (double)timing->calls
               : 0;
}

double timing_self(const Timing *timing)
{
    double self = timing->total_ns - timing->child_ns;

    if (!timing_known(timing) || self < 0) {
        return 0;
    }
    return self / timing->covered * (double)timing->calls;
}

/* The clocks differ by a little: a call that only computes may seem to compute
 * longer than it took. */
double timing_cpu_share(const Timing *timing)
{
    if (timing->cpu_wall_ns <= 0) {
        return -1;
    }
    return timing->cpu_ns < timing->cpu_wall_ns ? timing->cpu_ns / timing->cpu_wall_ns
                                                : 1;
}

double timing_wait(const Timing *timing)
{
    double share = timing_cpu_share(timing);

    return share >= 0 && timing_known(timing) ? timing_total(timing) * (1 - share) : -1;
}

/* Timed calls of equal weight that would tell as much: Kish's W^2 / sum(w^2). Where
 * the sum is not known it follows from V and the mean square of the times. */
static double effective_samples(const Timing *timing, double variation)
{
    double ordinary = timing->ordinary_ns / timing->covered;
    double square = ordinary * ordinary * (1 + variation * variation);
    double weight = (double)timing->weight, samples = (double)timing->samples;

    if (variation >= 0 && square > 0) {
        double kish = weight * weight / (timing->variance / square + timing->squares);

        samples = kish < samples ? kish : samples;
    }
    return samples < 2 ? 2 : samples;
}

/* Variance of the mean; see the header. */
static double mean_variance(const Timing *timing, double variation, double samples)
{
    double drawn = timing->variance / (timing->covered * timing->covered);
    double known = timing->residual / (timing->covered * timing->covered);
    double missed = timing->missed / (double)timing->calls;
    double square = variation * variation * samples / (samples - 1); /* c^2, unbiased */
    double ordinary = timing->ordinary_ns / timing->covered;

    if (variation < 0) {
        return known + drawn;
    }
    return known + (samples < FEW_SAMPLES ? drawn : drawn * square / (1 + square)) +
           (missed > 0 ? missed * square * ordinary * ordinary / samples : 0);
}

/* Standard errors from the mean to a bound of the interval, of a studentised mean
 * that is t without skewness: Hall's transformation, inverted. skewness: of the mean. */
static double skewed(double t, double skewness)
{
    if (fabs(skewness) < 1e-3) {
        return t;
    }
    return 3 / skewness * (cbrt(1 + skewness * (t - skewness / 6)) - 1);
}

Interval timing_mean_interval(const Timing *timing, Shape shape)
{
    double mean = timing_mean(timing), samples, error, skewness, t;
    Interval interval;

    if (!timing_known(timing) || timing_exact(timing)) {
        return (Interval){mean, mean};
    }
    samples = effective_samples(timing, shape.variation);
    error = sqrt(mean_variance(timing, shape.variation, samples));
    skewness = shape.skewness / sqrt(samples);
    t = student_t95((uint64_t)(samples - 0.5));
    interval.low = mean - error * skewed(t, skewness);
    interval.high = mean - error * skewed(-t, skewness);
    if (interval.low < 0) {
        interval.low = 0;
    }
    return interval;
}

/* Cornish-Fisher expansion around the normal quantile: within 0.5 % from 4
 * degrees on; the first three are tabulated. */
double student_t95(uint64_t degrees_of_freedom)
{
    static const double first[] = {12.7062, 12.7062, 4.3027, 3.1824};
    const double z = 1.959964;
    double n = (double)degrees_of_freedom;
    double z3 = z * z * z, z5 = z3 * z * z;

    if (degrees_of_freedom < sizeof first / sizeof *first) {
        return first[degrees_of_freedom];
    }
    return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) +
           (3 * z5 * z * z + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n);
}
