#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "budget.h"

static void period_keeps_the_cost_below_the_share(void **state)
{
    (void)state;
    assert_int_equal(tkai_budget_period(10000, 100, 0.01), 0);
    assert_int_equal(tkai_budget_period(9999, 100, 0.01), 1);
    assert_int_equal(tkai_budget_period(100, 100, 0.01), 7);
    assert_int_equal(tkai_budget_period(0, 100, 0.01), TKAI_PERIOD_LOG2_MOST);
    assert_int_equal(tkai_budget_period(0, 0, 0.01), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(period_keeps_the_cost_below_the_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
