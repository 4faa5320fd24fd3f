/* roletext - what is inserted for a role, and what the site's text says of it; the
 * forms are specified in tka/roles.h.
 */
#ifndef TKA_CC_ROLETEXT_H
#define TKA_CC_ROLETEXT_H

#include "arena.h"
#include "role.h"

/* `text` with the number in it. */
char *roletext_number(Arena *arena, const char *text, unsigned number);

void roletext_refuse(Arena *arena, Role *role, const char *what, const char *why);

/* Give up the roles that need the edits: they cannot all be made. */
void roletext_drop_edits(Arena *arena, Role *role, const char *why);

/* Give up all roles. */
void roletext_drop_all(Arena *arena, Role *role, const char *why);

bool roletext_has_any(const Role *role);

/* The lines of the site's field; NULL: it has none. The strings may hold anything. */
const char **roletext_lines(Arena *arena, const Role *role, size_t *count);

#endif
