#include "growth.h"

#include <math.h>
#include <stdlib.h>

#include "allocation.h"
#include "trend.h"
#include "units.h"

#define MOST_POINTS   240  /* of a series; Theil-Sen sorts half of its square */
#define DROPPED_SHARE 0.25 /* of the points: what every start fills */
#define TREND_P       1e-4
#define BUCKETS       5
/* Slope of the second half by that of the first. Of a logarithm since the start it is
 * ln(1 / 0.625) / ln(0.625 / 0.25) = 0.51; of a leak of 4 blocks an interval over an
 * hour more than 0.6 in 996 of 1000 runs. */
#define SLOWEST        0.6
#define SMALLEST_SHARE 0.05
/* 4 misses half of the sampled leaks that 3 finds; churn is told from them either way. */
#define NOISE_ERRORS 3
#define STEADY_T     4
/* Blocks longer than a batch hide its saw teeth from the increments. More blocks: shorter
 * batches only; fewer: more random walks taken for growth. */
#define BLOCKS      10
#define NS_PER_HOUR 3600e9

typedef struct Points {
    double at[MOST_POINTS + 1], value[MOST_POINTS + 1];
    double highest, error; /* largest value, largest standard error */
    size_t count;
} Points;

static double point_error(const GrowthInput *input, size_t i)
{
    double drawn = sqrt(fmax(input->live[i], 0) * input->sampling_bytes);

    return input->error && input->error[i] > drawn ? input->error[i] : drawn;
}

/* Next point that can be used, from i on. */
static size_t usable(const GrowthInput *input, size_t i, double after)
{
    while (i < input->count &&
           (!isfinite(input->live[i]) || (double)input->at_ns[i] <= after)) {
        i++;
    }
    return i;
}

/* Time of the last point that can be used; clocks may be set back after it. */
static double latest(const GrowthInput *input)
{
    double last = -INFINITY;

    for (size_t i = usable(input, 0, last); i < input->count;
         i = usable(input, i + 1, last)) {
        last = (double)input->at_ns[i];
    }
    return last;
}

/* Series of about MOST_POINTS: blocks of equal time, of each its lowest value. */
static void thin(Points *points, const GrowthInput *input)
{
    double first, width, start = 0, last = -INFINITY;
    size_t i = usable(input, 0, last);

    if (i == input->count) {
        return;
    }
    first = (double)input->at_ns[i];
    width = (latest(input) - first) / MOST_POINTS;
    for (; i < input->count; i = usable(input, i + 1, last)) {
        size_t n = points->count;

        last = (double)input->at_ns[i];
        if (n == 0 || (last - start >= width && n <= MOST_POINTS)) {
            start = last;
            points->at[n] = last - first;
            points->value[n] = input->live[i];
            points->count++;
        } else {
            points->value[n - 1] = fmin(points->value[n - 1], input->live[i]);
        }
        points->highest = fmax(points->highest, input->live[i]);
        points->error = fmax(points->error, point_error(input, i));
    }
}

/* The lowest value of each of count blocks of points. */
static void block_minima(Series series, size_t count, double *at, double *lowest)
{
    for (size_t i = 0; i < count; i++) {
        size_t from = i * series.count / count, to = (i + 1) * series.count / count;

        at[i] = (series.at[from] + series.at[to - 1]) / 2;
        lowest[i] = series.value[from];
        for (size_t k = from + 1; k < to; k++) {
            lowest[i] = fmin(lowest[i], series.value[k]);
        }
    }
}

static int buckets_rise(Series series)
{
    double at[BUCKETS], lowest[BUCKETS];

    block_minima(series, BUCKETS, at, lowest);
    for (size_t i = 1; i < BUCKETS; i++) {
        if (!(lowest[i] > lowest[i - 1])) {
            return 0;
        }
    }
    return 1;
}

static double slowing(Series series)
{
    size_t half = series.count / 2;
    Series first = {series.at, series.value, series.count - half};
    Series second = {series.at + half, series.value + half, series.count - half};

    double before = trend_theil_sen(first), after = trend_theil_sen(second);

    return before > 0 ? after / before : after > 0 ? INFINITY : 0;
}

/* Of the points, or of the minima of blocks of them. */
static RateTrend steadiest(Series series)
{
    double at[BLOCKS], lowest[BLOCKS];
    RateTrend fine = trend_rate(series), coarse;

    block_minima(series, BLOCKS, at, lowest);
    coarse = trend_rate((Series){at, lowest, BLOCKS});
    return fine.t >= coarse.t ? fine : coarse;
}

/* Least squares on a random walk vary 6/5 as much as its mean increment; Theil-Sen
 * does about so. */
static Interval slope_interval(double slope, const RateTrend *rate)
{
    double half =
        rate->error * sqrt(1.2) * NS_PER_HOUR * student_t95(rate->increments - 1);

    return (Interval){slope - half, slope + half};
}

static GrowthReason first_failure(const Growth *growth, Series series, const Points *all)
{
    double noise = fmax(SMALLEST_SHARE * all->highest, NOISE_ERRORS * all->error);

    if (!(growth->p < TREND_P && growth->slope > 0)) {
        return GROWTH_NO_TREND;
    }
    if (!buckets_rise(series)) {
        return GROWTH_DIPS;
    }
    if (!(growth->slowing >= SLOWEST)) {
        return GROWTH_SLOWS;
    }
    if (!(growth->grown_bytes > noise)) {
        return GROWTH_SMALL;
    }
    return growth->t > STEADY_T ? GROWTH_ALL_HOLD : GROWTH_UNSTEADY;
}

Growth growth_judge(const GrowthInput *input)
{
    Growth growth = {.reason = GROWTH_SHORT};
    Points *points = allocate_zeroed(1, sizeof *points);
    Series series;
    size_t dropped;

    thin(points, input);
    dropped = (size_t)((double)points->count * DROPPED_SHARE);
    series =
        (Series){points->at + dropped, points->value + dropped, points->count - dropped};
    growth.points = series.count;
    if (series.count > 0) {
        growth.window_ns = series.at[series.count - 1] - series.at[0];
    }
    if (series.count >= GROWTH_FEWEST_POINTS) {
        RateTrend rate = steadiest(series);

        growth.slope = trend_theil_sen(series) * NS_PER_HOUR;
        growth.slope_interval = slope_interval(growth.slope, &rate);
        growth.grown_bytes = growth.slope * (growth.window_ns / NS_PER_HOUR);
        growth.p = trend_ranks(series.value, series.count).p;
        growth.t = rate.t;
        growth.slowing = slowing(series);
        growth.reason = first_failure(&growth, series, points);
        growth.verdict = growth.reason == GROWTH_ALL_HOLD ? GROWTH_GROWS : GROWTH_NOT;
    }
    free(points);
    return growth;
}

static void describe_p(double p, Text *text)
{
    int exponent;
    double digit;

    if (p < 1e-15) {
        text_put(text, "p < 1e-15");
    } else if (p >= 0.001) {
        text_format(text, "p = %.2g", p);
    } else {
        exponent = (int)floor(log10(p));
        digit = round(p * pow(10, -exponent));
        text_format(text, "p = %.0fe%d", digit < 10 ? digit : 1,
                    digit < 10 ? exponent : exponent + 1);
    }
}

static void describe_window(double ns, Text *text)
{
    double minutes = ns / 60e9;

    if (minutes < 10) {
        text_format(text, ", over %s", units_time(ns, false).text);
    } else if (minutes < 600) {
        text_format(text, ", over %.0f minutes", minutes);
    } else {
        text_format(text, ", over %.0f hours", minutes / 60);
    }
}

static void describe_growth(const Growth *growth, Text *text)
{
    text_format(text, "has grown by %s, %s/h (%s to %s), ",
                units_bytes(growth->grown_bytes).text, units_bytes(growth->slope).text,
                units_bytes(growth->slope_interval.low).text,
                units_bytes(growth->slope_interval.high).text);
    describe_p(growth->p, text);
}

static void describe_failure(const Growth *growth, Text *text)
{
    Figure figure = units_bytes(growth->grown_bytes);
    const char *grown = figure.text;

    switch (growth->reason) {
    case GROWTH_NO_TREND:
        text_put(text, "does not grow: no trend upwards, ");
        describe_p(growth->p, text);
        break;
    case GROWTH_DIPS:
        text_put(text, "does not grow: it falls back to what it was");
        break;
    case GROWTH_SLOWS:
        text_format(text,
                    "has grown by %s, but slows: in the second half to %s of before",
                    grown, units_percent(fmax(growth->slowing, 0)).text);
        break;
    case GROWTH_SMALL:
        text_format(text, "has grown by %s only", grown);
        break;
    default:
        text_format(text, "has grown by %s, as by chance (t = %.1f)", grown, growth->t);
    }
}

void growth_describe(const Growth *growth, Text *text)
{
    if (growth->verdict == GROWTH_TOO_FEW) {
        text_format(text, "has too few readings to tell: %zu of %d", growth->points,
                    GROWTH_FEWEST_POINTS);
        return;
    }
    if (growth->verdict == GROWTH_GROWS) {
        describe_growth(growth, text);
    } else {
        describe_failure(growth, text);
    }
    describe_window(growth->window_ns, text);
}

const char *growth_verdict_word(GrowthVerdict verdict)
{
    static const char *const words[] = {"too_few", "not", "grows"};

    return words[verdict];
}

const char *growth_reason_word(GrowthReason reason)
{
    static const char *const words[] = {"",      "short", "no_trend", "dips",
                                        "slows", "small", "unsteady"};

    return words[reason];
}
