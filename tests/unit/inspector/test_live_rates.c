#include "unit.h"

#include "distribution.h"
#include "live_rates.h"

/* cmocka's own compares as float. */
#define assert_near(value, expected, most)                                               \
    assert_true(fabs((value) - (expected)) <= (most))

#define TEXT(name) "1\tf\t" name "\t" name "\t/src/a.c\t12\t3\t"

static unsigned long buckets[TKA_HISTOGRAM_BUCKETS];

static TkaLiveFunction function(unsigned long long calls, unsigned long long samples,
                                double total_ns, double self_ns)
{
    return (TkaLiveFunction){.text = TEXT("parse"),
                             .calls = calls,
                             .samples = samples,
                             .weight = calls,
                             .total_ns = total_ns,
                             .outer_ns = total_ns,
                             .self_ns = self_ns,
                             .buckets = buckets};
}

static void add(LiveRates *rates, const TkaLiveFunction *functions, unsigned count,
                double seconds)
{
    TkaLiveProfile profile = {.functions = functions,
                              .function_count = count,
                              .threads = 1,
                              .count_cost_ns = 1,
                              .timed_cost_ns = 40};

    live_rates_add(rates, &profile, seconds);
}

static void rates_are_differences(void **state)
{
    TkaLiveFunction before = function(1000, 100, 5e6, 4e6);
    TkaLiveFunction after = function(3000, 200, 9e6, 6e6);
    LiveRates rates = {0};
    const LiveRate *rate;

    (void)state;
    memset(buckets, 0, sizeof buckets);
    buckets[distribution_bucket(2)] = 1000;
    add(&rates, &before, 1, 0);
    assert_int_equal(rates.intervals, 0);
    buckets[distribution_bucket(9)] = 2000;
    add(&rates, &after, 1, 0.5);
    rate = &rates.items[0];
    assert_string_equal(rate->function.name, "parse");
    assert_int_equal(rate->function.line, 12);
    assert_int_equal(rate->interval.calls, 2000);
    assert_near(rate->calls_per_second, 4000, 1e-6);
    assert_near(rate->total_share, 0.008, 1e-9);
    assert_near(rate->mean_ns, 2000, 1e-6);
    assert_near(rate->self_share, 1, 1e-9);
    assert_false(rate->rough);
    /* of the interval's calls alone: those of before do not pull it down */
    assert_near(rate->p50_ns, 9, 1e-6);
    assert_near(rates.overhead_ns, 2000 * 1 + 100 * 40, 1e-6);
    live_rates_release(&rates);
}

static void few_samples_tell_no_percentile(void **state)
{
    TkaLiveFunction before = function(0, 0, 0, 0), after = function(1000, 29, 1e6, 1e6);
    LiveRates rates = {0};

    (void)state;
    memset(buckets, 0, sizeof buckets);
    add(&rates, &before, 1, 0);
    buckets[distribution_bucket(1000)] = 1000;
    add(&rates, &after, 1, 1);
    assert_true(rates.items[0].rough);
    assert_true(rates.items[0].mean_ns < 0);
    assert_true(rates.items[0].p50_ns < 0 && rates.items[0].p99_ns < 0);
    after = function(1000 + 30, 29 + 30, 2e6, 2e6);
    add(&rates, &after, 1, 1);
    assert_false(rates.items[0].rough);
    assert_near(rates.items[0].mean_ns, 1e6 / 30, 1e-3);
    live_rates_release(&rates);
}

/* All of few calls were timed: their mean is known, a percentile is not. */
static void a_mean_of_all_calls_is_shown(void **state)
{
    TkaLiveFunction before = function(10, 10, 1e6, 1e6),
                    after = function(14, 14, 5e6, 5e6);
    LiveRates rates = {0};

    (void)state;
    add(&rates, &before, 1, 0);
    add(&rates, &after, 1, 1);
    assert_near(rates.items[0].mean_ns, 1e6, 1e-6);
    assert_true(rates.items[0].p99_ns < 0);
    live_rates_release(&rates);
}

static void nothing_happened(void **state)
{
    TkaLiveFunction same = function(10, 10, 1e6, 1e6);
    LiveRates rates = {0};

    (void)state;
    add(&rates, &same, 1, 0);
    add(&rates, &same, 1, 1);
    assert_int_equal(rates.items[0].interval.calls, 0);
    assert_true(rates.items[0].self_share < 0 && rates.items[0].total_share < 0);
    assert_true(rates.items[0].mean_ns < 0);
    live_rates_release(&rates);
}

/* Callees end before the caller does: its self time is negative meanwhile. */
static void self_time_of_an_open_call_waits_for_its_end(void **state)
{
    const double self[] = {10e6, 8e6, 3e6, 12e6, 13e6};
    const double shown[] = {0, 0, 0, 2e6, 1e6};
    LiveRates rates = {0};

    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        TkaLiveFunction now = function(10 + i, 10 + i, 20e6 + i * 1e6, self[i]);

        add(&rates, &now, 1, i ? 1 : 0);
        assert_near(rates.items[0].interval.self_ns, shown[i], 1e-3);
    }
    live_rates_release(&rates);
}

/* Torn readings: nothing negative, nothing enormous. */
static void counters_that_go_back_count_as_nothing(void **state)
{
    TkaLiveFunction before = function(100, 50, 5e6, 5e6),
                    after = function(99, 49, 4e6, 4e6);
    LiveRates rates = {0};

    (void)state;
    add(&rates, &before, 1, 0);
    memset(buckets, 0, sizeof buckets);
    add(&rates, &after, 1, 1);
    assert_int_equal(rates.items[0].interval.calls, 0);
    assert_int_equal(rates.items[0].interval.samples, 0);
    assert_near(rates.items[0].interval.total_ns, 0, 1e-9);
    live_rates_release(&rates);
}

static void functions_that_come_later_begin_at_nothing(void **state)
{
    TkaLiveFunction two[] = {function(5, 5, 1e6, 1e6), function(7, 7, 3e6, 3e6)};
    LiveRates rates = {0};

    (void)state;
    two[1].text = "not a site's text";
    two[1].buckets = NULL;
    add(&rates, two, 1, 0);
    add(&rates, two, 2, 1);
    assert_int_equal(rates.count, 2);
    assert_string_equal(rates.items[1].function.name, "?");
    assert_int_equal(rates.items[1].interval.calls, 7);
    assert_near(rates.items[1].self_share, 1, 1e-9);
    live_rates_release(&rates);
}

static void the_past_is_a_ring(void **state)
{
    LiveRates rates = {0};
    double past[3];

    (void)state;
    for (unsigned i = 0; i <= LIVE_HISTORY + 5; i++) {
        TkaLiveFunction now = function(i * (i + 1ull) / 2, 0, 0, 0);

        add(&rates, &now, 1, i ? 1 : 0);
        live_rates_past(&rates, rates.items[0].past_calls, past, 3);
        assert_true(past[2] == (i ? (double)i : -1));
        assert_true(past[0] == (i > 2 ? (double)i - 2 : -1));
    }
    live_rates_release(&rates);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_differences),
        cmocka_unit_test(few_samples_tell_no_percentile),
        cmocka_unit_test(a_mean_of_all_calls_is_shown),
        cmocka_unit_test(nothing_happened),
        cmocka_unit_test(self_time_of_an_open_call_waits_for_its_end),
        cmocka_unit_test(counters_that_go_back_count_as_nothing),
        cmocka_unit_test(functions_that_come_later_begin_at_nothing),
        cmocka_unit_test(the_past_is_a_ring)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
