#include "arglist.h"

#include <string.h>

void args_add(ArgList *list, const char *argument)
{
    if (list->count == list->capacity) {
        list->items = arena_grow(list->arena, list->items, list->count, &list->capacity,
                                 sizeof *list->items);
    }
    list->items[list->count++] = argument;
}

void args_add_all(ArgList *list, const char *const *arguments)
{
    for (; *arguments; arguments++) {
        args_add(list, *arguments);
    }
}

char **args_vector(const ArgList *list)
{
    char **vector = arena_alloc(list->arena, (list->count + 1) * sizeof *vector);

    if (list->count) {
        memcpy(vector, list->items, list->count * sizeof *vector);
    }
    return vector;
}
