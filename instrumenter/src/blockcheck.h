/* blockcheck - recognise TKA_BLOCK in the tree, and tell whether a declaration
 * at the block's start would be jumped over.
 */
#ifndef TKA_CC_BLOCKCHECK_H
#define TKA_CC_BLOCKCHECK_H

#include "arena.h"
#include "clangapi.h"

#include <stdbool.h>

typedef struct BlockParts {
    const char *name;
    CXCursor body;
    bool has_body;
    unsigned statements;
} BlockParts;

/* True when the if statement is what TKA_BLOCK expands to. */
bool blockcheck_parts(const ClangApi *clang, Arena *arena, CXCursor statement,
                      BlockParts *parts);

/* The reason why control may enter the block other than by its brace, or NULL.
 * `function` is the body of the enclosing function. */
const char *blockcheck_jumps(const ClangApi *clang, Arena *arena, CXCursor function,
                             CXCursor block);

#endif
