/* rules - the file that selects functions without touching the source.
 *
 *     # comment
 *     ALL                          every function outside system headers
 *     INCLUDE FILE     src/lex*
 *     EXCLUDE FILE     vendor*
 *     INCLUDE FUNCTION parse_*
 *     EXCLUDE FUNCTION *::operator*
 *     MIN_STATEMENTS   3
 *
 * Of all lines that match a function the last one decides. A file glob matches
 * the whole path or, unless it begins with a slash, its end from some folder on.
 * Everything lives in the arena.
 */
#ifndef TKA_CC_RULES_H
#define TKA_CC_RULES_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum RuleKind { RULE_ALL, RULE_FILE, RULE_FUNCTION } RuleKind;

typedef struct Rule {
    RuleKind kind;
    bool include;
    const char *glob;
} Rule;

typedef struct Rules {
    Rule *items;
    size_t count, capacity;
    unsigned min_statements;
} Rules;

typedef enum RuleVerdict {
    VERDICT_NONE, /* no line says anything */
    VERDICT_INCLUDE,
    VERDICT_EXCLUDE
} RuleVerdict;

void rules_add_all(Rules *rules, Arena *arena);

/* False, and *error a `file:line: text`, when the file is not readable or wrong. */
bool rules_read(Rules *rules, Arena *arena, const char *path, const char **error);

RuleVerdict rules_judge(const Rules *rules, const char *path, const char *function,
                        const char *bare_name);

/* Whether some function of the file could be included. */
bool rules_concern_file(const Rules *rules, const char *path);

#endif
