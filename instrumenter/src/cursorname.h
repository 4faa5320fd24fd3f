/* cursorname - a function's name as its users write it.
 *
 * C: `parse`. C++: qualified, with parameter types and constness, a template as
 * its pattern: `ns::Class::method(int, const std::string &) const`. Results live
 * in the arena.
 */
#ifndef TKA_CC_CURSORNAME_H
#define TKA_CC_CURSORNAME_H

#include "arena.h"
#include "clangapi.h"

#include <stdbool.h>

/* A libclang string, copied and disposed of. */
char *cursorname_take(const ClangApi *clang, Arena *arena, CXString string);

char *cursorname_bare(const ClangApi *clang, Arena *arena, CXCursor cursor);
char *cursorname_qualified(const ClangApi *clang, Arena *arena, CXCursor cursor);

#endif
