#include "site.h"

Candidate *candidates_add(CandidateList *list)
{
    if (list->count == list->capacity) {
        list->items = arena_grow(list->arena, list->items, list->count, &list->capacity,
                                 sizeof *list->items);
    }
    list->items[list->count] = arena_alloc(list->arena, sizeof **list->items);
    return list->items[list->count++];
}

void mentions_add(MentionList *list, const Mention *mention)
{
    if (list->count == list->capacity) {
        list->items = arena_grow(list->arena, list->items, list->count, &list->capacity,
                                 sizeof *list->items);
    }
    list->items[list->count++] = *mention;
}

void sites_add(SiteList *list, const Site *site)
{
    if (list->count == list->capacity) {
        list->items = arena_grow(list->arena, list->items, list->count, &list->capacity,
                                 sizeof *list->items);
    }
    list->items[list->count++] = *site;
}
