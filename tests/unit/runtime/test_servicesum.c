/* Adding up services: what lies in several threads and modules merges, and chunks full
 * of anything at all are not trusted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <tka/probe.h>
#include <tka/roles.h>

#include "livefile.h"
#include "servicekey.h"
#include "servicesum.h"
#include "state.h"

#define GET    "1\tf\tget\tget\t/a.c\t1\t5\t\tresolver;7=SEVEN;8=EIGHT"
#define CHUNKS 7

enum { MODULE, RECORDS, RECORDS_2, NAMES, SERVICES, NODES, EVENTS };

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

static uint64_t address_of(const void *p)
{
    return (uint64_t)(uintptr_t)p;
}

static uint64_t add_name(struct tka_live_chunk *names, uint32_t kind, uint64_t number,
                         const char *text)
{
    struct tka_name *name = (void *)((char *)(names + 1) + names->used);

    *name = (struct tka_name){1, number, kind, (uint32_t)strlen(text)};
    memcpy(name + 1, text, strlen(text));
    names->used += (uint32_t)(sizeof *name + (strlen(text) + 7) / 8 * 8);
    return address_of(name);
}

/* Two threads have "log", one "db" that needs it; and a number. */
static void make(struct tka_live_chunk **chunks)
{
    static const char text[] = GET;
    struct tka_live_module *module;
    struct tka_service *services;
    struct tka_service_node *nodes;
    struct tka_service_event *events;
    uint64_t log, db;

    chunks[MODULE] = new_chunk(TKA_CHUNK_MODULE, sizeof *module + 4 + sizeof text);
    module = (void *)(chunks[MODULE] + 1);
    chunks[MODULE]->used = 1;
    module->sites = 1;
    module->text_size = sizeof text;
    memcpy((uint32_t *)(void *)(module + 1) + 1, text, sizeof text);
    chunks[RECORDS] = new_chunk(TKA_CHUNK_RECORDS, sizeof(struct tka_record));
    chunks[RECORDS]->used = 1;
    chunks[RECORDS_2] = new_chunk(TKA_CHUNK_RECORDS, sizeof(struct tka_record));
    chunks[RECORDS_2]->used = 1;
    chunks[NAMES] = new_chunk(TKA_CHUNK_NAMES, 4000);
    chunks[SERVICES] = new_chunk(TKA_CHUNK_SERVICES, 4 * sizeof *services);
    services = (void *)(chunks[SERVICES] + 1);
    chunks[SERVICES]->used = 4;
    log = add_name(chunks[NAMES], TKA_KEY_TEXT, 0, "log");
    db = add_name(chunks[NAMES], TKA_KEY_TEXT, 0, "db\n\xff");
    services[0] = (struct tka_service){.record = address_of(chunks[RECORDS] + 1),
                                       .name = log,
                                       .min_complement = ~9ull,
                                       .max = 70,
                                       .instances = 3,
                                       .first_instance = 1,
                                       .slow = 1};
    services[1] = (struct tka_service){.record = address_of(chunks[RECORDS] + 1),
                                       .name = db,
                                       .instances = 1,
                                       .first_instance = 2,
                                       .min_complement = ~0ull};
    services[2] = (struct tka_service){.record = address_of(chunks[RECORDS_2] + 1),
                                       .name = log,
                                       .min_complement = ~5ull,
                                       .max = 20,
                                       .instances = 2,
                                       .first_instance = 3};
    services[3] =
        (struct tka_service){.record = address_of(chunks[RECORDS_2] + 1),
                             .name = add_name(chunks[NAMES], TKA_KEY_NUMBER, 8, "")};
    services[0].bucket[5] = services[2].bucket[5] = 2;
    chunks[NODES] = new_chunk(TKA_CHUNK_SERVICE_NODES, 5 * sizeof *nodes);
    nodes = (void *)(chunks[NODES] + 1);
    chunks[NODES]->used = 5;
    nodes[0] = (struct tka_service_node){
        .service = address_of(&services[1]), .resolutions = 1, .total = 100, .child = 60};
    nodes[1] = (struct tka_service_node){.parent = address_of(&nodes[0]),
                                         .service = address_of(&services[0]),
                                         .resolutions = 2,
                                         .total = 60,
                                         .cycles = 1};
    nodes[2] = (struct tka_service_node){
        .service = address_of(&services[2]), .resolutions = 5, .failures = 2};
    nodes[3] =
        (struct tka_service_node){.service = address_of(&services[3]), .resolutions = 1};
    nodes[4] = (struct tka_service_node){.parent = address_of(&nodes[0]),
                                         .service = address_of(&services[0]),
                                         .resolutions = 10};
    chunks[EVENTS] = new_chunk(TKA_CHUNK_SERVICE_EVENTS, 3 * sizeof *events);
    events = (void *)(chunks[EVENTS] + 1);
    chunks[EVENTS]->used = 3;
    events[1] = (struct tka_service_event){.node = address_of(&nodes[1]), .ticks = 4};
}

static void release(struct tka_live_chunk **chunks)
{
    for (int i = 0; i < CHUNKS; i++) {
        free(chunks[i]);
    }
}

static const struct tkai_service_sum *find(const struct tkai_servicesum *sum,
                                           const char *key)
{
    for (uint32_t i = 0; i < sum->service_count; i++) {
        if (strcmp(sum->services[i].key, key) == 0) {
            return &sum->services[i];
        }
    }
    return NULL;
}

static void threads_and_places_add_up(void **state)
{
    struct tka_live_chunk *chunks[CHUNKS];
    const struct tkai_service_sum *log, *db;
    struct tkai_collected collected;
    struct tkai_servicesum sum;

    (void)state;
    make(chunks);
    assert_int_equal(tkai_collect(&collected, chunks, CHUNKS, 0), 0);
    assert_int_equal(tkai_servicesum(&sum, &collected), 0);
    assert_int_equal(sum.service_count, 3);
    log = find(&sum, "log");
    db = find(&sum, "db\\x0a\\xff");
    assert_non_null(find(&sum, "EIGHT"));
    assert_int_equal(log->threads, 2);
    assert_int_equal(log->other_threads, 1);
    assert_int_equal(log->figure[TKAI_RESOLUTIONS], 17);
    assert_int_equal(log->figure[TKAI_FAILURES], 2);
    assert_int_equal(log->figure[TKAI_INSTANCES], 5);
    assert_int_equal(log->figure[TKAI_SLOW], 1);
    assert_int_equal(log->figure[TKAI_CYCLES], 1);
    assert_int_equal(log->min, 6);
    assert_int_equal(log->max, 70);
    assert_int_equal(log->buckets[5], 4);
    assert_int_equal(db->figure[TKAI_TOTAL] - db->figure[TKAI_CHILD], 40);
    assert_int_equal(sum.edge_count, 4);
    assert_int_equal(sum.event_count, 1);
    assert_int_equal(sum.events[0].place, 1);
    assert_ptr_equal(&sum.services[sum.events[0].parent], db);
    tkai_servicesum_release(&sum);
    tkai_collect_release(&collected);
    release(chunks);
}

/* Some words changed, some to what might be an address. */
static void damage(struct tka_live_chunk **chunks, unsigned *seed)
{
    for (int i = 0; i < 40; i++) {
        struct tka_live_chunk *chunk = chunks[NAMES + rand_r(seed) % (CHUNKS - NAMES)];
        uint64_t *words = (void *)(chunk + 1);
        size_t count = (chunk->size - sizeof *chunk) / 8;
        size_t at = (size_t)rand_r(seed) % (rand_r(seed) % 2 ? count : 400 % count);
        struct tka_live_chunk *other = chunks[rand_r(seed) % CHUNKS];

        switch (rand_r(seed) % 4) {
        case 0:
            words[at] = (uint64_t)rand_r(seed) << 32 ^ (uint64_t)rand_r(seed);
            break;
        case 1:
            words[at] = other->address + (uint64_t)rand_r(seed) % (other->size + 64);
            break;
        case 2:
            words[at] = UINT64_MAX - (uint64_t)rand_r(seed) % 100;
            break;
        default:
            chunk->used = rand_r(seed) % 2 ? UINT32_MAX : (uint32_t)rand_r(seed) % 9000;
        }
    }
}

static void nothing_is_trusted(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 3000; round++) {
        struct tka_live_chunk *chunks[CHUNKS];
        struct tkai_collected collected;
        struct tkai_servicesum sum;
        unsigned seed = round;

        make(chunks);
        damage(chunks, &seed);
        assert_int_equal(tkai_collect(&collected, chunks, CHUNKS, 0), 0);
        if (tkai_servicesum(&sum, &collected) == 0) {
            for (uint32_t i = 0; i < sum.edge_count; i++) {
                assert_true(sum.edges[i].service < sum.service_count);
                assert_true(sum.edges[i].parent < sum.service_count ||
                            sum.edges[i].parent == TKAI_NO_SERVICE);
            }
            for (uint32_t i = 0; i < sum.service_count; i++) {
                assert_true(strlen(sum.services[i].key) <= 4 * TKA_KEY_TEXT_MOST);
                assert_true(sum.services[i].function < collected.function_count);
            }
        }
        tkai_servicesum_release(&sum);
        tkai_collect_release(&collected);
        release(chunks);
    }
}

static void types_are_the_arguments(void **state)
{
    static const char *const cases[][2] = {
        {"T* get() [with T = Log]", "Log"},
        {"T *get() [T = Log]", "Log"},
        {"T get() [with T = A<int, B[2]>; int n = 3]", "T = A<int, B[2]>; int n = 3"},
        {"T get() [T = A<int>, n = 3]", "T = A<int>, n = 3"},
        {"T get() [with T = S; std::string = std::basic_string<char>]", "S"},
        {"void f(int (&)[3]) [with T = int [3]]", "int [3]"},
        {"void *get()", "void *get()"},
        {"", ""},
        {"]", "]"},
        {"[]", ""}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t length;
        const char *type = tkai_servicekey_type(cases[i][0], &length);
        char text[100] = "";

        memcpy(text, type, length);
        assert_string_equal(text, cases[i][1]);
    }
}

static void keys_are_read_to_their_end(void **state)
{
    char text[600];
    struct tkai_key key, other;

    (void)state;
    memset(text, 'a', sizeof text);
    tkai_servicekey_read(&key, TKA_KEY_BYTES, text, sizeof text);
    assert_int_equal(key.length, TKA_KEY_TEXT_MOST);
    for (uint32_t length = 0; length < 100; length++) {
        text[length] = '\0';
        tkai_servicekey_read(&key, TKA_KEY_TEXT, text, 4711);
        tkai_servicekey_read(&other, TKA_KEY_BYTES, text, length);
        assert_int_equal(key.length, length);
        assert_int_equal(key.hash, other.hash);
        assert_int_equal(key.kind, other.kind);
        assert_int_equal(key.number, other.number);
        tkai_servicekey_read(&other, TKA_KEY_BYTES, text, length + 1);
        assert_int_not_equal(key.hash, other.hash);
        text[length] = 'a';
    }
    tkai_servicekey_read(&key, TKA_KEY_TEXT, NULL, 0);
    assert_int_equal(key.length, 0);
    tkai_servicekey_read(&key, TKA_KEY_BYTES, NULL, 20);
    assert_int_equal(key.length, 0);
}

static const struct tka_name *name_of(uint32_t kind, const char *text, uint64_t number)
{
    struct tkai_key key;

    tkai_servicekey_read(&key, kind, text, number);
    return tkai_servicekey_name(&key);
}

static void a_key_has_one_name(void **state)
{
    char type[] = "T *get() [with T = One]", copy[] = "T *get() [with T = One]";
    const struct tka_name *one, *other;

    (void)state;
    assert_int_equal(tkai_livefile_create(&tkai_state.file, "/dev/null/none", "x"), 0);
    for (uint64_t i = 0; i < 3000; i++) {
        one = name_of(TKA_KEY_NUMBER, NULL, i);
        assert_int_equal(one->number, i);
        assert_ptr_equal(name_of(TKA_KEY_NUMBER, NULL, i), one);
    }
    one = name_of(TKA_KEY_TEXT, "a key of more than four words: 40 bytes, x", 0);
    other = name_of(TKA_KEY_TEXT, "a key of more than four words: 40 bytes, y", 0);
    assert_ptr_not_equal(one, other);
    assert_ptr_equal(
        name_of(TKA_KEY_BYTES, "a key of more than four words: 40 bytes, y", 42), other);
    one = name_of(TKA_KEY_TYPE, type, 0);
    other = name_of(TKA_KEY_TYPE, copy, 0);
    assert_ptr_not_equal(one, other);
    assert_true(tkai_servicekey_same(one, other));
    /* another library lies where that one did */
    memcpy(type + sizeof type - 5, "Two", 3);
    other = name_of(TKA_KEY_TYPE, type, 0);
    assert_ptr_not_equal(one, other);
    assert_memory_equal(tkai_name_text(other), "Two", 3);
    assert_false(tkai_servicekey_same(one, other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_and_places_add_up),
        cmocka_unit_test(nothing_is_trusted),
        cmocka_unit_test(types_are_the_arguments),
        cmocka_unit_test(keys_are_read_to_their_end),
        cmocka_unit_test(a_key_has_one_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
