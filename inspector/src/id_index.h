/* id_index - from a database id to a place in an array.
 *
 *     IdIndex index = {0};
 *     size_t *place = id_index_slot(&index, id, &is_new);
 *     if (is_new) *place = append(...);
 *
 * Open addressing; a slot's address is valid until the next call.
 */
#ifndef TKA_ID_INDEX_H
#define TKA_ID_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct IdEntry {
    int64_t id;
    size_t place;
    bool used;
} IdEntry;

typedef struct IdIndex {
    IdEntry *entries;
    size_t count, capacity; /* capacity: power of two */
} IdIndex;

/* The slot of id, made (with place 0) when it is new. */
size_t *id_index_slot(IdIndex *index, int64_t id, bool *is_new);

/* The slot of id; NULL when it is not there. */
size_t *id_index_find(const IdIndex *index, int64_t id);

void id_index_release(IdIndex *index);

#endif
