#include "elf_file.h"

#include <elf.h>
#include <string.h>

/* The parts of the file that lead to its sections. */
typedef struct Layout {
    Elf64_Ehdr header;
    uint64_t count;        /* sections */
    Elf64_Shdr name_table; /* section that holds the names */
} Layout;

static bool inside(uint64_t offset, uint64_t length, size_t size)
{
    return offset <= size && length <= size - offset;
}

/* Headers are copied out: nothing promises their alignment. */
static bool read_section(const uint8_t *bytes, size_t size, const Elf64_Ehdr *header,
                         uint64_t index, Elf64_Shdr *section)
{
    uint64_t offset;

    if (index > size / sizeof *section ||
        !inside(header->e_shoff, index * sizeof *section, size)) {
        return false;
    }
    offset = header->e_shoff + index * sizeof *section;
    if (!inside(offset, sizeof *section, size)) {
        return false;
    }
    memcpy(section, bytes + offset, sizeof *section);
    return true;
}

/* With 65,280 sections or more the count and the name table's index are in
 * section 0. */
static bool read_layout(const uint8_t *bytes, size_t size, Layout *layout)
{
    const Elf64_Ehdr *header = &layout->header;
    Elf64_Shdr first;
    uint64_t names;

    if (size < sizeof *header) {
        return false;
    }
    memcpy(&layout->header, bytes, sizeof *header);
    layout->count = 0;
    if (header->e_shoff == 0) {
        return true;
    }
    if (header->e_shentsize != sizeof first ||
        !read_section(bytes, size, header, 0, &first)) {
        return false;
    }
    layout->count = header->e_shnum ? header->e_shnum : first.sh_size;
    names = header->e_shstrndx == SHN_XINDEX ? first.sh_link : header->e_shstrndx;
    return layout->count <= (size - header->e_shoff) / sizeof first &&
           names < layout->count &&
           read_section(bytes, size, header, names, &layout->name_table) &&
           inside(layout->name_table.sh_offset, layout->name_table.sh_size, size);
}

ElfKind elf_file_kind(const uint8_t *bytes, size_t size)
{
    Layout layout;

    if (size < SELFMAG || memcmp(bytes, ELFMAG, SELFMAG) != 0) {
        return ELF_NONE;
    }
    if (size < EI_NIDENT) {
        return ELF_DAMAGED;
    }
    if (bytes[EI_CLASS] != ELFCLASS64 || bytes[EI_DATA] != ELFDATA2LSB) {
        return ELF_FOREIGN;
    }
    if (!read_layout(bytes, size, &layout)) {
        return ELF_DAMAGED;
    }
    return layout.header.e_type == ET_REL ? ELF_OBJECT : ELF_LINKED;
}

/* NULL when the name does not end within the table. */
static const char *section_name(const uint8_t *bytes, const Layout *layout,
                                const Elf64_Shdr *section)
{
    const Elf64_Shdr *table = &layout->name_table;
    const char *name;

    if (section->sh_name >= table->sh_size) {
        return NULL;
    }
    name = (const char *)bytes + table->sh_offset + section->sh_name;
    return memchr(name, '\0', table->sh_size - section->sh_name) ? name : NULL;
}

void elf_sections(const uint8_t *bytes, size_t size, ElfVisitor *visit, void *context)
{
    Layout layout;
    Elf64_Shdr section;

    if (elf_file_kind(bytes, size) < ELF_OBJECT || !read_layout(bytes, size, &layout)) {
        return;
    }
    for (uint64_t i = 0; i < layout.count; i++) {
        ElfSection found;

        if (!read_section(bytes, size, &layout.header, i, &section) ||
            !(found.name = section_name(bytes, &layout, &section))) {
            continue;
        }
        found.size = section.sh_type == SHT_NOBITS ? 0 : section.sh_size;
        if (inside(section.sh_offset, found.size, size)) {
            found.bytes = bytes + section.sh_offset;
            visit(context, &found);
        } else if (section.sh_type == SHT_NOBITS) {
            found.bytes = bytes;
            visit(context, &found);
        }
    }
}

/* --- symbols ---------------------------------------------------------------- */

/* The symbols of one table. */
static ElfSymbol symbol_in(const uint8_t *bytes, const Elf64_Shdr *table,
                           const Elf64_Shdr *names, const char *name)
{
    size_t length = strlen(name) + 1;
    ElfSymbol state = ELF_SYMBOL_ABSENT;

    for (uint64_t at = 0; at + sizeof(Elf64_Sym) <= table->sh_size;
         at += sizeof(Elf64_Sym)) {
        Elf64_Sym symbol;

        memcpy(&symbol, bytes + table->sh_offset + at, sizeof symbol);
        if (symbol.st_name < names->sh_size &&
            length <= names->sh_size - symbol.st_name &&
            !memcmp(bytes + names->sh_offset + symbol.st_name, name, length)) {
            state =
                symbol.st_shndx == SHN_UNDEF ? ELF_SYMBOL_UNDEFINED : ELF_SYMBOL_DEFINED;
            if (state == ELF_SYMBOL_DEFINED) {
                break;
            }
        }
    }
    return state;
}

/* The next symbol table with its names, from section *at on. */
static bool next_table(const uint8_t *bytes, size_t size, const Layout *layout,
                       uint64_t *at, Elf64_Shdr found[2])
{
    Elf64_Shdr *table = &found[0], *names = &found[1];

    while (*at < layout->count) {
        if (read_section(bytes, size, &layout->header, (*at)++, table) &&
            (table->sh_type == SHT_SYMTAB || table->sh_type == SHT_DYNSYM) &&
            inside(table->sh_offset, table->sh_size, size) &&
            table->sh_link < layout->count &&
            read_section(bytes, size, &layout->header, table->sh_link, names) &&
            inside(names->sh_offset, names->sh_size, size)) {
            return true;
        }
    }
    return false;
}

ElfSymbol elf_symbol(const uint8_t *bytes, size_t size, const char *name)
{
    ElfSymbol state = ELF_SYMBOL_ABSENT;
    Elf64_Shdr found[2];
    Layout layout;
    uint64_t at = 0;

    if (elf_file_kind(bytes, size) < ELF_OBJECT || !read_layout(bytes, size, &layout)) {
        return state;
    }
    while (state != ELF_SYMBOL_DEFINED && next_table(bytes, size, &layout, &at, found)) {
        ElfSymbol said = symbol_in(bytes, &found[0], &found[1], name);

        state = said > state ? said : state;
    }
    return state;
}

static const char *function_in(const uint8_t *bytes, const Elf64_Shdr found[2],
                               uint64_t address)
{
    const Elf64_Shdr *table = &found[0], *names = &found[1];

    for (uint64_t at = 0; at + sizeof(Elf64_Sym) <= table->sh_size;
         at += sizeof(Elf64_Sym)) {
        Elf64_Sym symbol;
        const char *name;

        memcpy(&symbol, bytes + table->sh_offset + at, sizeof symbol);
        if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF ||
            address < symbol.st_value || address - symbol.st_value >= symbol.st_size ||
            symbol.st_name >= names->sh_size) {
            continue;
        }
        name = (const char *)bytes + names->sh_offset + symbol.st_name;
        if (memchr(name, '\0', names->sh_size - symbol.st_name)) {
            return name;
        }
    }
    return NULL;
}

const char *elf_function_at(const uint8_t *bytes, size_t size, uint64_t address)
{
    const char *name = NULL;
    Elf64_Shdr found[2];
    Layout layout;
    uint64_t at = 0;

    if (elf_file_kind(bytes, size) < ELF_OBJECT || !read_layout(bytes, size, &layout)) {
        return NULL;
    }
    while (!name && next_table(bytes, size, &layout, &at, found)) {
        name = function_in(bytes, found, address);
    }
    return name;
}
