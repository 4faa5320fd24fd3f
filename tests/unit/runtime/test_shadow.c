#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "shadow.h"

#define REGION ((uintptr_t)1 << TKA_SHADOW_REGION_LOG2)

struct seen {
    uintptr_t addresses[16];
    uint32_t values[16];
    size_t count, stop_at;
};

static int see(void *context, uintptr_t address, uint32_t value)
{
    struct seen *seen = context;

    assert_true(seen->count < 16);
    seen->addresses[seen->count] = address;
    seen->values[seen->count++] = value;
    return seen->count == seen->stop_at;
}

static int forget(void **state)
{
    (void)state;
    tkai_shadow_forget();
    return 0;
}

static void nothing_is_known_at_first(void **state)
{
    struct seen seen = {.count = 0};

    (void)state;
    assert_int_equal(tkai_shadow_get(0), 0);
    assert_int_equal(tkai_shadow_get((uintptr_t)&seen), 0);
    assert_int_equal(tkai_shadow_take(UINTPTR_MAX), 0);
    assert_int_equal(tkai_shadow_set(UINTPTR_MAX - 15, 1), -1);
    assert_int_equal(tkai_shadow_each(see, &seen), 0);
    assert_int_equal(seen.count, 0);
    assert_int_equal(tkai_shadow_touched(0, (uintptr_t)1 << 47), 0);
}

static void what_is_stored_is_told_until_it_is_taken(void **state)
{
    const uintptr_t at = 5 * REGION + 0x123450;

    (void)state;
    assert_int_equal(tkai_shadow_set(at, 7), 0);
    assert_int_equal(tkai_shadow_get(at), 7);
    assert_int_equal(tkai_shadow_get(at + 16), 0);
    assert_int_equal(tkai_shadow_get(at - 16), 0);
    assert_int_equal(tkai_shadow_get(at + REGION), 0);
    assert_int_equal(tkai_shadow_take(at), 7);
    assert_int_equal(tkai_shadow_take(at), 0);
    assert_int_equal(tkai_shadow_set(at, UINT32_MAX), 0);
    assert_int_equal(tkai_shadow_get(at), UINT32_MAX);
}

static void each_goes_by_address_over_regions(void **state)
{
    const uintptr_t at[] = {16, 32, REGION - 16, REGION, 3 * REGION + 48,
                            ((uintptr_t)1 << 47) - 16};
    struct seen seen = {.count = 0};

    (void)state;
    for (size_t i = 6; i-- > 0;) {
        assert_int_equal(tkai_shadow_set(at[i], (uint32_t)i + 1), 0);
    }
    assert_int_equal(tkai_shadow_each(see, &seen), 0);
    assert_int_equal(seen.count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(seen.addresses[i], at[i]);
        assert_int_equal(seen.values[i], i + 1);
    }
    seen = (struct seen){.stop_at = 2};
    assert_int_equal(tkai_shadow_each(see, &seen), 1);
    assert_int_equal(seen.count, 2);
}

static void touched_tells_of_blocks_that_are_gone(void **state)
{
    const uintptr_t at = 7 * REGION + 0x100000;

    (void)state;
    assert_int_equal(tkai_shadow_set(at, 1), 0);
    tkai_shadow_take(at);
    assert_int_equal(tkai_shadow_touched(at, at + 16), 1);
    assert_int_equal(tkai_shadow_holds(at, at + 16), 0);
    assert_int_equal(tkai_shadow_set(at + 32, 1), 0);
    assert_int_equal(tkai_shadow_holds(at + 16, at + 32), 0);
    assert_int_equal(tkai_shadow_holds(at - REGION, at + REGION), 1);
    assert_int_equal(tkai_shadow_touched(at - REGION, at + REGION), 1);
    assert_int_equal(tkai_shadow_touched(at + 0x100000, at + 0x200000), 0);
    assert_int_equal(tkai_shadow_touched(0, at - 0x100000), 0);
    assert_int_equal(tkai_shadow_touched(8 * REGION, (uintptr_t)1 << 47), 0);
}

static void count_range(void *context, uintptr_t low, uintptr_t high)
{
    size_t *bytes = context;

    assert_true(low < high);
    *bytes += high - low;
}

static void its_own_memory_is_told(void **state)
{
    size_t bytes = 0;

    (void)state;
    tkai_shadow_set(REGION, 1);
    tkai_shadow_set(9 * REGION, 1);
    tkai_shadow_own(count_range, &bytes);
    assert_int_equal(bytes, (4u << 20) + 2 * (64u << 20));
}

static void *store_many(void *argument)
{
    uintptr_t first = (uintptr_t)argument;

    for (uintptr_t region = 20; region < 60; region++) {
        for (uintptr_t slot = first; slot < 4000; slot += 4) {
            assert_int_equal(tkai_shadow_set(region * REGION + slot * 16, (uint32_t)slot + 1), 0);
        }
    }
    return NULL;
}

static void threads_that_race_for_regions_lose_nothing(void **state)
{
    pthread_t threads[4];

    (void)state;
    for (uintptr_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, store_many, (void *)i), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    for (uintptr_t region = 20; region < 60; region++) {
        for (uintptr_t slot = 0; slot < 4000; slot++) {
            assert_int_equal(tkai_shadow_get(region * REGION + slot * 16), slot + 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(nothing_is_known_at_first, forget),
        cmocka_unit_test_teardown(what_is_stored_is_told_until_it_is_taken, forget),
        cmocka_unit_test_teardown(each_goes_by_address_over_regions, forget),
        cmocka_unit_test_teardown(touched_tells_of_blocks_that_are_gone, forget),
        cmocka_unit_test_teardown(its_own_memory_is_told, forget),
        cmocka_unit_test_teardown(threads_that_race_for_regions_lose_nothing, forget),
        cmocka_unit_test(nothing_is_known_at_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
