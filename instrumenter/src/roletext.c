#include "roletext.h"

#include <string.h>

static const char *const names[ROLEKINDS] = {
    "lookup:", "put:", "evict:", "load:", "resolver", "constructs", "memory"};

char *roletext_number(Arena *arena, const char *text, unsigned number)
{
    char *result = arena_strdup(arena, "");

    for (;;) {
        size_t length = strcspn(text, ROLE_DIGITS);

        result = arena_printf(arena, "%s%.*s", result, (int)length, text);
        if (!text[length]) {
            return result;
        }
        result = arena_printf(arena, "%s%u", result, number);
        text += length + 1;
    }
}

void roletext_refuse(Arena *arena, Role *role, const char *what, const char *why)
{
    if (role->refusal_count == role->refusal_capacity) {
        role->refusals = arena_grow(arena, role->refusals, role->refusal_count,
                                    &role->refusal_capacity, sizeof *role->refusals);
    }
    role->refusals[role->refusal_count++] = arena_printf(arena, "%s: %s", what, why);
}

void roletext_drop_edits(Arena *arena, Role *role, const char *why)
{
    static const RoleKind kinds[] = {ROLEKIND_LOOKUP, ROLEKIND_RESOLVER};
    static const char *const words[] = {"lookup", "resolver"};

    for (size_t i = 0; i < 2; i++) {
        if (role->has[kinds[i]]) {
            role->has[kinds[i]] = false;
            roletext_refuse(arena, role, words[i], why);
        }
    }
    role->edit_count = 0;
}

void roletext_drop_all(Arena *arena, Role *role, const char *why)
{
    for (size_t i = 0; i < ROLEKINDS; i++) {
        int length = (int)strcspn(names[i], ":");

        if (role->has[i]) {
            role->has[i] = false;
            roletext_refuse(arena, role, arena_printf(arena, "%.*s", length, names[i]),
                            why);
        }
    }
    role->edit_count = 0;
}

bool roletext_has_any(const Role *role)
{
    for (size_t i = 0; role && i < ROLEKINDS; i++) {
        if (role->has[i]) {
            return true;
        }
    }
    return false;
}

const char **roletext_lines(Arena *arena, const Role *role, size_t *count)
{
    const char **lines = NULL;

    *count = 0;
    if (!role) {
        return NULL;
    }
    lines = arena_alloc(arena, (ROLEKINDS + role->refusal_count + 1) * sizeof *lines);
    for (size_t i = 0; i < ROLEKINDS; i++) {
        if (role->has[i]) {
            lines[(*count)++] = arena_printf(arena, "%s%s", names[i],
                                             i == ROLEKIND_RESOLVER ? role->enumerators
                                             : i <= ROLEKIND_LOAD   ? role->name[i]
                                                                    : "");
        }
    }
    for (size_t i = 0; i < role->refusal_count; i++) {
        lines[(*count)++] = arena_printf(arena, "refused:%s", role->refusals[i]);
    }
    return lines;
}
