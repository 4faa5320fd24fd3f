/* elf_symbols - functions by the symbol tables of a 64-bit ELF file, without libraries.
 */
#ifndef TKA_ELF_SYMBOLS_H
#define TKA_ELF_SYMBOLS_H

#include "symbol_reader.h"

extern const SymbolReader elf_symbols;

#endif
