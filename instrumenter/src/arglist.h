/* arglist - an argument vector that grows, for building command lines.
 *
 *     ArgList command = {.arena = &arena};
 *     args_add(&command, "gcc");
 *     execvp(command.items[0], args_vector(&command));
 *
 * The strings are borrowed, usually from argv or from the arena, which also
 * holds the array: nothing to release. One thread.
 */
#ifndef TKA_CC_ARGLIST_H
#define TKA_CC_ARGLIST_H

#include "arena.h"

typedef struct ArgList {
    Arena *arena;
    const char **items;
    size_t count, capacity;
} ArgList;

void args_add(ArgList *list, const char *argument);

/* Add the strings up to a NULL. */
void args_add_all(ArgList *list, const char *const *arguments);

/* The items with a NULL behind them, as exec wants it. */
char **args_vector(const ArgList *list);

#endif
