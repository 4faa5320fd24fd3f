/* Adding up a live file: sums over threads, paths, recursion, and chunks full of
 * anything at all, which must not be trusted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "glob.h"

#define MAIN "1\tf\tmain\tmain\t/a.c\t1\t5\t"
#define LEAF "1\tf\tleaf\tleaf\t/a.c\t9\t2\t"
#define LEAF_AGAIN "1\tf\tleaf\tleaf\t/a.c\t9\t3\t"
#define SKIPPED "1\ts\tgone\tgone\t/a.c\t20\t0\tbody from a macro"

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
    static const char text[] = MAIN "\0\0" LEAF "\0" LEAF_AGAIN "\0" SKIPPED;
    struct tka_live_chunk *chunk =
        new_chunk(TKA_CHUNK_MODULE, sizeof(struct tka_live_module) + 12 + sizeof text);
    struct tka_live_module *module = (void *)(chunk + 1);
    uint32_t *offsets = (void *)(module + 1);

    chunk->used = 1;
    module->sites = 3;
    module->text_size = sizeof text;
    offsets[0] = 0;
    offsets[1] = sizeof MAIN + 1;
    offsets[2] = sizeof MAIN + 1 + sizeof LEAF;
    memcpy(offsets + 3, text, sizeof text);
    return chunk;
}

static struct tka_live_chunk *new_records(uint32_t thread)
{
    struct tka_live_chunk *chunk =
        new_chunk(TKA_CHUNK_RECORDS, 3 * sizeof(struct tka_record));

    chunk->used = 3;
    chunk->thread = thread;
    return chunk;
}

static uint64_t address_of(const void *p)
{
    return (uint64_t)(uintptr_t)p;
}

static const struct tkai_function *find(const struct tkai_collected *c, const char *name)
{
    for (uint32_t i = 0; i < c->function_count; i++) {
        int length;
        const char *field = tkai_site_field(c->functions[i].text, 2, &length);

        if (length == (int)strlen(name) && memcmp(field, name, strlen(name)) == 0) {
            return &c->functions[i];
        }
    }
    return NULL;
}

static void threads_and_copies_of_a_function_add_up(void **state)
{
    struct tka_live_chunk *chunks[] = {new_module(), new_records(1), new_records(2)};
    struct tka_record *one = (void *)(chunks[1] + 1), *two = (void *)(chunks[2] + 1);
    struct tkai_collected c;

    (void)state;
    one[0].countdown = -1; /* every call timed: armed 0, 1 call */
    one[1].armed = 1000;
    one[1].countdown = 400;
    two[1].armed = 5;
    two[1].calls = (1ull << 32) + 3;
    two[2].countdown = -7;
    assert_int_equal(tkai_collect(&c, chunks, 3, 0), 0);
    assert_int_equal(c.function_count, 3);
    assert_int_equal(c.annotation_count, 4);
    assert_int_equal(find(&c, "main")->calls, 1);
    assert_int_equal(find(&c, "leaf")->calls, 600 + (1ull << 32) + 5 + 7);
    assert_int_equal(find(&c, "gone")->calls, 0);
    tkai_collect_release(&c);
    for (int i = 0; i < 3; i++) {
        free(chunks[i]);
    }
}

static void paths_merge_and_outer_time_counts_once(void **state)
{
    struct tka_live_chunk *chunks[] = {new_module(), new_records(1),
                                       new_chunk(TKA_CHUNK_NODES, 4 * 64)};
    struct tka_record *records = (void *)(chunks[1] + 1);
    struct tka_node *nodes = (void *)(chunks[2] + 1);
    const struct tkai_function *leaf;
    struct tkai_collected c;

    (void)state;
    /* main > leaf > leaf, and another leaf of main by its second copy */
    chunks[2]->used = 4;
    nodes[0] = (struct tka_node){.parent = 4711, .record = address_of(&records[0]),
                                 .weight = 1, .samples = 1, .total = 100, .child = 80};
    nodes[1] = (struct tka_node){.parent = address_of(&nodes[0]),
                                 .record = address_of(&records[1]), .weight = 2,
                                 .samples = 2, .total = 60, .child = 20};
    nodes[2] = (struct tka_node){.parent = address_of(&nodes[1]),
                                 .record = address_of(&records[1]), .weight = 8,
                                 .samples = 1, .total = 20};
    nodes[3] = (struct tka_node){.parent = address_of(&nodes[0]),
                                 .record = address_of(&records[2]), .weight = 1,
                                 .samples = 1, .total = 20};
    assert_int_equal(tkai_collect(&c, chunks, 3, 0), 0);
    assert_int_equal(c.path_count, 4);
    leaf = find(&c, "leaf");
    assert_int_equal(leaf->samples, 4);
    assert_int_equal(leaf->weight, 11);
    assert_int_equal(leaf->total, 100);
    assert_int_equal(leaf->outer, 80);
    assert_int_equal(leaf->self, 80);
    assert_int_equal(find(&c, "main")->self, 20);
    for (uint32_t i = 1; i < c.path_count; i++) {
        assert_true(c.paths[i].parent < i);
    }
    tkai_collect_release(&c);
    for (int i = 0; i < 3; i++) {
        free(chunks[i]);
    }
}

/* Every place in a text would be a function of its own. */
static void sites_that_point_into_texts_are_no_functions(void **state)
{
    struct tka_live_chunk *chunk =
        new_chunk(TKA_CHUNK_MODULE, sizeof(struct tka_live_module) + 4 * 600 + 700);
    struct tka_live_module *module = (void *)(chunk + 1);
    uint32_t *offsets = (void *)(module + 1);
    struct tkai_collected c;

    (void)state;
    chunk->used = 1;
    module->sites = 600;
    module->text_size = 700;
    for (uint32_t i = 0; i < 600; i++) {
        offsets[i] = i;
    }
    memset(offsets + 600, 'x', 699);
    assert_int_equal(tkai_collect(&c, &chunk, 1, 0), 0);
    assert_int_equal(c.function_count, 1);
    tkai_collect_release(&c);
    free(chunk);
}

static uint64_t next_random(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* Random bytes, but for the head that the reader of files has checked. */
static void chunks_of_anything_are_survived(void **state)
{
    uint64_t random = 0x9e3779b97f4a7c15ull;

    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct tka_live_chunk *chunks[6];
        struct tkai_collected c;

        for (int i = 0; i < 6; i++) {
            uint64_t base = address_of(chunks[i] = new_chunk(
                                           1 + (uint32_t)(next_random(&random) % 5), 4000));
            uint64_t *words = (void *)(chunks[i] + 1);

            chunks[i]->used = (uint32_t)next_random(&random) >> (random % 32);
            chunks[i]->module = (uint32_t)(next_random(&random) % 3);
            for (int n = 0; n < 500; n++) {
                uint64_t r = next_random(&random);

                words[n] = r % 3 == 0 ? r : r % 3 == 1 ? r % 64 : base + r % 4096;
            }
            if (chunks[i]->kind == TKA_CHUNK_MODULE && random % 2) {
                ((struct tka_live_module *)(void *)words)->switches = (uint32_t)(random % 6000);
                ((struct tka_live_module *)(void *)words)->sites = (uint32_t)(random % 500);
                ((struct tka_live_module *)(void *)words)->text_size = random % 3000;
            }
        }
        tkai_collect(&c, chunks, 6, 0);
        tkai_collect_release(&c);
        for (int i = 0; i < 6; i++) {
            free(chunks[i]);
        }
    }
}

/* Switches of two copies of a function: the one longest off counts, and why now. */
static void probes_that_are_off_say_how_long(void **state)
{
    struct tka_live_chunk *chunk = new_module();
    struct tka_live_module *module = (void *)(chunk + 1);
    size_t end = sizeof *module + 12 + module->text_size;
    struct tka_switch *switches;
    struct tkai_collected c;

    (void)state;
    module->switches = (uint32_t)((end + 7) & ~(size_t)7);
    switches = (void *)((char *)module + module->switches);
    switches[1] = (struct tka_switch){.off_ns = 70};
    switches[2] = (struct tka_switch){
        .off_ns = 10, .off_since = 1000, .reason = TKA_OFF_BUDGET};
    assert_int_equal(tkai_collect(&c, &chunk, 1, 1100), 0);
    assert_int_equal(find(&c, "leaf")->off_ns, 110);
    assert_int_equal(find(&c, "leaf")->off_reason, TKA_OFF_BUDGET);
    assert_int_equal(find(&c, "main")->off_ns, 0);
    assert_int_equal(find(&c, "main")->off_reason, TKA_OFF_NOT);
    tkai_collect_release(&c);
    free(chunk);
}

static void captures_are_copied_when_complete(void **state)
{
    struct tka_live_chunk *chunks[] = {
        new_module(), new_records(1), new_chunk(TKA_CHUNK_NODES, 2 * 64),
        new_chunk(TKA_CHUNK_CAPTURES, 3 * sizeof(struct tka_capture))};
    struct tka_record *records = (void *)(chunks[1] + 1);
    struct tka_node *nodes = (void *)(chunks[2] + 1);
    struct tka_capture *captures = (void *)(chunks[3] + 1);
    struct tkai_collected c;

    (void)state;
    chunks[2]->used = 2;
    chunks[3]->used = 3;
    nodes[0].record = address_of(&records[0]);
    nodes[1] = (struct tka_node){.parent = address_of(&nodes[0]),
                                 .record = address_of(&records[1])};
    captures[0] = (struct tka_capture){.sequence = 0, .node = address_of(&nodes[1])};
    captures[1] = (struct tka_capture){
        .sequence = 5, .node = address_of(&nodes[1]), .ticks = 9, .event_count = 2};
    captures[1].events[0].node = address_of(&nodes[0]);
    captures[1].events[1].node = 4711;
    captures[2] = (struct tka_capture){
        .sequence = 6, .node = address_of(&nodes[1]), .event_count = 1000};
    assert_int_equal(tkai_collect(&c, chunks, 4, 0), 0);
    assert_int_equal(c.capture_count, 1);
    assert_int_equal(c.captures[0].source->ticks, 9);
    assert_string_equal(c.functions[c.paths[c.captures[0].path].function].text, LEAF);
    assert_string_equal(c.functions[c.paths[c.captures[0].event_paths[0]].function].text,
                        MAIN);
    assert_int_equal(c.captures[0].event_paths[1], 0);
    tkai_collect_release(&c);
    for (int i = 0; i < 4; i++) {
        free(chunks[i]);
    }
}

static void fields_of_a_text(void **state)
{
    int length;

    (void)state;
    assert_string_equal(tkai_site_field(SKIPPED, 7, &length), "body from a macro");
    assert_int_equal(length, 17);
    tkai_site_field(MAIN, 7, &length);
    assert_int_equal(length, 0);
    tkai_site_field("1\tf\tcut", 5, &length);
    assert_int_equal(length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_and_copies_of_a_function_add_up),
        cmocka_unit_test(paths_merge_and_outer_time_counts_once),
        cmocka_unit_test(probes_that_are_off_say_how_long),
        cmocka_unit_test(captures_are_copied_when_complete),
        cmocka_unit_test(chunks_of_anything_are_survived),
        cmocka_unit_test(sites_that_point_into_texts_are_no_functions),
        cmocka_unit_test(fields_of_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
