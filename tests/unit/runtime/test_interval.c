/* What changed between two stores, as a blob. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "blob.h"
#include "interval.h"

struct entry {
    uint64_t number[7];
    uint64_t buckets[TKA_HISTOGRAM_BUCKETS];
};

static const unsigned char *read_entry(const unsigned char *data, const unsigned char *end,
                                       struct entry *entry)
{
    memset(entry, 0, sizeof *entry);
    for (int i = 0; i < 7; i++) {
        data = tkai_number_read(data, end, &entry->number[i]);
        assert_non_null(data);
    }
    assert_int_equal(tkai_blob_add(data, entry->number[6], entry->buckets), 0);
    return data + entry->number[6];
}

static void only_what_changed_is_told(void **state)
{
    uint64_t buckets[TKA_HISTOGRAM_BUCKETS] = {0};
    struct tkai_function functions[3] = {
        {.calls = 10, .samples = 2, .weight = 8, .total = 100, .self = 60, .buckets = buckets},
        {.calls = 5},
        {.calls = 7}};
    struct tkai_collected now = {.functions = functions, .function_count = 2};
    const long long ids[] = {300, 4, 0};
    struct tkai_past past = {0};
    struct tkai_scratch scratch = {0};
    struct entry entry;
    unsigned char *data;
    size_t size;

    (void)state;
    buckets[20] = 8;
    tkai_interval_advance(&past, &now, 1000);
    assert_int_equal(past.at, 1000);
    assert_null(tkai_interval_encode(&past, &now, ids, 2.0, &scratch, &size));
    assert_int_equal(size, 0);

    functions[0] = (struct tkai_function){.calls = 25, .samples = 5, .weight = 24,
                                          .total = 1100, .self = 10, .buckets = buckets};
    buckets[20] = 16;
    buckets[21] = 8;
    now.function_count = 3; /* one without a row is left out */
    data = tkai_interval_encode(&past, &now, ids, 2.0, &scratch, &size);
    assert_non_null(data);
    assert_ptr_equal(read_entry(data, data + size, &entry), data + size);
    assert_int_equal(entry.number[0], 300);
    assert_int_equal(entry.number[1], 15);
    assert_int_equal(entry.number[2], 3);
    assert_int_equal(entry.number[3], 16);
    assert_int_equal(entry.number[4], 2000);
    assert_int_equal(entry.number[5], 2 * 100 - 1); /* self went down by 100 ns */
    assert_int_equal(entry.buckets[20], 8);
    assert_int_equal(entry.buckets[21], 8);
    tkai_scratch_release(&scratch);
    tkai_scratch_release(&past.scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_changed_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
