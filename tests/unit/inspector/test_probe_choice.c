#include "unit.h"

#include "probe_choice.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A run of 1 s; its timing is not steered unless a test says so. */
static const ProbeRun second = {.cpu_ns = 1e9, .elapsed_ns = 1e9};

static ProbeItem item(uint64_t calls, double cost, double self)
{
    return (ProbeItem){
        .calls = calls, .counting_ns = cost, .self_ns = self, .information_ns = self};
}

static void close_to(double value, double expected)
{
    assert_true(fabs(value - expected) <= fabs(expected) * 1e-9);
}

static void within_the_budget_nothing_goes(void **state)
{
    ProbeItem items[] = {item(1000, 5e6, 0), item(10, 1e3, 9e8)};
    Forecast forecast;

    (void)state;
    items[0].excluded = true; /* of an earlier choice */
    forecast = probe_choice(items, COUNT(items), &second, 0.01);
    assert_false(items[0].excluded || items[1].excluded);
    assert_int_equal(forecast.items, 2);
    assert_int_equal(forecast.calls, 1010);
    close_to(forecast.share, 5.001e6 / 1e9);
    close_to(forecast.cpu_ns, 1e9);
}

static void costly_and_silent_probes_go_first(void **state)
{
    /* The second costs most, but tells most, too. */
    ProbeItem items[] = {item(9000, 9e6, 1e6), item(20000, 20e6, 8e8),
                         item(8000, 8e6, 2e6), item(1, 1, 1e8)};
    Forecast forecast = probe_choice(items, COUNT(items), &second, 0.03);

    (void)state;
    assert_true(items[0].excluded);
    assert_false(items[1].excluded || items[2].excluded || items[3].excluded);
    assert_int_equal(forecast.calls, 28001);
    close_to(forecast.counting_ns, 28.000001e6);
    close_to(forecast.share, 28.000001e6 / forecast.cpu_ns);
    assert_true(forecast.cpu_ns <= 1e9 - 9e6 && forecast.cpu_ns > 1e9 - 18e6);
    forecast = probe_choice(items, COUNT(items), &second, 0.001);
    assert_true(items[0].excluded && items[1].excluded && items[2].excluded);
    assert_int_equal(forecast.calls, 1);
}

/* No time is known of functions that were not timed: the costliest go. What costs
 * next to nothing comes back although it tells nothing. */
static void without_times_the_cost_decides(void **state)
{
    ProbeItem items[] = {item(1, 1, 0), item(5000, 5e6, 0), item(90000, 90e6, 0),
                         item(3, 3, 0)};
    Forecast forecast = probe_choice(items, COUNT(items), &second, 0.01);

    (void)state;
    assert_true(items[2].excluded);
    assert_false(items[0].excluded || items[1].excluded || items[3].excluded);
    assert_int_equal(forecast.items, 3);
    items[1].self_ns = items[1].information_ns = 1e6;
    probe_choice(items, COUNT(items), &second, 0.001);
    assert_true(items[1].excluded && items[2].excluded);
    assert_false(items[0].excluded || items[3].excluded);
}

static void what_must_stay_stays(void **state)
{
    ProbeItem items[] = {item(50000, 50e6, 0), item(40000, 40e6, 1e6), item(2, 2, 0)};
    Forecast forecast;

    (void)state;
    items[0].kept = true;
    forecast = probe_choice(items, COUNT(items), &second, 0.01);
    assert_false(items[0].excluded);
    assert_true(items[1].excluded);
    assert_false(items[2].excluded); /* leaving it out would help nobody */
    assert_true(forecast.share > 0.01);
}

static void steered_timing_rises_to_its_share(void **state)
{
    ProbeRun run = {.cpu_ns = 1e9, .elapsed_ns = 2e9, .timing_share = 0.01};
    ProbeItem items[] = {item(90000, 90e6, 0), item(100, 100, 9e8)};
    Forecast forecast;

    (void)state;
    items[0].timing_ns = 10e6;
    items[0].demand_ns = 40e6;
    items[1].timing_ns = 1000;
    items[1].demand_ns = 2000;
    items[0].excluded = true;
    forecast = probe_forecast(items, COUNT(items), &run);
    close_to(forecast.timing_ns, 2000); /* all that it wants */
    items[1].demand_ns = 50e6;
    forecast = probe_forecast(items, COUNT(items), &run);
    assert_true(forecast.timing_ns > 0.0025 * 1.9e9 &&
                forecast.timing_ns < 0.005 * 1.9e9);
    items[1].timing_ns = 20e6; /* more already: it will not fall */
    forecast = probe_forecast(items, COUNT(items), &run);
    close_to(forecast.timing_ns, 20e6);
    run.timing_share = 0;
    items[1].timing_ns = 1000;
    forecast = probe_forecast(items, COUNT(items), &run);
    close_to(forecast.timing_ns, 1000);
    items[0].excluded = false; /* the run that was measured */
    run.timing_share = 0.01;
    forecast = probe_forecast(items, COUNT(items), &run);
    close_to(forecast.timing_ns, 10.001e6);
}

static void no_items_cost_nothing(void **state)
{
    Forecast forecast = probe_choice(NULL, 0, &second, 0.01);

    (void)state;
    assert_int_equal(forecast.calls, 0);
    assert_true(forecast.share >= 0 && forecast.share < 1e-12);
}

/* Probes of tiny functions can seem to take nearly all the time. */
static void the_program_itself_always_takes_time(void **state)
{
    ProbeItem items[] = {item(1000, 0.99e9, 1), item(1, 1e6, 1e6)};
    Forecast forecast = probe_choice(items, COUNT(items), &second, 0.2);

    (void)state;
    assert_true(items[0].excluded && !items[1].excluded);
    assert_true(forecast.cpu_ns >= 1e6 + 4e6);
    items[0].counting_ns = 2e9; /* a disturbed calibration */
    forecast = probe_choice(items, COUNT(items), &second, 0.2);
    assert_true(items[0].excluded && !items[1].excluded);
    assert_true(forecast.share > 0.01 && forecast.share < 0.1);
}

/* Whatever the numbers: within the budget when that can be, and then no excluded
 * item could stay as well. */
static void random_choices_are_tight(void **state)
{
    uint64_t seed = 88172645463325252u;
    ProbeItem items[40];

    (void)state;
    for (int round = 0; round < 2000; round++) {
        size_t count = unit_random(&seed) % COUNT(items);
        double budget = (double)(unit_random(&seed) % 100) / 1000;
        Forecast forecast;

        for (size_t i = 0; i < count; i++) {
            items[i] = item(unit_random(&seed) % 100000,
                            (double)(unit_random(&seed) % (1u << i % 25)),
                            (double)(unit_random(&seed) % 10000000));
        }
        forecast = probe_choice(items, count, &second, budget);
        assert_true(forecast.share <= budget + 1e-12);
        for (size_t i = 0; i < count; i++) {
            if (items[i].excluded && items[i].counting_ns > 1) {
                items[i].excluded = false;
                assert_true(probe_forecast(items, count, &second).share > budget - 1e-9);
                items[i].excluded = true;
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(within_the_budget_nothing_goes),
        cmocka_unit_test(costly_and_silent_probes_go_first),
        cmocka_unit_test(without_times_the_cost_decides),
        cmocka_unit_test(what_must_stay_stays),
        cmocka_unit_test(steered_timing_rises_to_its_share),
        cmocka_unit_test(no_items_cost_nothing),
        cmocka_unit_test(the_program_itself_always_takes_time),
        cmocka_unit_test(random_choices_are_tight)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
