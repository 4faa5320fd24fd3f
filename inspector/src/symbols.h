/* symbols - what is at an address of an executable or library: function, file, line.
 *
 *     Symbols *symbols = symbols_new();
 *     SymbolPlace place = symbols_find(symbols, path, build_id, address);
 *     ... place.frames.items[place.shown] ...
 *     symbol_place_release(&place);
 *     symbols_free(symbols);
 *
 * Files stay open until the end. A file that is not the one that ran, by its build id,
 * is not asked: what it says would be wrong.
 */
#ifndef TKA_SYMBOLS_H
#define TKA_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#include "symbol_reader.h"

typedef struct Symbols Symbols;

typedef struct SymbolPlace {
    SymbolFrames frames; /* functions are demangled; may be empty */
    size_t shown;        /* of them, the innermost that is not in a system header */
    const char *problem; /* why there are none; NULL: nothing wrong. static */
} SymbolPlace;

Symbols *symbols_new(void);
void symbols_free(Symbols *symbols);

/* What an address belongs to; of a return address, pass it less 1. build_id "": not
 * known, any will do. */
SymbolPlace symbols_find(Symbols *symbols, const char *path, const char *build_id,
                         uint64_t address);
void symbol_place_release(SymbolPlace *place);

/* By one reader; for tests. */
Symbols *symbols_new_by(const SymbolReader *reader);

/* A C++ name as it is written; a copy of any other. The caller frees it. */
char *symbols_demangle(const char *name);

#endif
