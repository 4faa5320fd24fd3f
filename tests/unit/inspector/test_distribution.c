#include "unit.h"

#include "distribution.h"

static void buckets_tile_the_numbers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
        assert_int_equal(distribution_bucket(distribution_low(i)), i);
        assert_int_equal(distribution_bucket(distribution_high(i)), i);
        if (i > 0) {
            assert_true(distribution_low(i) == distribution_high(i - 1) + 1);
        }
        if (i >= 16) {
            double width = (double)(distribution_high(i) - distribution_low(i) + 1);

            assert_true(width / (double)distribution_low(i) <= 0.125);
        }
    }
    assert_int_equal(distribution_bucket(UINT64_MAX), TKA_HISTOGRAM_BUCKETS - 1);
}

/* The scheme as the design states it, computed another way. */
static void bucket_matches_the_definition(void **state)
{
    uint64_t random = 1;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint64_t v = unit_random(&random) >> (unit_random(&random) % 64);
        unsigned octave = 0, expected;

        while (octave < 60 && (v >> octave) >= 16) {
            octave++;
        }
        expected = octave * 8 + (unsigned)(v >> octave);
        assert_int_equal(distribution_bucket(v), expected);
    }
}

static void blob_is_decoded_and_added(void **state)
{
    /* bucket 2: 5; bucket 3: 300; bucket 20: 1 */
    const uint8_t blob[] = {2, 5, 0, 0xac, 2, 16, 1};
    Distribution sum = {{0}};

    (void)state;
    assert_true(distribution_merge_blob(&sum, blob, sizeof blob));
    assert_true(distribution_merge_blob(&sum, blob, sizeof blob));
    assert_true(distribution_merge_blob(&sum, NULL, 0));
    assert_int_equal(sum.count[2], 10);
    assert_int_equal(sum.count[3], 600);
    assert_int_equal(sum.count[20], 2);
    assert_int_equal(distribution_weight(&sum), 612);
}

static void damaged_blobs_change_nothing(void **state)
{
    static const struct {
        uint8_t bytes[12];
        size_t size;
    } bad[] = {{{2}, 1},                /* no count */
               {{2, 0x80}, 2},          /* number without end */
               {{0xf0, 3, 1}, 3},       /* bucket 496 */
               {{0xef, 3, 1, 0, 1}, 5}, /* 495, then one more */
               {{0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2}, 11}};
    Distribution sum = {{0}};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint8_t *copy = unit_exact_copy(bad[i].bytes, bad[i].size);

        assert_false(distribution_merge_blob(&sum, copy, bad[i].size));
        assert_int_equal(distribution_weight(&sum), 0);
        free(copy);
    }
}

static void random_blobs_are_safe(void **state)
{
    uint64_t random = 42;

    (void)state;
    for (int i = 0; i < 50000; i++) {
        uint8_t bytes[64], *copy;
        size_t size = unit_random(&random) % sizeof bytes;
        Distribution sum = {{0}};

        for (size_t j = 0; j < size; j++) {
            bytes[j] = (uint8_t)(unit_random(&random) >> 32);
        }
        copy = unit_exact_copy(bytes, size);
        distribution_merge_blob(&sum, copy, size);
        free(copy);
    }
}

static void quantiles_lie_in_the_right_bucket(void **state)
{
    Distribution sum = {{0}};

    (void)state;
    assert_true(distribution_quantile(&sum, 0.5) < 0);
    for (uint64_t v = 1; v <= 1000; v++) {
        sum.count[distribution_bucket(v)]++;
    }
    for (int percent = 1; percent <= 100; percent++) {
        double value = distribution_quantile(&sum, percent / 100.0);

        assert_true(fabs(value - 10.0 * percent) <= 0.125 * 10.0 * percent + 1);
    }
}

static void variation_of_known_distributions(void **state)
{
    Distribution constant = {{0}}, even = {{0}};

    (void)state;
    assert_true(distribution_variation(&constant) < 0);
    constant.count[distribution_bucket(1000)] = 7;
    assert_true(distribution_variation(&constant) > 0);
    assert_true(distribution_variation(&constant) < 0.04);
    even.count[distribution_bucket(1000000)] = 50;
    even.count[distribution_bucket(3000000)] = 50;
    assert_true(fabs(distribution_variation(&even) - 0.5) < 0.03);
}

static void skewness_of_known_distributions(void **state)
{
    Distribution even = {{0}}, tail = {{0}};

    (void)state;
    assert_true(distribution_skewness(&even) == 0);
    even.count[distribution_bucket(1000000)] = 5000;
    even.count[distribution_bucket(3000000)] = 5000;
    assert_true(fabs(distribution_skewness(&even)) < 0.01);
    tail.count[distribution_bucket(1000)] = 9000;
    tail.count[distribution_bucket(1000000)] = 1001; /* one is left out */
    /* two points, the upper with p = 0.1: (1 - 2 p) / sqrt(p (1 - p)) */
    assert_true(fabs(distribution_skewness(&tail) - 0.8 / 0.3) < 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_tile_the_numbers),
        cmocka_unit_test(bucket_matches_the_definition),
        cmocka_unit_test(blob_is_decoded_and_added),
        cmocka_unit_test(damaged_blobs_change_nothing),
        cmocka_unit_test(random_blobs_are_safe),
        cmocka_unit_test(quantiles_lie_in_the_right_bucket),
        cmocka_unit_test(variation_of_known_distributions),
        cmocka_unit_test(skewness_of_known_distributions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
