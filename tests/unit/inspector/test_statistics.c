#include "unit.h"

#include "distribution.h"
#include "statistics.h"

static void close_to(double value, double expected, double relative)
{
    assert_true(fabs(value - expected) <= fabs(expected) * relative);
}

static void student_quantiles(void **state)
{
    (void)state;
    close_to(student_t95(1), 12.706, 0.001);
    close_to(student_t95(2), 4.303, 0.001);
    close_to(student_t95(3), 3.182, 0.001);
    close_to(student_t95(4), 2.776, 0.005);
    close_to(student_t95(5), 2.571, 0.002);
    close_to(student_t95(10), 2.228, 0.001);
    close_to(student_t95(29), 2.045, 0.001);
    close_to(student_t95(1000000), 1.96, 0.001);
}

static void exact_times_have_no_error(void **state)
{
    Recorded all = {.calls = 3,
                    .samples = 3,
                    .weight = 3,
                    .total_ns = 300,
                    .child_ns = 100,
                    .min_ns = 50,
                    .max_ns = 150};
    Timing timing = {0};

    (void)state;
    timing_record(&timing, &all);
    assert_true(timing_exact(&timing));
    assert_true(timing_reliable(&timing));
    assert_false(timing_has_percentiles(&timing));
    close_to(timing_mean(&timing), 100, 0);
    close_to(timing_total(&timing), 300, 0);
    close_to(timing_self(&timing), 200, 0);
    close_to(timing_mean_interval(&timing, (Shape){0.5, 0}).low, 100, 0);
    close_to(timing_mean_interval(&timing, (Shape){0.5, 0}).high, 100, 0);
}

static void weights_are_scaled_to_the_calls(void **state)
{
    Recorded sampled = {.calls = 1100,
                        .samples = 100,
                        .weight = 1000,
                        .total_ns = 50049,
                        .child_ns = 60000,
                        .min_ns = 1,
                        .max_ns = 99,
                        .variance = 1e6};
    Timing timing = {0};

    (void)state;
    timing_record(&timing, &sampled);
    assert_false(timing_exact(&timing));
    assert_true(timing_reliable(&timing));
    close_to(timing_total(&timing), 50049 + 100 * 50.0, 1e-9);
    close_to(timing_mean(&timing), 55049 / 1100.0, 1e-9);
    close_to(timing_self(&timing), 0, 0); /* clamped */
    assert_true(timing_mean_interval(&timing, (Shape){-1, 0}).low < 50);
    close_to(timing_mean_interval(&timing, (Shape){-1, 0}).high - timing_mean(&timing),
             student_t95(99) * 1000 / 1100, 1e-6);
    close_to(timing_mean_interval(&timing, (Shape){0, 0}).high, timing_mean(&timing), 1e-9);
    assert_true(timing_mean_interval(&timing, (Shape){0.1, 0}).high > timing_mean(&timing));
}

/* The one long call was timed for itself: it is not multiplied. */
static void the_longest_call_is_not_scaled(void **state)
{
    Recorded loop = {.calls = 2000,
                     .samples = 50,
                     .weight = 1000,
                     .total_ns = 1e9 + 999 * 10,
                     .max_ns = 1e9};
    Timing timing = {0};

    (void)state;
    timing_record(&timing, &loop);
    close_to(timing_total(&timing), 1e9 + 1999 * 10, 1e-12);
}

/* 10 slow calls were timed for themselves, then 100 of 100 or 110 ns that stand for 32
 * each: an ordinary call takes 105 ns, and the error is what these vary. */
static void slow_first_calls_are_not_ordinary(void **state)
{
    const double pairs = 32 * 31;
    Recorded one = {.calls = 3300,
                    .samples = 110,
                    .weight = 3210,
                    .total_ns = 10 * 1e6 + 3200 * 105,
                    .max_ns = 1e6,
                    .variance = pairs * (50 * 100 * 100 + 50 * 110 * 110),
                    .rare_weight = pairs * 100,
                    .rare_ns = pairs * 100 * 105};
    Timing timing = {0};
    double n = 3210 * 3210 / (pairs * 100 + 3210);

    (void)state;
    timing_record(&timing, &one);
    close_to(timing_total(&timing), 10 * 1e6 + 3290 * 105, 1e-12);
    close_to(timing_mean_interval(&timing, (Shape){5, 0}).high - timing_mean(&timing),
             student_t95((uint64_t)(n - 0.5)) * sqrt(pairs * 100 * 25 * 100 / 99) / 3300, 1e-9);
}

/* The sums come from one heavy sample, so that they do not tell what is ordinary. */
static void a_heavy_sample_does_not_tell_what_is_ordinary(void **state)
{
    Recorded one = {.calls = 8192,
                    .samples = 34,
                    .weight = 8225,
                    .total_ns = 33 * 1000.0 + 8192 * 5000.0,
                    .max_ns = 5000,
                    .variance = 8192.0 * 8191 * 25e6,
                    .rare_weight = 8192.0 * 8191,
                    .rare_ns = 8192.0 * 8191 * 5000};
    Timing timing = {0};
    Interval interval;

    (void)state;
    timing_record(&timing, &one);
    interval = timing_mean_interval(&timing, (Shape){0.1, 0});
    assert_true(interval.low < 1000 && interval.high > 10000);
}

/* The first 50 of a million calls were timed, the others never drawn. */
static void calls_out_of_reach_widen_the_interval(void **state)
{
    Recorded one = {
        .calls = 1000000, .samples = 50, .weight = 50, .total_ns = 5000, .max_ns = 200};
    Timing timing = {0};

    (void)state;
    timing_record(&timing, &one);
    close_to(timing_mean_interval(&timing, (Shape){0.5, 0}).high,
             timing_mean(&timing) + student_t95(49) * 48 / 49 * 50 / sqrt(49), 1e-3);
}

static void few_samples_are_not_reliable(void **state)
{
    Recorded few = {.calls = 1000, .samples = 29, .weight = 1000, .total_ns = 1};
    Timing timing = {0};

    (void)state;
    timing_record(&timing, &few);
    assert_true(timing_known(&timing));
    assert_false(timing_reliable(&timing));
}

static void counted_only(void **state)
{
    Recorded counted = {.calls = 1000, .min_ns = -1, .max_ns = -1};
    Recorded timed = {.calls = 10,
                      .samples = 10,
                      .weight = 10,
                      .total_ns = 100,
                      .min_ns = 5,
                      .max_ns = 20};
    Timing timing = {0};

    (void)state;
    timing_record(&timing, &counted);
    assert_false(timing_known(&timing));
    close_to(timing_total(&timing), 0, 0);
    timing_record(&timing, &timed);
    assert_true(timing.calls == 1010);
    close_to(timing_mean(&timing), 10, 0);
    close_to(timing_total(&timing), 10100, 1e-9); /* the mean, for all calls */
    close_to(timing.min_ns, 5, 0);
}

static void merging_equals_recording(void **state)
{
    Recorded a = {.calls = 10,
                  .samples = 5,
                  .weight = 9,
                  .total_ns = 90,
                  .child_ns = 9,
                  .min_ns = 3,
                  .max_ns = 30,
                  .variance = 4};
    Recorded b = {.calls = 20,
                  .samples = 7,
                  .weight = 22,
                  .total_ns = 100,
                  .min_ns = 1,
                  .max_ns = 9,
                  .variance = 5};
    Timing together = {0}, first = {0}, second = {0};

    (void)state;
    timing_record(&together, &a);
    timing_record(&together, &b);
    timing_record(&first, &a);
    timing_record(&second, &b);
    timing_merge(&first, &second);
    assert_memory_equal(&first, &together, sizeof first);
}

/* 33 calls timed for themselves, and one that stands for 8192: of the calls it
 * stands for no more is known than its time. */
static void a_heavy_sample_counts_as_one(void **state)
{
    Recorded heavy = {.calls = 8192,
                      .samples = 34,
                      .weight = 8225,
                      .total_ns = 8225 * 1000.0,
                      .max_ns = 1100,
                      .variance = 8192.0 * 8191 * 1e6};
    Recorded even = {.calls = 8192,
                     .samples = 34,
                     .weight = 34 * 240,
                     .total_ns = 34 * 240 * 1000.0,
                     .max_ns = 1100,
                     .variance = 34.0 * 240 * 239 * 1e6};
    Timing timing = {0}, other = {0};

    (void)state;
    timing_record(&timing, &heavy);
    timing_record(&other, &even);
    assert_true(timing_mean_interval(&timing, (Shape){0.03, 0}).high > 10000);
    assert_true(timing_mean_interval(&other, (Shape){0.03, 0}).high < 1020);
}

/* Where long calls are rare the interval reaches further up than down. */
static void skewness_moves_the_interval_up(void **state)
{
    Recorded one = {.calls = 3200,
                    .samples = 100,
                    .weight = 3200,
                    .total_ns = 320000,
                    .max_ns = 500,
                    .variance = 100 * 32 * 31 * 1e4};
    Timing timing = {0};
    Interval even, skewed;

    (void)state;
    timing_record(&timing, &one);
    even = timing_mean_interval(&timing, (Shape){1, 0});
    skewed = timing_mean_interval(&timing, (Shape){1, 3});
    assert_true(skewed.high > even.high);
    assert_true(skewed.low > even.low);
    close_to(even.high - 100, 100 - even.low, 1e-9);
    /* g = 0.3, t = 1.984: 10 (cbrt(1 - 0.3 (t + 0.05)) - 1), and with + t */
    close_to((skewed.high - 100) / (even.high - 100), 2.695 / 1.984, 2e-3);
    close_to((100 - skewed.low) / (100 - even.low), 1.648 / 1.984, 2e-3);
}

/* Poisson sampling with weight w, as the runtime draws: the interval covers the
 * true mean in about 95 % of trials. */
static double coverage(double spread, unsigned weight, uint64_t seed)
{
    enum { TRIALS = 400, CALLS = 20000 };
    uint64_t random = seed;
    int covered = 0;

    for (int trial = 0; trial < TRIALS; trial++) {
        Recorded one = {.calls = CALLS};
        Distribution histogram = {{0}};
        Timing timing = {0};
        double truth = 0;
        Interval interval;

        for (int i = 0; i < CALLS; i++) {
            double u = (double)(unit_random(&random) >> 11) / 9007199254740992.0;
            double x = floor(1000 * exp(spread * (u * 4 - 2)));

            truth += x;
            if (unit_random(&random) % weight == 0) {
                one.samples++;
                one.weight += weight;
                one.total_ns += x * weight;
                one.max_ns = x > one.max_ns ? x : one.max_ns;
                one.variance += (double)weight * (weight - 1) * x * x;
                histogram.count[distribution_bucket((uint64_t)x)] += weight;
            }
        }
        timing_record(&timing, &one);
        interval =
            timing_mean_interval(&timing, (Shape){distribution_variation(&histogram),
                                                  distribution_skewness(&histogram)});
        covered += interval.low <= truth / CALLS && truth / CALLS <= interval.high;
    }
    return (double)covered / TRIALS;
}

static void intervals_cover_the_truth(void **state)
{
    (void)state;
    assert_in_range((int)(coverage(0.5, 64, 1) * 100), 92, 98);
    assert_in_range((int)(coverage(1.0, 64, 2) * 100), 92, 98);
    assert_in_range((int)(coverage(0.2, 16, 3) * 100), 92, 98);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(student_quantiles),
        cmocka_unit_test(exact_times_have_no_error),
        cmocka_unit_test(weights_are_scaled_to_the_calls),
        cmocka_unit_test(the_longest_call_is_not_scaled),
        cmocka_unit_test(slow_first_calls_are_not_ordinary),
        cmocka_unit_test(a_heavy_sample_does_not_tell_what_is_ordinary),
        cmocka_unit_test(calls_out_of_reach_widen_the_interval),
        cmocka_unit_test(few_samples_are_not_reliable),
        cmocka_unit_test(counted_only),
        cmocka_unit_test(merging_equals_recording),
        cmocka_unit_test(a_heavy_sample_counts_as_one),
        cmocka_unit_test(skewness_moves_the_interval_up),
        cmocka_unit_test(intervals_cover_the_truth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
