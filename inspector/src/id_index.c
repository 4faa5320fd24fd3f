#include "id_index.h"

#include <stdlib.h>

#include "allocation.h"

/* The entry of id, or the free one where it belongs. At most 3/4 are used. */
static IdEntry *locate(const IdIndex *index, int64_t id)
{
    /* Fibonacci hashing: ids are mostly consecutive, some are not. */
    uint64_t hash = (uint64_t)id * 0x9e3779b97f4a7c15u;
    size_t at = (size_t)(hash >> 20) & (index->capacity - 1);

    while (index->entries[at].used && index->entries[at].id != id) {
        at = (at + 1) & (index->capacity - 1);
    }
    return &index->entries[at];
}

static void grow(IdIndex *index)
{
    IdIndex larger = {.count = index->count,
                      .capacity = index->capacity ? index->capacity * 2 : 64};

    larger.entries = allocate_zeroed(larger.capacity, sizeof *larger.entries);
    for (size_t i = 0; i < index->capacity; i++) {
        if (index->entries[i].used) {
            *locate(&larger, index->entries[i].id) = index->entries[i];
        }
    }
    free(index->entries);
    *index = larger;
}

size_t *id_index_slot(IdIndex *index, int64_t id, bool *is_new)
{
    IdEntry *entry;

    if (index->count + 1 > index->capacity / 4 * 3) {
        grow(index);
    }
    entry = locate(index, id);
    *is_new = !entry->used;
    if (*is_new) {
        *entry = (IdEntry){.id = id, .used = true};
        index->count++;
    }
    return &entry->place;
}

size_t *id_index_find(const IdIndex *index, int64_t id)
{
    IdEntry *entry = index->capacity ? locate(index, id) : NULL;

    return entry && entry->used ? &entry->place : NULL;
}

void id_index_release(IdIndex *index)
{
    free(index->entries);
    *index = (IdIndex){0};
}
