/* elf_file - sections of a 64-bit little-endian ELF file in memory.
 *
 * The file is untrusted: every offset is checked against its size. Covers
 * relocatable objects, executables and shared libraries. An object may have many
 * sections of one name (one per COMDAT group).
 */
#ifndef TKA_ELF_FILE_H
#define TKA_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ElfSection {
    const char *name; /* ends within the file */
    const uint8_t *bytes;
    size_t size; /* 0 for one that takes no space in the file */
} ElfSection;

typedef enum ElfKind {
    ELF_NONE,    /* not ELF */
    ELF_FOREIGN, /* ELF, but 32-bit or big-endian */
    ELF_DAMAGED, /* its headers point outside of it */
    ELF_OBJECT,  /* relocatable */
    ELF_LINKED   /* executable or shared library */
} ElfKind;

typedef void ElfVisitor(void *context, const ElfSection *section);

/* Not elf_kind(): libelf, which libdw uses, has one. */
ElfKind elf_file_kind(const uint8_t *bytes, size_t size);

/* Visit the sections of an ELF_OBJECT or ELF_LINKED; others have none. Sections
 * that lie outside of the file are left out. */
void elf_sections(const uint8_t *bytes, size_t size, ElfVisitor *visit, void *context);

typedef enum ElfSymbol {
    ELF_SYMBOL_ABSENT, /* not in the symbol tables, which may be stripped */
    ELF_SYMBOL_UNDEFINED,
    ELF_SYMBOL_DEFINED
} ElfSymbol;

/* What the symbol tables say of a name; defined in one of them is defined. */
ElfSymbol elf_symbol(const uint8_t *bytes, size_t size, const char *name);

/* The function whose code has this address (in the file's own sections); NULL when
 * the tables have none. The name ends within the file. */
const char *elf_function_at(const uint8_t *bytes, size_t size, uint64_t address);

#endif
