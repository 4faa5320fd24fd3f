/* symbol_reader - what a reader of executables and libraries can do.
 *
 * Two there are: dwarf_symbols, by libdw, knows lines and inlined calls and finds
 * separate debug files; elf_symbols, our own, knows functions only. symbols.h takes the
 * better one that was built.
 */
#ifndef TKA_SYMBOL_READER_H
#define TKA_SYMBOL_READER_H

#include <stddef.h>
#include <stdint.h>

/* A call that was active at an address; "" and 0 for what is not known. */
typedef struct SymbolFrame {
    char *function; /* may be mangled */
    char *file;
    int64_t line;
} SymbolFrame;

/* Innermost first: inlined calls, then the function whose code it is. */
typedef struct SymbolFrames {
    SymbolFrame *items;
    size_t count, capacity;
} SymbolFrames;

typedef struct SymbolReader {
    void *(*open)(const char *path); /* NULL: cannot be read */
    void (*close)(void *file);
    char *(*build_id)(void *file); /* hex, "" without one; the caller frees it */
    /* Adds frames; the address is as in the file's own sections. */
    void (*find)(void *file, uint64_t address, SymbolFrames *frames);
} SymbolReader;

#endif
