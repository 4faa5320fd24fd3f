#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "blockset.h"

#define REGION ((uintptr_t)1 << TKAI_BLOCKSET_REGION_BITS)

static uint64_t next_random(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void an_empty_set_has_none(void **state)
{
    struct tkai_blockset set;

    (void)state;
    assert_int_equal(tkai_blockset_init(&set), 0);
    assert_int_equal(tkai_blockset_before(&set, UINTPTR_MAX), 0);
    assert_int_equal(tkai_blockset_before(&set, 0), 0);
    assert_int_equal(tkai_blockset_after(&set, 0), 0);
    assert_int_equal(tkai_blockset_begins(&set, 4096), 0);
    tkai_blockset_release(&set);
}

static int by_address(const void *a, const void *b)
{
    uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;

    return (x > y) - (x < y);
}

/* Dense and sparse, over distances from 16 bytes to several regions. */
static void neighbours_are_those_of_a_sorted_list(void **state)
{
    enum { COUNT = 600 };
    static uintptr_t at[COUNT];

    (void)state;
    for (int spread = 10; spread < 34; spread++) {
        uintptr_t base = REGION * 40 - ((uintptr_t)1 << (spread - 1));
        struct tkai_blockset set;

        assert_int_equal(tkai_blockset_init(&set), 0);
        for (int i = 0; i < COUNT; i++) {
            at[i] = (base + (next_random() & (((uintptr_t)1 << spread) - 1))) & ~(uintptr_t)15;
            assert_int_equal(tkai_blockset_add(&set, at[i]), 0);
        }
        qsort(at, COUNT, sizeof at[0], by_address);
        for (int i = 0; i < 4000; i++) {
            uintptr_t from = base - 100 + (next_random() & (((uintptr_t)1 << spread) + 255));
            uintptr_t before = 0, after = 0;

            for (int j = 0; j < COUNT; j++) {
                before = at[j] <= from ? at[j] : before;
                after = after == 0 && at[j] >= from ? at[j] : after;
            }
            assert_int_equal(tkai_blockset_before(&set, from), before);
            assert_int_equal(tkai_blockset_after(&set, from), after);
        }
        tkai_blockset_release(&set);
    }
}

static void marks_are_told_apart(void **state)
{
    const uintptr_t block = 3 * REGION - 16, other = 3 * REGION;
    struct tkai_blockset set;

    (void)state;
    assert_int_equal(tkai_blockset_init(&set), 0);
    tkai_blockset_add(&set, other);
    tkai_blockset_add(&set, block);
    assert_int_equal(set.count, 2);
    assert_int_equal(tkai_blockset_mark(&set, block, 1), 0);
    assert_int_equal(tkai_blockset_mark(&set, block, 1), 1);
    assert_int_equal(tkai_blockset_has(&set, block, 0), 0);
    assert_int_equal(tkai_blockset_has(&set, block, 1), 1);
    assert_int_equal(tkai_blockset_has(&set, other, 1), 0);
    tkai_blockset_unmark(&set, block, 1);
    assert_int_equal(tkai_blockset_has(&set, block, 1), 0);
    tkai_blockset_release(&set);
}

/* The heap low, mappings high: what lies between is asked about as often as not. */
static void far_apart_is_found_at_once(void **state)
{
    uintptr_t heap = (uintptr_t)0x5555 << 32, high = (uintptr_t)0x7fff << 32;
    struct tkai_blockset set;

    (void)state;
    assert_int_equal(tkai_blockset_init(&set), 0);
    assert_int_equal(tkai_blockset_add(&set, high), 0);
    assert_int_equal(tkai_blockset_add(&set, heap), 0);
    for (uintptr_t i = 1; i <= 200000; i++) {
        assert_int_equal(tkai_blockset_before(&set, high - 16 * i), heap);
        assert_int_equal(tkai_blockset_after(&set, heap + 16 * i), high);
    }
    assert_int_equal(tkai_blockset_before(&set, heap - 16), 0);
    assert_int_equal(tkai_blockset_after(&set, high + 16), 0);
    tkai_blockset_release(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_set_has_none),
        cmocka_unit_test(neighbours_are_those_of_a_sorted_list),
        cmocka_unit_test(marks_are_told_apart),
        cmocka_unit_test(far_apart_is_found_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
