#include "memory_groups.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "profile.h"

typedef struct Keyed {
    char *key;
    size_t item;
} Keyed;

/* A function that several modules or units compiled is one, as in profile.h. */
static char *function_key(const MemoryProfile *profile, const MemoryItem *item)
{
    const Function *function = memory_item_function(profile, item);
    char *code, *spot, *key;

    if (function) {
        return format_new("f%s\n%s\n%lld\n%s", function->name, function->file,
                          (long long)function->line, function->kind);
    }
    code = memory_item_code(profile, item);
    spot = memory_item_spot(profile, item);
    key = *code ? format_new("c%s", code) : format_new("s%s", spot);
    free(code);
    free(spot);
    return key;
}

static char *place_key(const MemoryProfile *profile, const MemoryItem *item)
{
    char *code = memory_item_code(profile, item);
    char *spot = memory_item_spot(profile, item);
    char *key = format_new("%s\n%s", code, spot);

    free(code);
    free(spot);
    return key;
}

static char *key_of(const MemoryProfile *profile, const MemoryItem *item, MemoryBy by)
{
    switch (by) {
    case MEMORY_BY_FUNCTION:
        return function_key(profile, item);
    case MEMORY_BY_PLACE:
        return place_key(profile, item);
    case MEMORY_BY_PATH:
        break;
    }
    return memory_item_path(profile, item);
}

static int compare_keys(const void *a, const void *b)
{
    const Keyed *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    return order ? order : (x->item > y->item) - (x->item < y->item);
}

static void add_group(MemoryGroups *groups, const MemoryProfile *profile, size_t first,
                      size_t count)
{
    MemoryGroup *group;

    groups->items =
        grow_array(groups->items, groups->count, &groups->capacity, sizeof *group);
    group = &groups->items[groups->count++];
    *group = (MemoryGroup){.first = first, .count = count};
    for (size_t i = first; i < first + count; i++) {
        memory_figures_add(&group->sum, &profile->items[groups->order[i]].sum);
    }
}

void memory_groups_make(MemoryGroups *groups, const MemoryProfile *profile, MemoryBy by,
                        const bool *kept)
{
    Keyed *keyed = allocate_zeroed(profile->count, sizeof *keyed);
    size_t count = 0, first = 0;

    for (size_t i = 0; i < profile->count; i++) {
        if (!kept || kept[i]) {
            keyed[count++] = (Keyed){key_of(profile, &profile->items[i], by), i};
        }
    }
    qsort(keyed, count, sizeof *keyed, compare_keys);
    groups->order = allocate_zeroed(count, sizeof *groups->order);
    for (size_t i = 0; i < count; i++) {
        groups->order[i] = keyed[i].item;
    }
    for (size_t i = 1; i <= count; i++) {
        if (i == count || strcmp(keyed[i].key, keyed[first].key) != 0) {
            add_group(groups, profile, first, i - first);
            first = i;
        }
    }
    for (size_t i = 0; i < count; i++) {
        free(keyed[i].key);
    }
    free(keyed);
    memory_groups_sort(groups, MEMORY_SORT_BYTES);
}

void memory_groups_release(MemoryGroups *groups)
{
    free(groups->items);
    free(groups->order);
    *groups = (MemoryGroups){0};
}

/* --- order -------------------------------------------------------------------- */

const char memory_sort_keys[] = "bytes, live, peak, at-peak, allocations, copied";

bool memory_sort_key(const char *text, MemorySort *sort)
{
    static const char *const names[] = {"bytes",   "live",        "peak",
                                        "at-peak", "allocations", "copied"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strcmp(text, names[i])) {
            *sort = (MemorySort)i;
            return true;
        }
    }
    return false;
}

static double sort_value(const MemoryFigures *sum, MemorySort sort)
{
    static const MemoryFigure figures[] = {[MEMORY_SORT_BYTES] = MEMORY_BYTES,
                                           [MEMORY_SORT_PEAK] = MEMORY_PEAK_BYTES,
                                           [MEMORY_SORT_AT_PEAK] = MEMORY_AT_PEAK_BYTES,
                                           [MEMORY_SORT_ALLOCATIONS] = MEMORY_ALLOCATIONS,
                                           [MEMORY_SORT_COPIED] = MEMORY_MOVED_BYTES};

    return sort == MEMORY_SORT_LIVE ? memory_live(sum) : (double)sum->n[figures[sort]];
}

typedef struct Ranked {
    double value, bytes;
    MemoryGroup group;
} Ranked;

static int compare_ranked(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;

    if (x->value != y->value) {
        return x->value < y->value ? 1 : -1;
    }
    if (x->bytes != y->bytes) {
        return x->bytes < y->bytes ? 1 : -1;
    }
    return (x->group.first > y->group.first) - (x->group.first < y->group.first);
}

void memory_groups_sort(MemoryGroups *groups, MemorySort sort)
{
    Ranked *ranked = allocate_zeroed(groups->count, sizeof *ranked);

    for (size_t i = 0; i < groups->count; i++) {
        const MemoryGroup *group = &groups->items[i];

        ranked[i] = (Ranked){sort_value(&group->sum, sort),
                             (double)group->sum.n[MEMORY_BYTES], *group};
    }
    qsort(ranked, groups->count, sizeof *ranked, compare_ranked);
    for (size_t i = 0; i < groups->count; i++) {
        groups->items[i] = ranked[i].group;
    }
    free(ranked);
}

/* --- choosing ------------------------------------------------------------------ */

const MemoryItem *memory_group_item(const MemoryGroups *groups,
                                    const MemoryProfile *profile,
                                    const MemoryGroup *group)
{
    return &profile->items[groups->order[group->first]];
}

bool memory_item_matches(const MemoryProfile *profile, const MemoryItem *item,
                         const char *glob)
{
    const Function *function = memory_item_function(profile, item);
    const SymbolFrame *frame = memory_item_frame(profile, item);
    Function code;

    if (function && profile_matches(function, glob)) {
        return true;
    }
    if (!frame) {
        return false;
    }
    code = (Function){
        .name = frame->function, .function = frame->function, .file = frame->file};
    return profile_matches(&code, glob);
}

bool memory_item_is_of(const MemoryProfile *profile, const MemoryItem *item,
                       const char *name)
{
    const Function *function = memory_item_function(profile, item);
    const SymbolFrame *frame = memory_item_frame(profile, item);

    return function ? !strcmp(function->name, name) || !strcmp(function->function, name)
                    : frame && !strcmp(frame->function, name);
}
