#include "unit.h"

#include <stdio.h>

#include "distribution.h"
#include "hit_curve.h"

#define BUCKETS TKA_HISTOGRAM_BUCKETS

static double edges[BUCKETS + 1], counts[BUCKETS];

static ReuseHistogram empty_histogram(double rate)
{
    for (unsigned i = 0; i < BUCKETS; i++) {
        edges[i] = (double)distribution_low(i);
        edges[i + 1] = (double)distribution_high(i) + 1;
        counts[i] = 0;
    }
    return (ReuseHistogram){
        .bucket_low = edges, .count = counts, .buckets = BUCKETS, .rate = rate};
}

static uint64_t hash(uint64_t key)
{
    key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9;
    key = (key ^ (key >> 27)) * 0x94d049bb133111eb;
    return key ^ (key >> 31);
}

/* Distances of the keys whose hash is low, by a tree of the lookups that are the last of
 * their key (Fenwick 1994). */
typedef struct Distances {
    size_t lookups, keys;
    uint32_t *tree, *last;
} Distances;

static void tree_add(Distances *self, size_t at, uint32_t value)
{
    for (; at <= self->lookups; at += at & -at) {
        self->tree[at] += value;
    }
}

static uint32_t tree_sum(const Distances *self, size_t at)
{
    uint32_t sum = 0;

    for (; at > 0; at -= at & -at) {
        sum += self->tree[at];
    }
    return sum;
}

static ReuseHistogram sampled(const uint32_t *keys, size_t lookups, size_t universe,
                              uint64_t every)
{
    ReuseHistogram histogram = empty_histogram(1.0 / (double)every);
    Distances self = {lookups, universe, calloc(lookups + 1, 4), calloc(universe, 4)};
    uint32_t followed = 0;

    for (size_t i = 1; i <= lookups; i++) {
        uint32_t *last = &self.last[keys[i - 1]];

        if (hash(keys[i - 1]) % every) {
            continue;
        }
        if (*last) {
            uint64_t distance = (followed - tree_sum(&self, *last)) * every;

            counts[distribution_bucket(distance)] += (double)every;
            tree_add(&self, *last, (uint32_t)-1);
        } else {
            histogram.cold += (double)every;
            followed++;
        }
        tree_add(&self, i, 1);
        *last = (uint32_t)i;
    }
    free(self.tree);
    free(self.last);
    histogram.lookups = (double)lookups;
    return histogram;
}

/* Share of hits of a true LRU cache: a ring of doubly linked keys. */
static double lru_hits(const uint32_t *keys, size_t lookups, size_t universe, size_t size)
{
    uint32_t *next = calloc(universe + 1, 4), *before = calloc(universe + 1, 4);
    uint32_t end = (uint32_t)universe;
    size_t held = 0, hits = 0;

    memset(next, 0xff, universe * 4);
    next[end] = before[end] = end;
    for (size_t i = 0; i < lookups; i++) {
        uint32_t key = keys[i], out = key;

        if (next[key] == UINT32_MAX) {
            out = held == size ? before[end] : end;
            held += held < size;
        } else {
            hits++;
        }
        if (out != end) {
            next[before[out]] = next[out];
            before[next[out]] = before[out];
            next[out] = UINT32_MAX;
        }
        next[key] = next[end];
        before[key] = end;
        before[next[end]] = key;
        next[end] = key;
    }
    free(next);
    free(before);
    return (double)hits / (double)lookups;
}

/* Keys by 1 / rank: the logarithm of the rank is uniform. */
static uint32_t *zipf(size_t lookups, size_t universe, uint64_t seed)
{
    uint32_t *keys = malloc(lookups * sizeof *keys);

    for (size_t i = 0; i < lookups; i++) {
        double u = (double)(unit_random(&seed) >> 11) * 0x1p-53;

        keys[i] = (uint32_t)(pow((double)universe + 1, u) - 1) % (uint32_t)universe;
    }
    return keys;
}

static void equals_lru(void **state)
{
    const size_t lookups = 20000, universe = 2000;
    uint32_t *keys = zipf(lookups, universe, 12345);
    ReuseHistogram histogram = sampled(keys, lookups, universe, 1);

    (void)state;
    for (unsigned bucket = 1; bucket < 88; bucket += 3) { /* sizes where buckets begin */
        double size = edges[bucket];
        double truth = lru_hits(keys, lookups, universe, (size_t)size);

        assert_true(fabs(hit_curve_ratio(&histogram, size) - truth) < 1e-9);
        if (size > 1 && counts[bucket - 1] > 0) {
            assert_true(fabs(hit_curve_size(&histogram, truth) - size) < 1e-6 * size);
        }
    }
    free(keys);
}

typedef struct Errors {
    double sum, worst;
    int count;
} Errors;

static void add_error(Errors *errors, double error)
{
    errors->sum += fabs(error);
    errors->worst = fmax(errors->worst, fabs(error));
    errors->count++;
}

/* Of the ratio, and of what twice the size adds, for sizes of 32 to 512 followed keys. */
static void compare(const uint32_t *keys, size_t lookups, size_t universe, Errors *errors)
{
    ReuseHistogram histogram = sampled(keys, lookups, universe, 64);
    double truth = lru_hits(keys, lookups, universe, 2048);

    for (size_t size = 2048; size <= 32768; size *= 2) {
        double twice = lru_hits(keys, lookups, universe, 2 * size);
        double explained = hit_curve_size(&histogram, truth);

        add_error(&errors[0], hit_curve_ratio(&histogram, (double)size) - truth);
        if (isfinite(explained)) {
            add_error(&errors[1], hit_curve_ratio(&histogram, 2 * explained) - twice);
        }
        truth = twice;
    }
}

/* One key in 64, other ones in each run. TKA_HIT_CURVE_RUNS=200 tells the errors. */
static void sampled_is_near(void **state)
{
    const size_t lookups = 200000, universe = 100000;
    Errors errors[2] = {{0, 0, 0}, {0, 0, 0}};
    const char *wish = getenv("TKA_HIT_CURVE_RUNS");
    uint64_t runs = wish ? strtoull(wish, NULL, 10) : 20;

    (void)state;
    for (uint64_t seed = 1; seed <= runs; seed++) {
        uint32_t *keys = zipf(lookups, universe, seed * 7919);

        for (size_t i = 0; i < lookups; i++) {
            keys[i] = (uint32_t)((keys[i] + seed * 5003) % universe);
        }
        compare(keys, lookups, universe, errors);
        free(keys);
    }
    for (int i = 0; i < 2 && wish; i++) {
        printf("%s: error mean %.4f, largest %.4f of %d\n",
               i ? "twice the explained size" : "ratio at a size",
               errors[i].sum / errors[i].count, errors[i].worst, errors[i].count);
    }
    assert_true(errors[0].sum / errors[0].count < 0.025 && errors[0].worst < 0.15);
    assert_true(errors[1].sum / errors[1].count < 0.01 && errors[1].worst < 0.05);
    assert_true(errors[1].count > 4 * (int)runs);
}

/* A loop over 1000 keys: nothing hits below 1000 entries, all but the first above. */
static void loops(void **state)
{
    uint32_t keys[20000];
    ReuseHistogram histogram;

    (void)state;
    for (size_t i = 0; i < 20000; i++) {
        keys[i] = (uint32_t)(i % 1000);
    }
    histogram = sampled(keys, 20000, 1000, 1);
    assert_true(hit_curve_ratio(&histogram, 900) == 0);
    assert_true(fabs(hit_curve_ratio(&histogram, 1100) - 0.95) < 1e-9);
    assert_true(hit_curve_ratio(&histogram, 0) == 0);
    assert_true(isinf(hit_curve_size(&histogram, 0.96)));
    assert_true(hit_curve_size(&histogram, 0.95) > 990);
    assert_true(hit_curve_size(&histogram, 0) == 0);
}

static void unknown(void **state)
{
    ReuseHistogram histogram = empty_histogram(1.0 / 64);

    (void)state;
    assert_true(isnan(hit_curve_ratio(&histogram, 1000)));
    assert_true(isnan(hit_curve_size(&histogram, 0.5)));
    histogram.lookups = 100; /* none of them followed */
    assert_true(isnan(hit_curve_ratio(&histogram, 1000)));
    counts[distribution_bucket(128)] = 64;
    histogram.cold = 64;
    histogram.lookups = 0;
    assert_true(isnan(hit_curve_ratio(&histogram, 2047)));
    assert_true(hit_curve_ratio(&histogram, 2048) == 0.5);
    assert_true(isnan(hit_curve_size(&histogram, 0.5)));
    assert_true(isnan(hit_curve_size(&histogram, NAN)));
    histogram.lookups = 256; /* 128 more, all of distance 0 */
    assert_true(hit_curve_ratio(&histogram, 2048) == 0.75);
    histogram.lookups = 32; /* far too many followed: no ratio below 0 */
    assert_true(hit_curve_ratio(&histogram, 2048) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_lru), cmocka_unit_test(sampled_is_near),
        cmocka_unit_test(loops), cmocka_unit_test(unknown)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
