#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "range.h"

static void those_that_touch_become_one(void **state)
{
    struct tkai_ranges ranges = {0};

    (void)state;
    tkai_ranges_add(&ranges, 50, 60);
    tkai_ranges_add(&ranges, 10, 20);
    tkai_ranges_add(&ranges, 20, 30);
    tkai_ranges_add(&ranges, 12, 15);
    tkai_ranges_add(&ranges, 55, 70);
    tkai_ranges_add(&ranges, 80, 80);
    tkai_ranges_sort(&ranges);
    assert_int_equal(ranges.count, 2);
    assert_int_equal(ranges.at[0].low, 10);
    assert_int_equal(ranges.at[0].high, 30);
    assert_int_equal(ranges.at[1].low, 50);
    assert_int_equal(ranges.at[1].high, 70);
    assert_int_equal(tkai_ranges_find(&ranges, 29), 0);
    assert_int_equal(tkai_ranges_find(&ranges, 30), 1);
    assert_int_equal(tkai_ranges_find(&ranges, 70), 2);
    tkai_ranges_release(&ranges);
}

/* Bit by bit, over more ranges than one mapping of the list holds. */
static void the_rest_is_what_no_range_has(void **state)
{
    enum { SIZE = 20000 };
    static unsigned char covered[SIZE], rest[SIZE];
    struct tkai_ranges without = {0}, left = {0};
    uint32_t random = 1;

    (void)state;
    for (int i = 0; i < 1500; i++) {
        uintptr_t low, high;

        random = random * 1664525u + 1013904223u;
        low = random >> 8;
        low %= SIZE;
        high = low + (random >> 4) % 9;
        high = high < SIZE ? high : SIZE;
        tkai_ranges_add(&without, low, high);
        for (uintptr_t j = low; j < high; j++) {
            covered[j] = 1;
        }
    }
    tkai_ranges_sort(&without);
    tkai_ranges_add_rest(&left, (struct tkai_range){100, SIZE - 100}, &without);
    for (size_t i = 0; i < left.count; i++) {
        for (uintptr_t j = left.at[i].low; j < left.at[i].high; j++) {
            rest[j]++;
        }
    }
    for (int i = 0; i < SIZE; i++) {
        assert_int_equal(rest[i], i >= 100 && i < SIZE - 100 && !covered[i]);
    }
    tkai_ranges_release(&without);
    tkai_ranges_release(&left);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_that_touch_become_one),
        cmocka_unit_test(the_rest_is_what_no_range_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
