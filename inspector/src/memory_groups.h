/* memory_groups - the allocations of a profile by function, path or place.
 *
 * By function: the profiled function that allocated; outside of all, the function that
 * the place belongs to, as far as that is known.
 */
#ifndef TKA_MEMORY_GROUPS_H
#define TKA_MEMORY_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

#include "memory_profile.h"

typedef enum MemoryBy { MEMORY_BY_FUNCTION, MEMORY_BY_PATH, MEMORY_BY_PLACE } MemoryBy;

typedef enum MemorySort {
    MEMORY_SORT_BYTES,
    MEMORY_SORT_LIVE,
    MEMORY_SORT_PEAK,
    MEMORY_SORT_AT_PEAK,
    MEMORY_SORT_ALLOCATIONS,
    MEMORY_SORT_COPIED
} MemorySort;

typedef struct MemoryGroup {
    size_t first; /* in MemoryGroups.order: its items */
    size_t count;
    MemoryFigures sum;
} MemoryGroup;

typedef struct MemoryGroups {
    MemoryGroup *items;
    size_t count, capacity;
    size_t *order; /* places of MemoryProfile.items, group by group */
} MemoryGroups;

/* kept: by item, which to take; NULL: all. Most bytes first. */
void memory_groups_make(MemoryGroups *groups, const MemoryProfile *profile, MemoryBy by,
                        const bool *kept);
void memory_groups_release(MemoryGroups *groups);

void memory_groups_sort(MemoryGroups *groups, MemorySort sort);

/* False when there is no such key. */
bool memory_sort_key(const char *text, MemorySort *sort);
extern const char memory_sort_keys[]; /* their names, for help and errors */

/* What all its items have in common, by what it was made. */
const MemoryItem *memory_group_item(const MemoryGroups *groups,
                                    const MemoryProfile *profile,
                                    const MemoryGroup *group);

/* Whether function, code or file of the item matches the glob as in profile.h. */
bool memory_item_matches(const MemoryProfile *profile, const MemoryItem *item,
                         const char *glob);

/* Whether the item is the function's by this very name. */
bool memory_item_is_of(const MemoryProfile *profile, const MemoryItem *item,
                       const char *name);

#endif
