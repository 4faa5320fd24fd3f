/* lambdascan - the annotation of a lambda, which libclang does not tell of.
 *
 *     [a](int x) TKA_PROFILE { ... }
 *
 * It is looked for in the text between the lambda's bracket and its brace,
 * outside of parentheses, strings and comments.
 */
#ifndef TKA_CC_LAMBDASCAN_H
#define TKA_CC_LAMBDASCAN_H

#include "site.h"

typedef struct LambdaAnnotation {
    Annotation annotation;
    const char *given_name; /* in the arena, or NULL */
    size_t offset;          /* in the text */
} LambdaAnnotation;

/* False when there is none. */
bool lambdascan_find(LambdaAnnotation *found, Arena *arena, const char *text,
                     size_t length);

#endif
