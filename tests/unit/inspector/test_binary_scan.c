#include "unit.h"

#include <ar.h>
#include <elf.h>
#include <stdio.h>

#include "archive_file.h"
#include "binary_scan.h"
#include "elf_file.h"
#include "site_text.h"

static const char texts[] = "1\tf\tparse(int)\tparse\t/src/a.c\t12\t7\t\0"
                            "\0\0"
                            "1\ts\tskip\tskip\t/src/a.c\t30\t2\talloca in a loop\0"
                            "2\tf\tfuture\0"
                            "1\tb\tloop\tparse\t/src/a.c\t14\t0\t";

/* An object with the sections "", ".shstrtab", "tka_text", ".symtab". */
typedef struct Image {
    Elf64_Ehdr header;
    Elf64_Shdr sections[4];
    Elf64_Sym symbols[3];
    char names[40];
    char text[sizeof texts];
} Image;

static Image make_image(void)
{
    Image image;

    memset(&image, 0, sizeof image);

    memcpy(image.header.e_ident, ELFMAG, SELFMAG);
    image.header.e_ident[EI_CLASS] = ELFCLASS64;
    image.header.e_ident[EI_DATA] = ELFDATA2LSB;
    image.header.e_type = ET_REL;
    image.header.e_shoff = offsetof(Image, sections);
    image.header.e_shentsize = sizeof(Elf64_Shdr);
    image.header.e_shnum = 4;
    image.header.e_shstrndx = 1;
    memcpy(image.names, "\0.shstrtab\0tka_text\0.symtab\0here", 33);
    image.symbols[1] = (Elf64_Sym){.st_name = 11};
    image.symbols[2] = (Elf64_Sym){.st_name = 28, .st_shndx = 2};
    image.sections[1] = (Elf64_Shdr){.sh_name = 1,
                                     .sh_type = SHT_STRTAB,
                                     .sh_offset = offsetof(Image, names),
                                     .sh_size = sizeof image.names};
    image.sections[2] = (Elf64_Shdr){.sh_name = 11,
                                     .sh_type = SHT_PROGBITS,
                                     .sh_offset = offsetof(Image, text),
                                     .sh_size = sizeof image.text};
    image.sections[3] = (Elf64_Shdr){.sh_name = 20,
                                     .sh_type = SHT_SYMTAB,
                                     .sh_link = 1,
                                     .sh_offset = offsetof(Image, symbols),
                                     .sh_size = sizeof image.symbols};
    memcpy(image.text, texts, sizeof texts);
    return image;
}

static void scan(const void *bytes, size_t size, Coverage *coverage, ScanCount *count)
{
    uint8_t *copy = unit_exact_copy(bytes, size);

    binary_scan_bytes("x.o", copy, size, coverage, count);
    elf_symbol(copy, size, "here");
    free(copy);
}

static void an_object_tells_its_annotations(void **state)
{
    Image image = make_image();
    Coverage coverage = {0};
    ScanCount count = {0};

    (void)state;
    scan(&image, sizeof image, &coverage, &count);
    coverage_finish(&coverage);
    assert_int_equal(count.files, 1);
    assert_int_equal(count.with, 1);
    assert_int_equal(count.unknown, 1);
    assert_int_equal(count.damaged, 0);
    assert_int_equal(coverage.instrumented, 2);
    assert_int_equal(coverage.skipped, 1);
    assert_string_equal(coverage.items[0].function.name, "parse(int)");
    assert_int_equal(coverage.items[0].function.line, 12);
    assert_string_equal(coverage.items[1].function.kind, "block");
    assert_string_equal(coverage.items[2].reason, "alloca in a loop");
    coverage_release(&coverage);
}

static void symbols_are_found(void **state)
{
    Image image = make_image();
    const uint8_t *bytes = (const uint8_t *)&image;

    (void)state;
    assert_int_equal(elf_symbol(bytes, sizeof image, "here"), ELF_SYMBOL_DEFINED);
    assert_int_equal(elf_symbol(bytes, sizeof image, "tka_text"), ELF_SYMBOL_UNDEFINED);
    assert_int_equal(elf_symbol(bytes, sizeof image, "her"), ELF_SYMBOL_ABSENT);
}

static void other_files_are_told_apart(void **state)
{
    Image image = make_image();

    (void)state;
    assert_int_equal(elf_file_kind((const uint8_t *)"#!/bin/sh", 9), ELF_NONE);
    assert_int_equal(elf_file_kind((const uint8_t *)ELFMAG, 4), ELF_DAMAGED);
    image.header.e_ident[EI_CLASS] = ELFCLASS32;
    assert_int_equal(elf_file_kind((const uint8_t *)&image, sizeof image), ELF_FOREIGN);
    image.header.e_ident[EI_CLASS] = ELFCLASS64;
    image.header.e_shoff = UINT64_MAX - 8;
    assert_int_equal(elf_file_kind((const uint8_t *)&image, sizeof image), ELF_DAMAGED);
}

/* Make an archive: a table of long names, then the image under one of them. */
static size_t make_archive(char *to, const Image *image)
{
    char *at = to;

    at += sprintf(at, ARMAG "%-48s%-10d`\n", "//", 20);
    memcpy(at, "a_rather_long_n.o/\n\n", 20);
    at += 20;
    at += sprintf(at, "%-48s%-10zu`\n", "/0", sizeof *image);
    memcpy(at, image, sizeof *image);
    return (size_t)(at - to) + sizeof *image;
}

static void archives_are_opened(void **state)
{
    char bytes[2048];
    Image image = make_image();
    size_t size = make_archive(bytes, &image);
    Coverage coverage = {0};
    ScanCount count = {0};

    (void)state;
    scan(bytes, size, &coverage, &count);
    assert_int_equal(count.files, 1);
    assert_int_equal(count.damaged, 0);
    assert_int_equal(coverage.count, 3);
    assert_string_equal(coverage.items[0].module, "x.o(a_rather_long_n.o)");
    coverage_release(&coverage);
}

static void every_truncation_is_safe(void **state)
{
    char bytes[2048];
    Image image = make_image();
    size_t size = make_archive(bytes, &image);

    (void)state;
    for (size_t i = 0; i < sizeof image; i++) {
        Coverage coverage = {0};
        ScanCount count = {0};

        scan(&image, i, &coverage, &count);
        coverage_release(&coverage);
    }
    for (size_t i = 0; i < size; i++) {
        Coverage coverage = {0};
        ScanCount count = {0};

        scan(bytes, i, &coverage, &count);
        coverage_release(&coverage);
    }
}

static void random_damage_is_safe(void **state)
{
    char clean[2048], bytes[2048];
    Image image = make_image();
    size_t size = make_archive(clean, &image);
    uint64_t random = 7;

    (void)state;
    for (int i = 0; i < 40000; i++) {
        Coverage coverage = {0};
        ScanCount count = {0};
        bool archive = i % 2;
        size_t length = archive ? size : sizeof image;
        int changes = 1 + (int)(unit_random(&random) % 8);

        memcpy(bytes, archive ? clean : (const char *)&image, length);
        while (changes-- > 0) {
            uint64_t value = unit_random(&random);

            value = value % 4 == 0 ? UINT64_MAX : value >> (value % 57);
            bytes[unit_random(&random) % length] = (char)value;
        }
        scan(bytes, length, &coverage, &count);
        coverage_release(&coverage);
    }
}

static void count_site(void *context, const SiteText *site)
{
    *(size_t *)context += strlen(site->name) + strlen(site->reason);
}

static void random_sections_are_safe(void **state)
{
    static const char letters[] = "1\t\tfs\0a";
    uint64_t random = 3;
    size_t seen = 0;

    (void)state;
    for (int i = 0; i < 40000; i++) {
        uint8_t bytes[64], *copy;
        size_t size = unit_random(&random) % sizeof bytes;

        for (size_t j = 0; j < size; j++) {
            bytes[j] = (uint8_t)letters[unit_random(&random) % (sizeof letters - 1)];
        }
        copy = unit_exact_copy(bytes, size);
        site_texts(copy, size, count_site, &seen);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_tells_its_annotations),
        cmocka_unit_test(symbols_are_found),
        cmocka_unit_test(other_files_are_told_apart),
        cmocka_unit_test(archives_are_opened),
        cmocka_unit_test(every_truncation_is_safe),
        cmocka_unit_test(random_damage_is_safe),
        cmocka_unit_test(random_sections_are_safe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
