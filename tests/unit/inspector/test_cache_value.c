#include "unit.h"

#include "cache_value.h"

static int near(double a, double b)
{
    return fabs(a - b) <= 1e-6 * fmax(fabs(b), 1);
}

static CacheUse good_use(void)
{
    return (CacheUse){.hits = 9000,
                      .lookups = 10000,
                      .puts = 1000,
                      .lookup = {100, 1, 10000},
                      .load = {5000, 50, 1000}};
}

static void hit_ratios(void **state)
{
    Interval interval = cache_value_wilson(8, 10);

    (void)state;
    assert_true(fabs(interval.low - 0.4902) < 1e-4 &&
                fabs(interval.high - 0.9433) < 1e-4);
    interval = cache_value_wilson(0, 100);
    assert_true(interval.low == 0 && fabs(interval.high - 0.0370) < 1e-4);
    interval = cache_value_wilson(100, 100);
    assert_true(fabs(interval.low - 0.9630) < 1e-4 && interval.high == 1);
    interval = cache_value_wilson(0, 0);
    assert_true(interval.low == 0 && interval.high == 1);
    assert_true(isnan(cache_value_judge(&(CacheUse){0}).hit_ratio));
    assert_int_equal(cache_value_judge(&(CacheUse){0}).findings, 0);
}

static void time_saved(void **state)
{
    CacheUse use = good_use();
    CacheValue value = cache_value_judge(&use);
    double half = hypot(9000 * 50, 10000 * 1) * student_t95(999);

    (void)state;
    assert_true(value.saved_known && near(value.saved_ns, 9000 * 5000 - 10000 * 100));
    assert_true(near(value.saved_interval.low, value.saved_ns - half));
    assert_true(near(value.saved_interval.high, value.saved_ns + half));
    assert_true(near(value.hit_ratio, 0.9));
    assert_int_equal(value.findings, 0);
    use.load.samples = 29;
    value = cache_value_judge(&use);
    assert_false(value.saved_known);
    assert_true(value.saved_ns == 0);
}

/* The interval holds the truth in about 95 of 100 runs: 30 loads, 60 lookups timed. */
static void interval_covers(void **state)
{
    uint64_t random = 88172645463325252;
    int covered = 0;

    (void)state;
    for (int run = 0; run < 2000; run++) {
        CacheUse use = {.hits = 700, .lookups = 1000};
        MeanTime *means[] = {&use.load, &use.lookup};
        CacheValue value;

        for (int m = 0; m < 2; m++) {
            double sum = 0, squares = 0, n = m ? 60 : 30, true_mean = m ? 50 : 400;

            for (int i = 0; i < (int)n; i++) {
                double time = 0;

                for (int k = 0; k < 4; k++) { /* about normal, as is a mean of more */
                    time +=
                        (double)(unit_random(&random) >> 11) * 0x1p-53 / 2 * true_mean;
                }
                sum += time;
                squares += time * time;
            }
            *means[m] = (MeanTime){
                sum / n, sqrt((squares / n - sum / n * sum / n) / (n - 1)), (uint64_t)n};
        }
        value = cache_value_judge(&use);
        covered += value.saved_interval.low <= 700 * 400 - 1000 * 50 &&
                   value.saved_interval.high >= 700 * 400 - 1000 * 50;
    }
    assert_in_range(covered, 1870, 1950);
}

static void bad_caches(void **state)
{
    CacheUse use = good_use();

    (void)state;
    use.hits = 100; /* 100 * 5000 < 10000 * 100 */
    assert_int_equal(cache_value_judge(&use).findings, CACHE_USELESS);
    use.load.error = 3000; /* may be good after all */
    assert_int_equal(cache_value_judge(&use).findings, 0);
    use = good_use();
    use.hits = 0;
    assert_int_equal(cache_value_judge(&use).findings, CACHE_NEVER_HIT | CACHE_USELESS);
    use.load.samples = 0;
    assert_int_equal(cache_value_judge(&use).findings, CACHE_NEVER_HIT);
    use.lookups = 99;
    assert_int_equal(cache_value_judge(&use).findings, 0);
    assert_string_equal(cache_finding_word(CACHE_NEVER_HIT), "never_hit");
    assert_string_equal(cache_finding_word(CACHE_USELESS), "useless");
    assert_string_equal(cache_finding_word(CACHE_THRASHING), "thrashing");
    assert_string_equal(cache_finding_word(CACHE_TOO_SMALL), "too_small");
}

/* Distances 0..99: 30 %, 100..199: 20 %, 200..399: 5 %; the rest cold. */
static void sizes(void **state)
{
    const double low[] = {0, 100, 200, 400}, count[] = {300, 200, 50};
    const ReuseHistogram reuse = {low, count, 3, 450, 1, 0};
    CacheUse use = {.hits = 300, .lookups = 1000, .reuse = &reuse};
    CacheValue value = cache_value_judge(&use);

    (void)state;
    assert_true(near(value.size, 100) && near(value.ratio_at_twice, 0.5));
    assert_true(near(value.gain, 0.2));
    assert_int_equal(value.findings, CACHE_TOO_SMALL);
    use.puts = 700;
    use.evictions = 600; /* 100 entries */
    assert_int_equal(cache_value_judge(&use).findings, CACHE_THRASHING);
    use.puts = 300; /* what is put is a hit once before it is evicted */
    use.evictions = 290;
    use.processes = 2;
    value = cache_value_judge(&use);
    assert_true(near(value.size, 5));
    use.processes = 0;
    use.evictions = 200;
    assert_int_equal(cache_value_judge(&use).findings, CACHE_TOO_SMALL);
    use.puts = 700;
    use.evictions = 500; /* 71 % of the puts; 200 entries: 0.5, twice 0.55 */
    value = cache_value_judge(&use);
    assert_true(near(value.size, 200) && near(value.gain, 0.05));
    assert_int_equal(value.findings, 0);
    use.puts = use.evictions = 0;
    use.hits = 550; /* all that any size gives */
    value = cache_value_judge(&use);
    assert_true(near(value.size, 400) && near(value.gain, 0));
    use.hits = 600; /* better than any LRU */
    value = cache_value_judge(&use);
    assert_true(isinf(value.size) && near(value.ratio_at_twice, 0.55));
    assert_true(near(value.gain, 0));
    use.reuse = NULL;
    value = cache_value_judge(&use);
    assert_true(isnan(value.size) && isnan(value.gain) && isnan(value.ratio_at_twice));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hit_ratios), cmocka_unit_test(time_saved),
        cmocka_unit_test(interval_covers), cmocka_unit_test(bad_caches),
        cmocka_unit_test(sizes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
