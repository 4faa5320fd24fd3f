/* Sampled blocks: what they stand for is right on average, and those that go are found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "memsamples.h"

#define R 524288.0
#define BLOCKS 100000
#define TRIALS 200

/* Blocks of one size as the hooks sample them. */
static void estimate(uint64_t *random, size_t size, double *blocks, double *bytes)
{
    int64_t until = tkai_memsamples_distance(random, R);

    *blocks = *bytes = 0;
    for (int i = 0; i < BLOCKS; i++) {
        struct tkai_memsample sample;

        until -= (int64_t)size;
        if (until < 0) {
            until = tkai_memsamples_distance(random, R);
            tkai_memsamples_weigh(&sample, size, R);
            *blocks += sample.blocks / 256.0;
            *bytes += (double)sample.bytes;
        }
    }
}

/* Within four standard errors of the mean of the trials. */
static void estimates_are_unbiased(void **state)
{
    static const size_t sizes[] = {16, 100, 5000, 262144, 4000000};
    uint64_t random = 88172645463325252ull;

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        double sum = 0, squares = 0, bytes_sum = 0, mean, error;

        for (int t = 0; t < TRIALS; t++) {
            double blocks, bytes;

            estimate(&random, sizes[s], &blocks, &bytes);
            sum += blocks;
            squares += blocks * blocks;
            bytes_sum += bytes;
        }
        mean = sum / TRIALS;
        error = sqrt((squares / TRIALS - mean * mean) / TRIALS);
        assert_true(fabs(mean - BLOCKS) <= 4 * error + 1e-3 * BLOCKS);
        assert_true(fabs(bytes_sum / TRIALS / ((double)BLOCKS * (double)sizes[s]) - 1) <=
                    4 * error / BLOCKS + 2e-3);
    }
}

static void those_that_go_are_found(void **state)
{
    enum { COUNT = 20000 };
    char *memory = malloc(COUNT * 16);
    uint64_t random = 1;

    (void)state;
    for (uint32_t i = 0; i < COUNT; i++) {
        struct tkai_memsample sample = {~(uintptr_t)(memory + 16 * i), i, 256, i};

        tkai_memsamples_add(&sample); /* a filter that is full refuses some */
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        struct tkai_memsample sample;
        uint32_t n;

        random = random * 6364136223846793005ull + 1442695040888963407ull;
        n = (uint32_t)(random >> 40) % COUNT;
        if (tkai_memsamples_take(memory + 16 * n, &sample) == 0) {
            assert_int_equal(sample.row, n);
            assert_int_equal(tkai_memsamples_take(memory + 16 * n, &sample), -1);
        }
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        struct tkai_memsample sample;

        tkai_memsamples_take(memory + 16 * i, &sample);
        assert_int_equal(tkai_memsamples_take(memory + 16 * i, &sample), -1);
    }
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimates_are_unbiased),
        cmocka_unit_test(those_that_go_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
