#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>

#include "memorymap.h"

static int global = 7;

static const struct tkai_mapping *mapping_of(const struct tkai_memorymap *map, const void *at)
{
    for (size_t i = 0; i < map->count; i++) {
        if ((uintptr_t)at >= map->at[i].range.low && (uintptr_t)at < map->at[i].range.high) {
            return &map->at[i];
        }
    }
    return NULL;
}

static void mappings_are_told(void **state)
{
    char *shared = mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct tkai_memorymap map;
    const struct tkai_mapping *mapping;
    int local = 0;

    (void)state;
    assert_int_equal(tkai_memorymap_read(&map), 0);
    for (size_t i = 1; i < map.count; i++) {
        assert_true(map.at[i - 1].range.high <= map.at[i].range.low);
    }
    mapping = mapping_of(&map, &local);
    assert_non_null(mapping);
    assert_int_equal(mapping->kind, TKAI_MAPPING_STACK);
    assert_true(mapping->readable && mapping->writable && !mapping->shared);
    mapping = mapping_of(&map, &global);
    assert_non_null(mapping);
    assert_int_equal(mapping->kind, TKAI_MAPPING_FILE);
    assert_string_equal(tkai_mapping_base_name(mapping), "test_memorymap");
    mapping = mapping_of(&map, shared);
    assert_non_null(mapping);
    assert_true(mapping->readable && !mapping->writable && mapping->shared);
    tkai_memorymap_release(&map);
    munmap(shared, 4096);
}

static void data_of_the_program_has_its_bss(void **state)
{
    static char bss[20000];
    struct tkai_memorymap map;
    struct tkai_ranges ranges = {0};
    size_t at, i = 0;

    (void)state;
    assert_int_equal(tkai_memorymap_read(&map), 0);
    while (strcmp(tkai_mapping_base_name(&map.at[i]), "test_memorymap") != 0) {
        i++;
        assert_true(i < map.count);
    }
    assert_int_equal(tkai_mapping_add_data(&map.at[i], &ranges), 0);
    tkai_ranges_sort(&ranges);
    at = tkai_ranges_find(&ranges, (uintptr_t)&global);
    assert_true(at < ranges.count && ranges.at[at].low <= (uintptr_t)&global);
    assert_true(ranges.at[at].high >= (uintptr_t)(bss + sizeof bss));
    assert_true(ranges.at[at].high <= (uintptr_t)(bss + sizeof bss) + 65536);
    tkai_ranges_release(&ranges);
    tkai_memorymap_release(&map);
}

/* More lines than the first attempt has room for. */
static void many_mappings_are_told(void **state)
{
    enum { COUNT = 8000 };
    static char *at[COUNT];
    struct tkai_memorymap map;

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        at[i] = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_ptr_not_equal(at[i], MAP_FAILED);
        mprotect(at[i], 4096, PROT_NONE);
    }
    assert_int_equal(tkai_memorymap_read(&map), 0);
    assert_true(map.count >= 2 * COUNT - 2);
    for (int i = 0; i < COUNT; i += 97) {
        assert_non_null(mapping_of(&map, at[i]));
        assert_int_equal(mapping_of(&map, at[i])->readable, 0);
    }
    tkai_memorymap_release(&map);
    for (int i = 0; i < COUNT; i++) {
        munmap(at[i], 8192);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mappings_are_told),
        cmocka_unit_test(data_of_the_program_has_its_bss),
        cmocka_unit_test(many_mappings_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
