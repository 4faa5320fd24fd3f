/* resulttype - what can be said of a result by its type, and how the type is written.
 */
#ifndef TKA_CC_RESULTTYPE_H
#define TKA_CC_RESULTTYPE_H

#include "arena.h"
#include "clangapi.h"

#include <stdbool.h>

typedef enum ResultForm {
    RESULT_OTHER, /* it may not be touched, and says nothing */
    RESULT_VOID,
    RESULT_POINTER,
    RESULT_FUNCTION, /* a pointer to one */
    RESULT_BOOL,
    RESULT_SIGNED,
    RESULT_UNSIGNED, /* and enumerations */
    RESULT_REFERENCE,
    RESULT_SMART,    /* a pointer whose moves nobody can see */
    RESULT_TESTABLE, /* another class that converts to bool */
    RESULT_DEPENDENT /* on a template's arguments */
} ResultForm;

ResultForm resulttype_form(const ClangApi *clang, Arena *arena, CXType result);

/* How a function's result type is written where its body begins; NULL: not at all,
 * or something else has that name there. */
const char *resulttype_spell(const ClangApi *clang, Arena *arena, CXType type,
                             CXCursor function);

/* A type without references and const, as clang would write it out. */
const char *resulttype_name(const ClangApi *clang, Arena *arena, CXType type);

/* By that name: a smart pointer whose moves nobody can see, a std::optional. */
bool resulttype_is_smart(const char *name);
bool resulttype_has_deleter(
    const char *name); /* a smart pointer whose moves can be seen */
bool resulttype_is_optional(const char *name);

#endif
