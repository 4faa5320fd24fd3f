/* The gaps between timed calls are geometric, and the period keeps the budget. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "sampler.h"

#define DRAWS 400000

static void gap_has_the_period_as_mean_and_is_geometric(void **state)
{
    (void)state;
    for (unsigned k = 1; k <= TKAI_PERIOD_LOG2_MOST; k++) {
        struct tkai_random random = {0x123456789abcdefull + k};
        double sum = 0, squares = 0, ones = 0, mean, deviation;
        double period = (double)(1u << k), p = 1 / period;

        for (int i = 0; i < DRAWS; i++) {
            double gap = tkai_sampler_gap(&random, k);

            assert_true(gap >= 1);
            sum += gap;
            squares += gap * gap;
            ones += gap == 1;
        }
        mean = sum / DRAWS;
        deviation = sqrt(squares / DRAWS - mean * mean);
        /* five standard errors */
        assert_true(fabs(mean - period) < 5 * period / sqrt(DRAWS));
        assert_true(fabs(deviation / (sqrt(1 - p) / p) - 1) < 0.02);
        assert_true(fabs(ones / DRAWS - p) < 5 * sqrt(p / DRAWS));
    }
}

static void period_0_times_every_call(void **state)
{
    struct tkai_random random = {1};

    (void)state;
    assert_int_equal(tkai_sampler_gap(&random, 0), 1);
}

/* Sums stay unbiased although the period changes from gap to gap. */
static void weighted_sum_is_unbiased(void **state)
{
    struct tkai_random random = {42};
    double weight = 0;
    const int calls = 2000000;
    unsigned k = 0, samples = 0;

    (void)state;
    for (int64_t at = 0; at < calls;) {
        weight += (double)(1u << k);
        k = ++samples % 7;
        at += tkai_sampler_gap(&random, k);
    }
    assert_true(fabs(weight / calls - 1) < 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gap_has_the_period_as_mean_and_is_geometric),
        cmocka_unit_test(period_0_times_every_call),
        cmocka_unit_test(weighted_sum_is_unbiased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
