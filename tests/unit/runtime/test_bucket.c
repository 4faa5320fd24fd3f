/* The bucket scheme: monotonic, gapless, at most 12.5 % wide, and its blob. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "blob.h"
#include "bucket.h"

static void low_and_index_agree(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
        uint64_t low = tkai_bucket_low(i), high = tkai_bucket_low(i + 1) - 1;

        if (i + 1 == TKA_HISTOGRAM_BUCKETS) {
            high = UINT64_MAX;
        }
        assert_int_equal(tkai_bucket_index(low), i);
        assert_int_equal(tkai_bucket_index(high), i);
        assert_true(high - low <= low / 8);
    }
    assert_int_equal(tkai_bucket_index(UINT64_MAX), TKA_HISTOGRAM_BUCKETS - 1);
}

static void blob_and_its_subtraction_cancel(void **state)
{
    static uint64_t buckets[TKA_HISTOGRAM_BUCKETS], zero[TKA_HISTOGRAM_BUCKETS];
    unsigned char blob[TKAI_BLOB_MOST];
    uint64_t random = 88172645463325252ull;
    size_t size;

    (void)state;
    assert_int_equal(tkai_blob_write(blob, buckets), 0);
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            buckets[i] = random % 4 == 0 ? random >> (random % 64) : 0;
        }
        size = tkai_blob_write(blob, buckets);
        assert_true(size <= TKAI_BLOB_MOST);
        assert_int_equal(tkai_blob_subtract(blob, size, buckets), 0);
        assert_memory_equal(buckets, zero, sizeof zero);
    }
}

static void damaged_blob_is_refused(void **state)
{
    static uint64_t buckets[TKA_HISTOGRAM_BUCKETS];
    static const unsigned char cut[] = {0x81}, far[] = {0xf0, 0x7f, 1},
        endless[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1};

    (void)state;
    assert_int_equal(tkai_blob_subtract(cut, sizeof cut, buckets), -1);
    assert_int_equal(tkai_blob_subtract(far, sizeof far, buckets), -1);
    assert_int_equal(tkai_blob_subtract(endless, sizeof endless, buckets), -1);
    assert_int_equal(tkai_blob_subtract(cut, 0, buckets), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(low_and_index_agree),
        cmocka_unit_test(blob_and_its_subtraction_cancel),
        cmocka_unit_test(damaged_blob_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
