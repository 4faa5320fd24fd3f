/* role - what a function is to the program beside being profiled: see tka/roles.h.
 *
 * traverse writes a wish, from annotations and rules; rolescan makes a role of it,
 * with what is to be inserted; roletext prints that. Inserted text has the byte
 * ROLE_NUMBER where the site's number goes. Everything lives in the unit's arena.
 */
#ifndef TKA_CC_ROLE_H
#define TKA_CC_ROLE_H

#include <stdbool.h>
#include <stddef.h>

/* In the order in which the site's text names them. */
typedef enum RoleKind {
    ROLEKIND_LOOKUP,
    ROLEKIND_PUT,
    ROLEKIND_EVICT,
    ROLEKIND_LOAD,
    ROLEKIND_RESOLVER,
    ROLEKIND_CONSTRUCTS,
    ROLEKIND_MEMORY,
    ROLEKINDS
} RoleKind;

#define ROLE_NUMBER '\001'
#define ROLE_DIGITS "\001" /* the same, within a literal */

typedef struct RoleWish {
    bool wanted[ROLEKINDS];
    const char *name[ROLEKINDS]; /* the cache's; "": none */
    const char *key[ROLEKINDS];  /* of rules: a parameter's name, or TYPE; NULL: none */
} RoleWish;

/* Text that goes into a line of the source. */
typedef struct RoleEdit {
    size_t offset; /* in the candidate's file */
    unsigned line;
    size_t column;     /* bytes of the line before it */
    const char *macro; /* whose argument it is in, or NULL */
    const char *text;
} RoleEdit;

typedef struct Role {
    bool has[ROLEKINDS];
    const char *name[ROLEKINDS];
    const char *declarations[ROLEKINDS]; /* behind the probe; NULL: none */
    const char *enumerators;             /* ";1=ONE;2=TWO", of a resolver's key; or "" */
    RoleEdit *edits;                     /* in the order of their offsets */
    size_t edit_count, edit_capacity;
    bool asked;            /* by an annotation, so that the user hears of refusals */
    const char **refusals; /* "resolver: why", "cache key: why" */
    size_t refusal_count, refusal_capacity;
} Role;

#endif
