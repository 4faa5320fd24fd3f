#include "leak_list.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "database_memory.h"
#include "memory_series.h"

/* Allocations whose growth is judged, most bytes first: the others have little to grow
 * from, and a reading of all of them for a month would not fit. */
#define JUDGED_MOST 2000

static void add_leak(LeakList *list, const Leak *leak)
{
    LeakSum *total = &list->totals[leak->kind];

    list->items =
        grow_array(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = *leak;
    total->findings++;
    total->blocks += leak->blocks;
    total->bytes += leak->bytes;
}

/* --- losses --------------------------------------------------------------------- */

void leak_list_make(LeakList *list, const MemoryProfile *profile)
{
    static const MemoryFigure figures[] = {MEMORY_LOST, MEMORY_INDIRECT,
                                           MEMORY_REACHABLE};

    *list = (LeakList){.profile = profile};
    for (size_t i = 0; i < profile->count; i++) {
        const MemoryItem *item = &profile->items[i];

        for (int kind = LEAK_DEFINITE; kind <= LEAK_REACHABLE; kind++) {
            int64_t blocks = item->sum.n[figures[kind]];

            if (item->sum.has_verdict && blocks > 0) {
                add_leak(list, &(Leak){.kind = (LeakKind)kind,
                                       .item = item,
                                       .blocks = blocks,
                                       .bytes = (double)item->sum.n[figures[kind] + 1],
                                       .known_bytes = -1});
            }
        }
    }
    for (size_t i = 0; i < profile->process_count; i++) {
        list->with_verdict += profile->processes[i].has_verdict;
    }
}

char *leak_no_verdict(const MemoryProcess *process)
{
    if (process->has_verdict) {
        return NULL;
    }
    if (*process->why) {
        return duplicate_text(process->why);
    }
    if (strcmp(process->mode, "exact") != 0) {
        return duplicate_text("sampled: run with `tka run --memory=exact`");
    }
    if (!strcmp(process->state, "running")) {
        return duplicate_text("it runs: what is lost is told at its exit");
    }
    return duplicate_text(!strcmp(process->state, "recovered")
                              ? "it was killed, or left by _exit(): what is lost is told "
                                "at an exit"
                              : "nobody looked at its exit");
}

/* --- growth --------------------------------------------------------------------- */

/* What lived at a process's last reading. */
typedef struct Latest {
    int64_t process_id, at;
    MemoryOwner *owners;
    size_t count, capacity;
} Latest;

typedef struct LatestList {
    Latest *items;
    size_t count, capacity;
} LatestList;

static bool note_reading(void *context, const MemoryReading *reading)
{
    LatestList *list = context;
    Latest *latest = NULL;

    for (size_t i = 0; i < list->count && !latest; i++) {
        if (list->items[i].process_id == reading->process_id) {
            latest = &list->items[i];
        }
    }
    if (!latest) {
        list->items =
            grow_array(list->items, list->count, &list->capacity, sizeof *list->items);
        latest = &list->items[list->count++];
        *latest = (Latest){.process_id = reading->process_id, .at = INT64_MIN};
    }
    if (reading->at < latest->at) {
        return true; /* of another stretch, before */
    }
    if (reading->allocation_id == 0) {
        latest->at = reading->at;
        latest->count = 0;
        return true;
    }
    latest->owners = grow_array(latest->owners, latest->count, &latest->capacity,
                                sizeof *latest->owners);
    latest->owners[latest->count++] =
        (MemoryOwner){reading->allocation_id, reading->bytes};
    return true;
}

static int compare_owners(const void *a, const void *b)
{
    const MemoryOwner *x = a, *y = b;

    if (x->bytes != y->bytes) {
        return x->bytes < y->bytes ? 1 : -1;
    }
    return (x->allocation_id > y->allocation_id) - (x->allocation_id < y->allocation_id);
}

/* Slots for those that own most; how many slots. */
static size_t choose_slots(LeakList *list, LatestList *latest, IdIndex *slots)
{
    size_t used = 0;

    for (size_t i = 0; i < latest->count; i++) {
        Latest *one = &latest->items[i];

        if (one->count) {
            qsort(one->owners, one->count, sizeof *one->owners, compare_owners);
        }
        for (size_t k = 0; k < one->count; k++) {
            bool is_new;
            size_t *slot;

            if (k >= JUDGED_MOST) {
                list->not_judged += one->count - k;
                break;
            }
            slot = id_index_slot(slots, one->owners[k].allocation_id, &is_new);
            if (is_new) {
                *slot = used++;
            }
        }
    }
    return used;
}

static const MemoryProcess *process_of(const MemoryProfile *profile, int64_t id)
{
    for (size_t i = 0; i < profile->process_count; i++) {
        if (profile->processes[i].id == id) {
            return &profile->processes[i];
        }
    }
    return NULL;
}

static void judge(LeakList *list, const MemoryItem *item, const MemoryProcess *process,
                  const GrowthInput *input)
{
    Growth growth = growth_judge(input);

    list->judged += growth.verdict != GROWTH_TOO_FEW;
    if (growth.verdict == GROWTH_GROWS) {
        add_leak(list, &(Leak){.kind = LEAK_GROWTH,
                               .item = item,
                               .bytes = growth.grown_bytes,
                               .pid = process->pid,
                               .growth = growth,
                               .known_bytes = -1});
    }
}

/* One allocation's values are every slot_count-th of the series. */
static void judge_process(LeakList *list, const Latest *latest,
                          const MemorySeries *series, const IdIndex *slots,
                          size_t slot_count)
{
    const MemoryProcess *process = process_of(list->profile, series->process_id);
    double *live = allocate_zeroed(series->count, sizeof *live);

    for (size_t k = 0; process && k < latest->count && k < JUDGED_MOST; k++) {
        int64_t id = latest->owners[k].allocation_id;
        const size_t *slot = id_index_find(slots, id);
        const MemoryItem *item = memory_profile_item(list->profile, id);
        bool sampled = strcmp(process->mode, "exact") != 0;
        GrowthInput input = {.at_ns = series->at, .live = live, .count = series->count};

        if (!item || !slot) {
            continue;
        }
        for (size_t i = 0; i < series->count; i++) {
            live[i] = series->bytes[i * slot_count + *slot];
        }
        if (sampled && item->sum.n[MEMORY_TRACKED] < item->sum.n[MEMORY_ALLOCATIONS]) {
            input.sampling_bytes = (double)process->sample_bytes;
        }
        judge(list, item, process, &input);
    }
    list->few_readings += process && series->count < GROWTH_FEWEST_POINTS * 4 / 3;
    free(live);
}

static void judge_all(LeakList *list, const LatestList *latest,
                      const MemorySeriesList *all, const IdIndex *slots)
{
    for (size_t i = 0; i < latest->count; i++) {
        for (size_t k = 0; k < all->count; k++) {
            if (all->items[k].process_id == latest->items[i].process_id) {
                judge_process(list, &latest->items[i], &all->items[k], slots,
                              all->slot_count);
            }
        }
    }
}

bool leak_list_add_growth(LeakList *list, Database *database, const SessionIds *ids,
                          Error *error)
{
    LatestList latest = {0};
    MemorySeriesList all = {0};
    IdIndex slots = {0};
    bool ok = true;

    for (size_t i = 0; ok && i < ids->count; i++) {
        ok = database_memory_readings(database, ids->items[i], note_reading, &latest,
                                      error);
    }
    if (ok) {
        size_t slot_count = choose_slots(list, &latest, &slots);

        ok = memory_series_load(&all, database, ids, &slots, slot_count, error);
    }
    if (ok) {
        judge_all(list, &latest, &all, &slots);
    }
    for (size_t i = 0; i < latest.count; i++) {
        free(latest.items[i].owners);
    }
    free(latest.items);
    memory_series_release(&all);
    id_index_release(&slots);
    return ok;
}

/* --- leaving out ------------------------------------------------------------------ */

void leak_list_keep(LeakList *list, LeakChooser *keep, void *context, LeakSum *dropped)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        Leak *leak = &list->items[i];

        if (keep(context, leak)) {
            list->items[kept++] = *leak;
        } else {
            dropped->findings++;
            dropped->blocks += leak->blocks;
            dropped->bytes += leak->bytes;
        }
    }
    list->count = kept;
}

typedef struct Suppressor {
    const LeakList *list;
    Suppressions *rules;
} Suppressor;

/* The functions of the place, then of the path, innermost first. */
static bool is_not_suppressed(void *context, Leak *leak)
{
    const Suppressor *suppressor = context;
    const MemoryProfile *profile = suppressor->list->profile;
    const CallTree *tree = &profile->tree;
    const MemoryPlace *place =
        leak->item->place != NO_PLACE ? &profile->places[leak->item->place] : NULL;
    size_t frames = place ? place->symbol.frames.count : 0, most = frames + tree->count;
    char *path = memory_item_path(profile, leak->item);
    LeakSite site = {.path = path, .module = place ? place->path : ""};
    Suppression *rule;

    site.functions = allocate_zeroed(most, sizeof *site.functions);
    site.files = allocate_zeroed(frames + 1, sizeof *site.files);
    for (size_t i = 0; i < frames; i++) {
        site.functions[site.function_count++] = place->symbol.frames.items[i].function;
        site.files[site.file_count++] = place->symbol.frames.items[i].file;
    }
    if (leak->item->node != NO_NODE) {
        site.files[site.file_count++] = calltree_function(tree, leak->item->node)->file;
    }
    for (size_t node = leak->item->node; node != NO_NODE && site.function_count < most;
         node = tree->nodes[node].parent) {
        site.functions[site.function_count++] = calltree_function(tree, node)->name;
    }
    site.own_count = frames + (leak->item->node != NO_NODE);
    rule = suppressions_find(suppressor->rules, &site);
    if (rule) {
        rule->used++;
        rule->blocks += (double)leak->blocks;
        rule->bytes += leak->bytes;
    }
    free(site.functions);
    free(site.files);
    free(path);
    return !rule;
}

void leak_list_suppress(LeakList *list, Suppressions *rules)
{
    Suppressor suppressor = {list, rules};

    leak_list_keep(list, is_not_suppressed, &suppressor, &list->suppressed);
}

static bool is_large(void *context, Leak *leak)
{
    return leak->kind == LEAK_GROWTH || leak->bytes >= *(double *)context;
}

static bool is_not_reachable(void *context, Leak *leak)
{
    (void)context;
    return leak->kind != LEAK_REACHABLE;
}

static int compare_leaks(const void *a, const void *b)
{
    const Leak *x = a, *y = b;

    if (x->kind != y->kind) {
        return x->kind > y->kind ? 1 : -1;
    }
    if (x->bytes != y->bytes) {
        return x->bytes < y->bytes ? 1 : -1;
    }
    return (x->item->id > y->item->id) - (x->item->id < y->item->id);
}

void leak_list_leave_reachable(LeakList *list)
{
    LeakSum not_asked_for = {0};

    leak_list_keep(list, is_not_reachable, NULL, &not_asked_for);
}

void leak_list_finish(LeakList *list, double min_bytes)
{
    leak_list_keep(list, is_large, &min_bytes, &list->small);
    if (list->count) {
        qsort(list->items, list->count, sizeof *list->items, compare_leaks);
    }
}

void leak_list_release(LeakList *list)
{
    free(list->items);
    *list = (LeakList){0};
}

bool leak_list_has_finding(const LeakList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind == LEAK_DEFINITE || list->items[i].kind == LEAK_GROWTH) {
            return true;
        }
    }
    return false;
}

const char *leak_kind_word(LeakKind kind)
{
    static const char *const words[] = {"definite", "indirect", "reachable", "growth"};

    return words[kind];
}
