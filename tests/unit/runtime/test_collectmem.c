/* Adding up rows of memory: over threads, by path and place; and chunks full of anything
 * at all, which must not be trusted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "collectmem.h"

static struct tka_live_chunk *new_chunk(enum tka_chunk_kind kind, uint32_t used, size_t size)
{
    size_t whole = (sizeof(struct tka_live_chunk) + used * size + 4095) / 4096 * 4096;
    struct tka_live_chunk *chunk = aligned_alloc(64, whole);

    memset(chunk, 0, whole);
    chunk->magic = TKA_CHUNK_MAGIC;
    chunk->kind = kind;
    chunk->size = whole;
    chunk->address = (uint64_t)(uintptr_t)chunk;
    chunk->used = used;
    return chunk;
}

static void add_up(struct tkai_collected *collected, struct tkai_memory_collected *memory,
                   struct tka_live_chunk *const *chunks, uint32_t count)
{
    assert_int_equal(tkai_collect(collected, chunks, count, 0), 0);
    assert_int_equal(tkai_collect_memory(memory, collected, &collected->scratch), 0);
}

static void rows_add_up_by_path_and_place(void **state)
{
    struct tka_live_chunk *chunks[] = {
        new_chunk(TKA_CHUNK_IMAGES, 2, sizeof(struct tka_image)),
        new_chunk(TKA_CHUNK_MEMORY, 3, sizeof(struct tka_memory_row)),
        new_chunk(TKA_CHUNK_MEMORY, 2, sizeof(struct tka_memory_row))};
    struct tka_image *images = (void *)(chunks[0] + 1);
    struct tka_memory_row *first = (void *)(chunks[1] + 1), *second = (void *)(chunks[2] + 1);
    struct tkai_memory_collected memory;
    struct tkai_collected collected;

    (void)state;
    images[0] = (struct tka_image){.base = 0x1000, .path = "/bin/program"};
    images[1] = (struct tka_image){.base = 0x9000, .path = "/lib/x.so", .build_id = "ab"};
    first[0] = (struct tka_memory_row){.place = 0x1010, .image = 1, .allocations = 3,
                                       .bytes = 30, .tracked_bytes = 48, .freed_bytes = 16};
    first[1] = (struct tka_memory_row){.place = 0x1020, .image = 1, .allocations = 5};
    first[2] = (struct tka_memory_row){.place = 0x9010, .image = 2, .allocations = 7};
    second[0] = (struct tka_memory_row){.place = 0x1010, .image = 1, .allocations = 4,
                                        .bytes = 1, .foreign_freed_bytes = 8,
                                        .sampled_bytes = 100, .sizes = {[4] = 9}};
    second[1] = (struct tka_memory_row){.place = 0x1010, .image = 3, .allocations = 1};
    add_up(&collected, &memory, chunks, 3);
    assert_int_equal(memory.count, 4); /* of an image that there is not: no place */
    assert_int_equal(memory.allocations[0].figure[TKAI_ALLOCATIONS], 7);
    assert_int_equal(memory.allocations[0].figure[TKAI_BYTES], 31);
    assert_int_equal(memory.allocations[0].address, 0x10);
    assert_string_equal(memory.allocations[0].image->path, "/bin/program");
    assert_int_equal(memory.allocations[0].sizes[4], 9);
    assert_int_equal(tkai_allocation_live(&memory.allocations[0]), 48 - 16 - 8 + 100);
    assert_int_equal(memory.allocations[2].address, 0x10);
    assert_string_equal(memory.allocations[2].image->build_id, "ab");
    assert_null(memory.allocations[3].image);
    tkai_collect_release(&collected);
    for (int i = 0; i < 3; i++) {
        free(chunks[i]);
    }
}

static void chunks_of_anything_are_survived(void **state)
{
    static const enum tka_chunk_kind kinds[] = {TKA_CHUNK_IMAGES, TKA_CHUNK_MEMORY,
                                                TKA_CHUNK_NODES, TKA_CHUNK_RECORDS};
    uint64_t random = 1;

    (void)state;
    for (int round = 0; round < 300; round++) {
        struct tka_live_chunk *chunks[4];
        struct tkai_memory_collected memory;
        struct tkai_collected collected;

        for (int i = 0; i < 4; i++) {
            uint64_t *words;

            chunks[i] = new_chunk(kinds[i], 8, sizeof(struct tka_image));
            words = (void *)(chunks[i] + 1);
            for (size_t w = 0; w < (chunks[i]->size - sizeof *chunks[i]) / 8; w++) {
                random = random * 6364136223846793005ull + 1442695040888963407ull;
                words[w] = (random >> 60) < 6 ? random : (random >> 60) < 12 ? w % 8 : 0;
            }
            chunks[i]->used = (round & 1) != 0 ? 8 : UINT32_MAX;
        }
        add_up(&collected, &memory, chunks, 4);
        for (uint32_t i = 0; i < memory.count; i++) {
            assert_true(memory.allocations[i].path <= collected.path_count);
        }
        tkai_collect_release(&collected);
        for (int i = 0; i < 4; i++) {
            free(chunks[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_add_up_by_path_and_place),
        cmocka_unit_test(chunks_of_anything_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
