/* returntext - a return statement's parts in the source's text.
 */
#ifndef TKA_CC_RETURNTEXT_H
#define TKA_CC_RETURNTEXT_H

#include "arena.h"
#include "sources.h"

typedef struct ReturnText {
    size_t keyword;    /* offset of `return` */
    size_t expression; /* behind the keyword */
    size_t semicolon;
    const char *value; /* the expression, without blanks, comments and, if it is a
                          name, parentheses around it */
    bool is_braced;    /* it begins with a brace */
    bool is_name;      /* it is one identifier */
} ReturnText;

/* False: at the offset there is no return statement to be read, or it does not end
 * where libclang says that its expression does, at `end` (0: libclang cannot know). */
bool returntext_read(ReturnText *parts, Arena *arena, const SourceFile *source,
                     size_t keyword, size_t end);

/* How many returns stand in a part of the text, whatever conditionals leave out. */
size_t returntext_count(Arena *arena, const SourceFile *source, size_t from, size_t to);

#endif
