/* What chunks hold of caches' keys: sums by function, and anything at all in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "collectcache.h"

#define PUT "1\tf\tput\tput\t/a.c\t1\t5\t\tput:pages"
#define GET "1\tf\tget\tget\t/a.c\t9\t2\t\tlookup:pages"
#define GET_AGAIN "1\tf\tget\tget\t/a.c\t9\t3\t\tlookup:pages"

static struct tka_live_chunk *new_chunk(enum tka_chunk_kind kind, size_t size)
{
    size_t whole = (sizeof(struct tka_live_chunk) + size + 4095) / 4096 * 4096;
    struct tka_live_chunk *chunk = aligned_alloc(64, whole);

    memset(chunk, 0, whole);
    chunk->magic = TKA_CHUNK_MAGIC;
    chunk->kind = kind;
    chunk->size = whole;
    chunk->address = (uint64_t)(uintptr_t)chunk;
    return chunk;
}

static struct tka_live_chunk *new_module(void)
{
    static const char text[] = PUT "\0" GET "\0" GET_AGAIN;
    struct tka_live_chunk *chunk =
        new_chunk(TKA_CHUNK_MODULE, sizeof(struct tka_live_module) + 12 + sizeof text);
    struct tka_live_module *module = (void *)(chunk + 1);
    uint32_t *offsets = (void *)(module + 1);

    chunk->used = 1;
    module->sites = 3;
    module->text_size = sizeof text;
    offsets[0] = 0;
    offsets[1] = sizeof PUT;
    offsets[2] = sizeof PUT + sizeof GET;
    memcpy(offsets + 3, text, sizeof text);
    return chunk;
}

static struct tka_cache_row *new_row(struct tka_live_chunk **chunk, uint32_t site)
{
    struct tka_cache_row *row;

    *chunk = new_chunk(TKA_CHUNK_CACHES, sizeof *row);
    (*chunk)->used = 1;
    row = (void *)(*chunk + 1);
    row->site = site;
    return row;
}

static void copies_of_a_lookup_add_up(void **state)
{
    struct tka_live_chunk *chunks[4] = {new_module()};
    struct tka_cache_row *one = new_row(&chunks[1], 1), *two = new_row(&chunks[2], 2);
    struct tkai_scratch scratch = {0};
    struct tkai_collected c;
    struct tkai_cache *caches;
    uint32_t count;

    (void)state;
    new_row(&chunks[3], 77);
    one->rate_log2 = 3;
    one->references = two->references = 5;
    one->weight = 40;
    two->weight = 20;
    one->cold = 8;
    two->dropped = 1;
    one->bucket[0] = two->bucket[0] = 10;
    two->bucket[TKA_HISTOGRAM_BUCKETS - 1] = 7;
    assert_int_equal(tkai_collect(&c, chunks, 4, 0), 0);
    assert_int_equal(tkai_collect_caches(&c, &scratch, &caches, &count), 0);
    assert_int_equal(count, 1);
    assert_string_equal(c.functions[caches[0].function].text, GET);
    assert_int_equal(caches[0].rate_log2, 3);
    assert_int_equal(caches[0].references, 10);
    assert_int_equal(caches[0].weight, 60);
    assert_int_equal(caches[0].cold, 8);
    assert_int_equal(caches[0].dropped, 1);
    assert_int_equal(caches[0].buckets[0], 20);
    assert_int_equal(caches[0].buckets[TKA_HISTOGRAM_BUCKETS - 1], 7);
    tkai_scratch_release(&scratch);
    tkai_collect_release(&c);
    for (int i = 0; i < 4; i++) {
        free(chunks[i]);
    }
}

static void chunks_of_anything_are_survived(void **state)
{
    uint64_t random = 0x243f6a8885a308d3ull;

    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct tka_live_chunk *chunks[3] = {new_module()};
        struct tkai_scratch scratch = {0};
        struct tkai_collected c;
        struct tkai_cache *caches;
        uint32_t count;

        for (int i = 1; i < 3; i++) {
            chunks[i] = new_chunk(TKA_CHUNK_CACHES, 4096 * (size_t)(random % 3));
            for (uint64_t *word = (void *)(chunks[i] + 1);
                 (char *)word < (char *)chunks[i] + chunks[i]->size; word++) {
                random = random * 6364136223846793005ull + 1442695040888963407ull;
                *word = random >> (random >> 58);
            }
            chunks[i]->used = (uint32_t)(random >> 20);
            chunks[i]->module = (uint32_t)(random >> 50) % 3;
        }
        assert_int_equal(tkai_collect(&c, chunks, 3, 0), 0);
        assert_int_equal(tkai_collect_caches(&c, &scratch, &caches, &count), 0);
        for (uint32_t i = 0; i < count; i++) {
            assert_true(caches[i].function < c.function_count && caches[i].rate_log2 < 64);
        }
        tkai_scratch_release(&scratch);
        tkai_collect_release(&c);
        for (int i = 0; i < 3; i++) {
            free(chunks[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_of_a_lookup_add_up),
        cmocka_unit_test(chunks_of_anything_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
