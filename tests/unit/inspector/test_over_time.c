#include "unit.h"

#include "over_time.h"

#define SECOND 1000000000ll

static void add(PeriodList *list, double from, double to, uint64_t calls,
                const uint8_t *blob, size_t size)
{
    Period period = {.started_at = 1750000000 * SECOND + (int64_t)(from * 1e9),
                     .ended_at = 1750000000 * SECOND + (int64_t)(to * 1e9)};

    if (size == 0) {
        period_list_add(list, &period); /* as database_periods tells of intervals */
    }
    period.function_id = 1;
    period.calls = period.samples = period.weight = calls;
    period.total_ns = (double)calls * 100;
    period.histogram = blob;
    period.histogram_size = size;
    period_list_add(list, &period);
}

static void rates_do_not_depend_on_how_intervals_fall(void **state)
{
    PeriodList list = {0};
    OverTime over_time;

    (void)state;
    for (int i = 0; i < 300; i++) { /* a little more than a second each */
        add(&list, i * 1.007, (i + 1) * 1.007, 1007, NULL, 0);
    }
    over_time_merge(&over_time, &list, 60);
    assert_true(over_time.count > 30 && over_time.count <= 60);
    for (size_t i = 0; i < over_time.count; i++) {
        assert_true(fabs(time_span_rate(&over_time.spans[i]) - 1000) < 1e-3);
    }
    over_time_release(&over_time);
    period_list_release(&list);
}

static void processes_at_the_same_time_add_up(void **state)
{
    PeriodList list = {0};
    OverTime over_time;

    (void)state;
    for (int i = 0; i < 10; i++) {
        add(&list, i, i + 1, 100, NULL, 0);
        add(&list, i + 0.25, i + 1.25, 100, NULL, 0);
    }
    over_time_merge(&over_time, &list, 60);
    for (size_t i = 0; i + 1 < over_time.count; i++) {
        assert_true(time_span_rate(&over_time.spans[i]) > 170);
        assert_true(time_span_rate(&over_time.spans[i]) <= 200);
    }
    over_time_release(&over_time);
    period_list_release(&list);
}

/* 99 calls of 4 ns in one minute, 1 of 15 ns in the next: of both the p99 is 4, of their
 * percentiles' average it would be more. */
static void histograms_are_merged_not_averaged(void **state)
{
    static const uint8_t short_calls[] = {4, 99}, long_call[] = {15, 1};
    PeriodList list = {0};
    OverTime over_time;

    (void)state;
    add(&list, 0, 60, 99, short_calls, 2);
    add(&list, 60, 120, 1, long_call, 2);
    add(&list, 86400, 86460, 100, short_calls, 2);
    over_time_merge(&over_time, &list, 2);
    assert_int_equal(over_time.count, 1 + (over_time.length_ns <= 86400 * SECOND));
    assert_true(over_time.spans[0].p99_ns == 4);
    assert_int_equal(over_time.spans[0].calls, 100);
    assert_true(over_time.spans[0].seconds == 120);
    over_time_release(&over_time);
    period_list_release(&list);
}

static void few_samples_have_no_percentile(void **state)
{
    static const uint8_t blob[] = {4, 29};
    PeriodList list = {0};
    OverTime over_time;

    (void)state;
    over_time_merge(&over_time, &list, 60);
    assert_int_equal(over_time.count, 0);
    add(&list, 0, 1, 29, blob, 2);
    list.items[0].calls = 1000;
    over_time_merge(&over_time, &list, 60);
    assert_true(over_time.spans[0].p99_ns == -1);
    assert_true(time_span_mean(&over_time.spans[0]) == -1);
    over_time_release(&over_time);
    period_list_release(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_do_not_depend_on_how_intervals_fall),
        cmocka_unit_test(processes_at_the_same_time_add_up),
        cmocka_unit_test(histograms_are_merged_not_averaged),
        cmocka_unit_test(few_samples_have_no_percentile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
