#define _GNU_SOURCE
#include "unit.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>

#include "elf_file.h"
#include "elf_symbols.h"
#include "symbols.h"
#ifdef TKA_HAVE_LIBDW
#include "dwarf_symbols.h"
#endif

/* The address of a function of this program, in the file's own sections. */
static uint64_t address_of(void *function)
{
    Dl_info info;
    struct link_map *map;

    assert_int_not_equal(dladdr1(function, &info, (void **)&map, RTLD_DL_LINKMAP), 0);
    return (uint64_t)(uintptr_t)function - map->l_addr;
}

__attribute__((noinline)) static int is_here(int value)
{
    return value + 1;
}

static void find_own_function(const SymbolReader *reader)
{
    Symbols *symbols = symbols_new_by(reader);
    SymbolPlace place = symbols_find(symbols, "/proc/self/exe", "",
                                     address_of((void *)(uintptr_t)is_here));

    assert_null(place.problem);
    assert_int_equal(place.frames.count, 1);
    assert_string_equal(place.frames.items[0].function, "is_here");
    symbol_place_release(&place);

    place = symbols_find(symbols, "/proc/self/exe", "00", 1);
    assert_non_null(strstr(place.problem, "another build"));
    assert_int_equal(place.frames.count, 0);
    symbol_place_release(&place);
    place = symbols_find(symbols, "/no/such/file", "", 1);
    assert_non_null(strstr(place.problem, "not there"));
    symbol_place_release(&place);
    place = symbols_find(symbols, "/etc/passwd", "", 1);
    assert_non_null(strstr(place.problem, "cannot be read"));
    symbol_place_release(&place);
    symbols_free(symbols);
}

static void own_function_is_found(void **state)
{
    (void)state;
    assert_int_equal(is_here(1), 2);
    find_own_function(&elf_symbols);
#ifdef TKA_HAVE_LIBDW
    find_own_function(&dwarf_symbols);
#endif
}

static void build_ids_agree(void **state)
{
    void *file = elf_symbols.open("/proc/self/exe");
    char *ours = elf_symbols.build_id(file);

    (void)state;
    elf_symbols.close(file);
#ifdef TKA_HAVE_LIBDW
    {
        char *theirs;

        file = dwarf_symbols.open("/proc/self/exe");
        theirs = dwarf_symbols.build_id(file);
        dwarf_symbols.close(file);
        assert_string_equal(ours, theirs);
        free(theirs);
    }
#endif
    free(ours);
}

static void names_are_demangled(void **state)
{
    char *plain = symbols_demangle("main"), *broken = symbols_demangle("_Znot");
    char *method = symbols_demangle("_ZN2ns3MapIiE2atEi");

    (void)state;
    assert_string_equal(plain, "main");
    assert_string_equal(broken, "_Znot");
    assert_true(!strcmp(method, "ns::Map<int>::at(int)") ||
                !strcmp(method, "_ZN2ns3MapIiE2atEi")); /* without a C++ library */
    free(plain);
    free(broken);
    free(method);
}

/* Damaged in one byte, the file is read without a fault. */
static void damaged_files_are_survived(void **state)
{
    FILE *file = fopen("/proc/self/exe", "rb");
    uint64_t seed = 42;
    uint8_t *bytes;
    size_t size;

    (void)state;
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(size);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    for (int i = 0; i < 300; i++) {
        size_t tail = size > 8192 ? 8192 : size;
        size_t at =
            i % 2 ? unit_random(&seed) % 64 : size - 1 - unit_random(&seed) % tail;
        uint8_t old = bytes[at];

        bytes[at] = (uint8_t)unit_random(&seed);
        elf_function_at(bytes, size, unit_random(&seed) % size);
        bytes[at] = old;
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(own_function_is_found),
                                       cmocka_unit_test(build_ids_agree),
                                       cmocka_unit_test(names_are_demangled),
                                       cmocka_unit_test(damaged_files_are_survived)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
