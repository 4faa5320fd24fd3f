/* statistics - times of calls estimated from the timed ones, with their error.
 *
 * A function's calls are counted exactly; some are timed, each standing for a
 * number of calls (its weight). T = sum(weight * time) estimates the sum over all
 * calls (Horvitz-Thompson). The weights drawn sum up to W, by chance not quite the
 * exact number of calls N; T + b (N - W), with b the time of an ordinary call,
 * takes most of that chance out (difference estimate).
 *
 * The b for which the estimate varies least is the mean of the samples weighted by
 * w (w - 1): calls that were all timed, such as slow first ones, have no part in it.
 * Where too few samples stand for others, or their sums are not recorded, b is the
 * mean without the longest timed call: that one often stands for itself only, such as
 * the first call of an interpreter's loop, and must not be scaled. Pure functions on
 * plain data.
 */
#ifndef TKA_STATISTICS_H
#define TKA_STATISTICS_H

#include <stdbool.h>
#include <stdint.h>

/* Below this many timed calls no mean and no percentile is shown. */
#define ENOUGH_SAMPLES 30

/* What one process recorded of one function; the fields of a database row. */
typedef struct Recorded {
    uint64_t calls, samples, weight;
    double total_ns;       /* of every call: recursive calls count again */
    double outer_ns;       /* of calls not inside another of the function; 0: not told */
    double child_ns;       /* of total_ns, inside probed callees */
    double min_ns, max_ns; /* -1: none */
    double variance;       /* of total_ns */
    double cpu_ns, cpu_wall_ns; /* of the long calls whose CPU time was read */
    uint64_t slow_calls;        /* over the bottleneck threshold */
    double rare_weight;    /* sum of w (w - 1), w: weights of the samples; 0: not told */
    double rare_ns;        /* sum of w (w - 1) times the time */
} Recorded;

/* Sum of such records; {0} is the empty one. */
typedef struct Timing {
    uint64_t calls;
    uint64_t samples, weight;
    double covered;                      /* calls of the records that have timed calls */
    double total_ns, outer_ns, child_ns; /* of the covered calls, as in Recorded */
    double ordinary_ns;                  /* sum over the records of b * calls */
    double residual;                     /* variance of total_ns, where b is well known */
    double variance;                     /* of total_ns before b is taken out, elsewhere */
    double missed;                       /* calls less weights, there */
    double squares;                      /* sum of the squares of the known weights */
    double min_ns, max_ns;               /* valid with samples > 0 */
    double cpu_ns, cpu_wall_ns;          /* as in Recorded */
    uint64_t slow_calls;
} Timing;

typedef struct Interval {
    double low, high;
} Interval;

void timing_record(Timing *sum, const Recorded *one);
void timing_merge(Timing *sum, const Timing *other);

bool timing_known(const Timing *timing);    /* some call was timed */
bool timing_exact(const Timing *timing);    /* every call was timed */
bool timing_reliable(const Timing *timing); /* exact, or enough samples */
bool timing_has_percentiles(const Timing *timing);

/* Of all calls. 0 when no call was timed. The total is the time during which the
 * function was active: of recursive calls the outermost count. */
double timing_total(const Timing *timing);
double timing_self(const Timing *timing); /* without probed callees; >= 0 */
double timing_mean(const Timing *timing); /* of a call, recursive or not */

/* CPU time by time, 0 to 1, of the calls of 50 us and more whose CPU time was read,
 * callees included: the rest they waited. -1 when none was read. */
double timing_cpu_share(const Timing *timing);

/* Of the total, what was waited if all calls waited as those did; -1 not known. */
double timing_wait(const Timing *timing);

/* What a histogram tells of the durations' shape; the longest call left out. */
typedef struct Shape {
    double variation; /* coefficient of variation; < 0: not known */
    double skewness;
} Shape;

/* 95 % confidence interval of the mean; the mean twice when it is exact.
 *
 * Which calls are timed is drawn by chance, each with probability 1 / weight, so
 * that the recorded variance is V = sum(weight * (weight - 1) * time^2), that of
 * T. The difference estimate does not care how many calls were drawn, only which:
 * its variance is sum(w (w - 1) (t - b)^2) = V - S1^2 / S0, with S0 = sum(w (w - 1))
 * and S1 = sum(w (w - 1) t). Where that does not tell, with the calls' coefficient of
 * variation c it is about V c^2 / (1 + c^2).
 *
 * Calls that the weights do not reach, as when a function's first calls were all
 * timed and none of the rare later draws hit, are known only from the spread of
 * the others: for their share of the mean comes (c * b)^2 / samples. With c not
 * known, V alone is taken.
 *
 * Where weights differ, few heavy samples decide: what counts as the number of
 * samples is W^2 / sum(weight^2) (Kish 1965, Survey Sampling, 11.7).
 *
 * Durations are skewed: a run that drew few of the long calls has both its mean and
 * its variance too low. So the interval reaches further up than down, by Hall's
 * transformation (Hall 1992, Journal of the Royal Statistical Society B 54). */
Interval timing_mean_interval(const Timing *timing, Shape shape);

/* Two-sided 95 % quantile of Student's t. */
double student_t95(uint64_t degrees_of_freedom);

#endif
