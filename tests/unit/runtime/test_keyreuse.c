/* Distances between uses of a key: exact where all keys are followed; and what they tell
 * of a cache that throws out the least recently used key, against such a cache. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tka/store.h>

#include "bucket.h"
#include "keyreuse.h"

static uint64_t mix(uint64_t key)
{
    key = (key ^ key >> 30) * 0xbf58476d1ce4e5b9ull;
    key = (key ^ key >> 27) * 0x94d049bb133111ebull;
    return key ^ key >> 31;
}

static uint64_t state = 88172645463325252ull;

static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

/* Keys in the order of their last use; how many come before this one, which moves to the
 * front. */
static uint64_t move_to_front(uint32_t *list, uint32_t *count, uint32_t key)
{
    uint32_t at = 0;
    uint64_t distance;

    while (at < *count && list[at] != key) {
        at++;
    }
    distance = at == *count ? TKAI_KEY_NEW : at;
    *count += at == *count;
    memmove(list + 1, list, at * sizeof *list);
    list[0] = key;
    return distance;
}

/* 60,000 uses: the places are given out anew some ten times. */
static void distances_are_those_of_a_list(void **unused)
{
    struct tkai_keys *keys = calloc(1, sizeof *keys);
    uint32_t *list = calloc(4000, sizeof *list), count = 0;

    (void)unused;
    for (int i = 0; i < 60000; i++) {
        uint32_t key = (uint32_t)(draw() % (i % 3 == 0 ? 50 : 3000));

        assert_int_equal(tkai_keys_seen(keys, mix(key)),
                         move_to_front(list, &count, key));
    }
    assert_int_equal(keys->count, count);
    free(list);
    free(keys);
}

static void more_keys_than_room_halve_the_rate(void **unused)
{
    struct tkai_keys *keys = calloc(1, sizeof *keys);
    uint32_t ignored = 0, found = 0, marks = 0;

    (void)unused;
    for (uint64_t key = 0; key < 100000; key++) {
        ignored += tkai_keys_seen(keys, mix(key)) == TKAI_KEY_IGNORED;
    }
    assert_int_equal(keys->rate_log2, 4);
    assert_in_range(keys->count, 100000 / 16 * 0.9, 100000 / 16 * 1.1);
    assert_true(tkai_keys_least(keys) == 0xf000000000000000);
    assert_true(ignored > 50000);
    for (uint64_t key = 100000; key-- > 0;) {
        uint64_t distance = tkai_keys_seen(keys, mix(key));

        if (distance != TKAI_KEY_IGNORED) {
            assert_true(distance != TKAI_KEY_NEW);
            found++;
        }
    }
    assert_int_equal(found, keys->count);
    for (size_t i = 0; i < TKAI_KEY_PLACES / 64; i++) {
        marks += (uint32_t)__builtin_popcountll(keys->marks[i]);
    }
    assert_int_equal(marks, keys->count);
    tkai_keys_forget(keys);
    assert_int_equal(keys->rate_log2, 4);
    assert_int_equal(tkai_keys_seen(keys, UINT64_MAX), TKAI_KEY_NEW);
    assert_int_equal(tkai_keys_seen(keys, 7), TKAI_KEY_IGNORED);
    free(keys);
}

/* --- against a real cache ------------------------------------------------- */

#define KEYS 200000u                    /* of them one in 32 is followed */

struct lru {
    uint32_t size, count, next[KEYS + 1], before[KEYS + 1];  /* KEYS: the ring's head */
    unsigned char is_in[KEYS];
    uint64_t hits;
};

static void unlink_key(struct lru *lru, uint32_t key)
{
    lru->next[lru->before[key]] = lru->next[key];
    lru->before[lru->next[key]] = lru->before[key];
}

static void use(struct lru *lru, uint32_t key)
{
    if (lru->is_in[key]) {
        lru->hits++;
        unlink_key(lru, key);
    } else {
        if (lru->count == lru->size) {
            uint32_t oldest = lru->before[KEYS];

            lru->is_in[oldest] = 0;
            unlink_key(lru, oldest);
        } else {
            lru->count++;
        }
        lru->is_in[key] = 1;
    }
    lru->next[key] = lru->next[KEYS];
    lru->before[key] = KEYS;
    lru->before[lru->next[KEYS]] = key;
    lru->next[KEYS] = key;
}

static struct lru *new_lru(uint32_t size)
{
    struct lru *lru = calloc(1, sizeof *lru);

    lru->size = size;
    lru->next[KEYS] = lru->before[KEYS] = KEYS;
    return lru;
}

/* What cachelog.c keeps. */
struct told {
    struct tkai_keys keys;
    double buckets[TKA_HISTOGRAM_BUCKETS], weight;
};

static void tell(struct told *told, uint64_t hash)
{
    uint64_t distance;

    if (hash < tkai_keys_least(&told->keys) ||
        (distance = tkai_keys_seen(&told->keys, hash)) == TKAI_KEY_IGNORED) {
        return;
    }
    told->weight += (double)(1ull << told->keys.rate_log2);
    if (distance != TKAI_KEY_NEW) {
        told->buckets[tkai_bucket_index(distance << told->keys.rate_log2)] +=
            (double)(1ull << told->keys.rate_log2);
    }
}

/* The hit ratio of a cache of this size. What the sample has too few or too many lookups of
 * counts for those that follow each other at once: the keys used most decide it (SHARDS-adj). */
static double predict(const struct told *told, double references, uint32_t size)
{
    double hits = references - told->weight;

    for (unsigned i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
        double low = (double)tkai_bucket_low(i), high = (double)tkai_bucket_low(i + 1);
        double share = (size - low) / (high - low);

        hits += told->buckets[i] * (share < 0 ? 0 : share > 1 ? 1 : share);
    }
    return hits > 0 ? hits / references : 0;
}

static double zipf_sums[KEYS];

static uint32_t draw_zipf(double exponent)
{
    double wanted;
    uint32_t low = 0, high = KEYS - 1;

    if (zipf_sums[0] == 0) {
        double sum = 0;

        for (uint32_t i = 0; i < KEYS; i++) {
            zipf_sums[i] = sum += pow(i + 1, -exponent);
        }
    }
    wanted = (double)(draw() >> 11) * 0x1p-53 * zipf_sums[KEYS - 1];
    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (zipf_sums[middle] < wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

enum trace { ZIPF, LOOP, MIXED };

static uint32_t next_key(enum trace trace, uint32_t i)
{
    switch (trace) {
    case ZIPF:
        return draw_zipf(0.9);
    case LOOP:
        return i % 20000;
    case MIXED:
        break;
    }
    return i % 2 ? 100000 + i / 2 % 15000 : draw_zipf(0.9) % 100000;
}

static void check_prediction(enum trace trace, uint32_t size)
{
    struct told *told = calloc(1, sizeof *told);
    struct lru *one = new_lru(size), *two = new_lru(2 * size);
    double references = 2e6, now, twice;

    for (uint32_t i = 0; i < 2000000; i++) {
        uint32_t key = next_key(trace, i);

        use(one, key);
        use(two, key);
        tell(told, mix(key + 1000));
    }
    now = (double)one->hits / references;
    twice = (double)two->hits / references;
    print_message("trace %d, size %u: %.4f, told %.4f; twice the size: %.4f, told %.4f\n", trace,
                  size, now, predict(told, references, size), twice,
                  predict(told, references, 2 * size));
    assert_true(fabs(predict(told, references, size) - now) < 0.025);
    assert_true(fabs(predict(told, references, 2 * size) - twice) < 0.025);
    free(one);
    free(two);
    free(told);
}

static void a_cache_hits_as_often_as_was_told(void **unused)
{
    (void)unused;
    check_prediction(ZIPF, 8000);
    check_prediction(ZIPF, 30000);
    check_prediction(LOOP, 7000);
    check_prediction(LOOP, 12000);
    check_prediction(MIXED, 8000);
    check_prediction(MIXED, 40000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_those_of_a_list),
        cmocka_unit_test(more_keys_than_room_halve_the_rate),
        cmocka_unit_test(a_cache_hits_as_often_as_was_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
