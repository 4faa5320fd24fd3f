/* rules - the file that selects functions without touching the source.
 *
 *     # comment
 *     ALL                          every function outside system headers
 *     INCLUDE FILE     src/lex*
 *     EXCLUDE FILE     vendor*
 *     INCLUDE FUNCTION parse_*
 *     EXCLUDE FUNCTION *::operator*
 *     EXCLUDE FUNCTION hash IN FILE src/net*
 *     EXCLUDE MANGLED  _ZN3app6detail*
 *     MIN_STATEMENTS   3
 *     KEEP_LOOPS                   whatever the size of a function with a loop
 *     RESOLVES   FUNCTION find KEY name IN FILE container.h
 *     RESOLVES   FUNCTION *::resolve(* KEY TYPE
 *     CONSTRUCTS FUNCTION make_*
 *     CACHE "pages" FUNCTION page_find KEY number
 *     CACHE_PUT "pages" FUNCTION page_add    also CACHE_EVICT, CACHE_LOAD
 *     MEMORY     FUNCTION load_all
 *
 * The lines with a role include the function, too, whatever its size; in a system
 * header those whose IN FILE matches it.
 *
 * Of all lines that match a function the last one decides. A file glob matches
 * the whole path or, unless it begins with a slash, its end from some folder on.
 * Everything lives in the arena.
 */
#ifndef TKA_CC_RULES_H
#define TKA_CC_RULES_H

#include "arena.h"
#include "role.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum RuleKind { RULE_ALL, RULE_FILE, RULE_FUNCTION, RULE_MANGLED } RuleKind;

typedef struct Rule {
    RuleKind kind;
    bool include;
    const char *glob;
    const char *file; /* only in files that match; NULL: anywhere */
    bool has_role;
    RoleKind role;
    const char *name; /* of the role's cache, or "" */
    const char *key;  /* NULL: what annotations say */
} Rule;

typedef struct Rules {
    Rule *items;
    size_t count, capacity;
    unsigned min_statements;
    bool keep_loops;
    bool by_mangled; /* some line wants the mangled name */
    bool has_roles;
} Rules;

/* What a line is matched with. */
typedef struct RuleSubject {
    const char *path;
    const char *function, *bare_name;
    const char *mangled; /* "": not known */
} RuleSubject;

typedef enum RuleVerdict {
    VERDICT_NONE, /* no line says anything */
    VERDICT_INCLUDE,
    VERDICT_EXCLUDE
} RuleVerdict;

void rules_add_all(Rules *rules, Arena *arena);

/* False, and *error a `file:line: text`, when the file is not readable or wrong. */
bool rules_read(Rules *rules, Arena *arena, const char *path, const char **error);

RuleVerdict rules_judge(const Rules *rules, const RuleSubject *subject);

/* Whether a function's size keeps a rule from selecting it. */
bool rules_exclude_size(const Rules *rules, unsigned statements, bool has_loop);

/* Whether some function of the file could be included. */
bool rules_concern_file(const Rules *rules, const char *path);

/* Add the roles that lines give to the function. In a system header only lines that
 * name its file do. */
void rules_wish(const Rules *rules, const RuleSubject *subject, bool in_system_header,
                RoleWish *wish);

/* Whether some line with a role names the file, which is a system header. */
bool rules_want_system_file(const Rules *rules, const char *path);

#endif
