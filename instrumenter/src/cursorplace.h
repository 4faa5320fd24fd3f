/* cursorplace - libclang's locations as files and offsets of the source set.
 */
#ifndef TKA_CC_CURSORPLACE_H
#define TKA_CC_CURSORPLACE_H

#include "clangapi.h"
#include "findings.h"

/* File index and byte offset of a location, as the file's bytes count; -1: none. Of
 * what a macro's argument holds that is where the argument stands. */
int cursorplace_find(const ClangApi *clang, const ParseRequest *request,
                     CXSourceLocation location, size_t *offset);

/* The macro in whose argument the place lies; "" when its name is not in a file; NULL:
 * no macro is between. `file` and `offset` are what cursorplace_find() said. */
const char *cursorplace_macro(const ClangApi *clang, const ParseRequest *request,
                              CXSourceLocation location, int file, size_t offset);

/* The identifier at an offset. */
char *cursorplace_word(const ParseRequest *request, int file, size_t offset);

#endif
