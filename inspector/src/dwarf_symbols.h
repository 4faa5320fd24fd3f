/* dwarf_symbols - functions, lines and inlined calls by libdw, which also looks for
 * separate debug files: /usr/lib/debug, .gnu_debuglink, $DEBUGINFOD_URLS.
 */
#ifndef TKA_DWARF_SYMBOLS_H
#define TKA_DWARF_SYMBOLS_H

#include "symbol_reader.h"

extern const SymbolReader dwarf_symbols;

#endif
