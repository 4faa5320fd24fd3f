#include "memory_profile.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"

typedef struct Loader {
    MemoryProfile *profile;
    Database *database;
    Error *error;
    bool failed;
} Loader;

/* --- allocations -------------------------------------------------------------- */

static bool add_code_place(void *context, const CodePlace *place)
{
    MemoryProfile *profile = context;

    profile->places = grow_array(profile->places, profile->place_count,
                                 &profile->place_capacity, sizeof *profile->places);
    profile->places[profile->place_count++] =
        (MemoryPlace){.path = duplicate_text(place->path),
                      .build_id = duplicate_text(place->build_id),
                      .address = place->address};
    return false;
}

static size_t place_of(Loader *loader, int64_t id)
{
    MemoryProfile *profile = loader->profile;
    size_t before = profile->place_count;
    bool is_new;
    size_t *place;

    if (id == 0) {
        return NO_PLACE;
    }
    place = id_index_slot(&profile->place_index, id, &is_new);
    if (is_new) {
        if (!database_place(loader->database, id, add_code_place, profile,
                            loader->error)) {
            loader->failed = true;
        }
        *place = profile->place_count > before ? before : NO_PLACE;
    }
    return *place;
}

static size_t node_of(Loader *loader, int64_t callpath)
{
    size_t node = NO_NODE;

    if (callpath != 0) {
        node = calltree_add(&loader->profile->tree, loader->database, callpath,
                            loader->error);
        loader->failed = loader->failed || node == NO_NODE;
    }
    return node;
}

static bool add_row(void *context, const MemoryRow *row)
{
    Loader *loader = context;
    MemoryProfile *profile = loader->profile;
    bool is_new;
    size_t *at = id_index_slot(&profile->item_index, row->allocation_id, &is_new);

    if (is_new) {
        *at = profile->count;
        profile->items = grow_array(profile->items, profile->count, &profile->capacity,
                                    sizeof *profile->items);
        profile->items[profile->count++] =
            (MemoryItem){.id = row->allocation_id,
                         .node = node_of(loader, row->callpath_id),
                         .place = place_of(loader, row->place_id)};
    }
    memory_figures_add(&profile->items[*at].sum, &row->figures);
    memory_figures_add(&profile->sum, &row->figures);
    return !loader->failed;
}

/* The walk up is bounded: a damaged tree may have a circle. */
static void link_tree(MemoryProfile *profile)
{
    CallTree *tree = &profile->tree;

    profile->inclusive = allocate_zeroed(tree->count, sizeof *profile->inclusive);
    for (size_t i = 0; i < profile->count; i++) {
        const MemoryItem *item = &profile->items[i];
        size_t node = item->node;

        for (size_t steps = 0; node != NO_NODE && steps < tree->count; steps++) {
            memory_figures_add(&profile->inclusive[node], &item->sum);
            node = tree->nodes[node].parent;
        }
    }
    for (size_t i = 0; i < tree->count; i++) {
        tree->nodes[i].samples = 1;
        tree->nodes[i].total_ns = (double)profile->inclusive[i].n[MEMORY_BYTES];
    }
    calltree_link(tree);
    tree->total_ns = (double)profile->sum.n[MEMORY_BYTES];
}

/* --- processes and events ------------------------------------------------------ */

static bool add_process(void *context, const MemoryProcess *process)
{
    MemoryProfile *profile = context;
    MemoryProcess *copy;

    for (size_t i = 0; i < profile->process_count; i++) {
        if (profile->processes[i].id == process->id) {
            return true;
        }
    }
    profile->processes =
        grow_array(profile->processes, profile->process_count, &profile->process_capacity,
                   sizeof *profile->processes);
    copy = &profile->processes[profile->process_count++];
    *copy = *process;
    copy->mode = duplicate_text(process->mode);
    copy->why = duplicate_text(process->why);
    copy->state = duplicate_text(process->state);
    return true;
}

static bool add_event(void *context, const MemoryEvent *event)
{
    MemoryProfile *profile = context;
    MemoryCrossing *one;

    if (event->allocation_id == 0) {
        profile->crossings =
            grow_array(profile->crossings, profile->crossing_count,
                       &profile->crossing_capacity, sizeof *profile->crossings);
        profile->crossings[profile->crossing_count++] =
            (MemoryCrossing){.pid = event->pid,
                             .at = event->at,
                             .value = event->value,
                             .threshold = event->threshold};
        return true;
    }
    one = &profile->crossings[profile->crossing_count - 1];
    one->owners =
        grow_array(one->owners, one->count, &one->capacity, sizeof *one->owners);
    one->owners[one->count++] = (MemoryOwner){event->allocation_id, event->bytes};
    return true;
}

bool memory_profile_load(MemoryProfile *profile, Database *database,
                         const SessionIds *ids, Error *error)
{
    Loader loader = {.profile = profile, .database = database, .error = error};
    bool ok = true;

    profile->tree.first_root = NO_NODE;
    for (size_t i = 0; ok && i < ids->count; i++) {
        ok = database_memory(database, ids->items[i], add_row, &loader, error) &&
             !loader.failed &&
             database_memory_processes(database, ids->items[i], add_process, profile,
                                       error) &&
             database_memory_events(database, ids->items[i], add_event, profile, error);
    }
    link_tree(profile);
    return ok;
}

void memory_profile_release(MemoryProfile *profile)
{
    for (size_t i = 0; i < profile->place_count; i++) {
        free(profile->places[i].path);
        free(profile->places[i].build_id);
        symbol_place_release(&profile->places[i].symbol);
    }
    for (size_t i = 0; i < profile->process_count; i++) {
        free((char *)(uintptr_t)profile->processes[i].mode);
        free((char *)(uintptr_t)profile->processes[i].why);
        free((char *)(uintptr_t)profile->processes[i].state);
    }
    for (size_t i = 0; i < profile->crossing_count; i++) {
        free(profile->crossings[i].owners);
    }
    free(profile->items);
    free(profile->places);
    free(profile->processes);
    free(profile->crossings);
    free(profile->inclusive);
    calltree_release(&profile->tree);
    id_index_release(&profile->item_index);
    id_index_release(&profile->place_index);
    symbols_free(profile->symbols);
    *profile = (MemoryProfile){0};
}

/* --- names ---------------------------------------------------------------------- */

/* A return address is after the call, maybe in the next function already. */
void memory_profile_symbolize(MemoryProfile *profile)
{
    if (profile->symbols) {
        return;
    }
    profile->symbols = symbols_new();
    for (size_t i = 0; i < profile->place_count; i++) {
        MemoryPlace *place = &profile->places[i];

        place->symbol = symbols_find(profile->symbols, place->path, place->build_id,
                                     place->address ? place->address - 1 : 0);
    }
}

const MemoryItem *memory_profile_item(const MemoryProfile *profile, int64_t id)
{
    const size_t *at = id_index_find(&profile->item_index, id);

    return at ? &profile->items[*at] : NULL;
}

const Function *memory_item_function(const MemoryProfile *profile, const MemoryItem *item)
{
    return item->node != NO_NODE ? calltree_function(&profile->tree, item->node) : NULL;
}

bool memory_item_is_inherited(const MemoryItem *item)
{
    return item->node == NO_NODE && item->sum.n[MEMORY_ALLOCATIONS] == 0 &&
           item->sum.n[MEMORY_MAPPED] == 0 && item->sum.has_verdict;
}

char *memory_item_path(const MemoryProfile *profile, const MemoryItem *item)
{
    if (item->node != NO_NODE) {
        return calltree_path(&profile->tree, item->node);
    }
    return duplicate_text(memory_item_is_inherited(item) ? "(inherited at fork)"
                                                         : "(no profiled function)");
}

const SymbolFrame *memory_item_frame(const MemoryProfile *profile, const MemoryItem *item)
{
    const SymbolPlace *symbol =
        item->place != NO_PLACE ? &profile->places[item->place].symbol : NULL;

    return symbol && symbol->frames.count ? &symbol->frames.items[symbol->shown] : NULL;
}

char *memory_item_code(const MemoryProfile *profile, const MemoryItem *item)
{
    const SymbolFrame *frame = memory_item_frame(profile, item);

    return duplicate_text(frame ? frame->function : "");
}

char *memory_item_spot(const MemoryProfile *profile, const MemoryItem *item)
{
    const SymbolFrame *frame = memory_item_frame(profile, item);
    const MemoryPlace *place;
    const char *base;

    if (frame && *frame->file) {
        return format_new("%s:%lld", frame->file, (long long)frame->line);
    }
    if (item->place == NO_PLACE) {
        return duplicate_text("");
    }
    place = &profile->places[item->place];
    base = strrchr(place->path, '/');
    return format_new("%s+0x%llx", base ? base + 1 : place->path,
                      (unsigned long long)place->address);
}

/* --- totals --------------------------------------------------------------------- */

MemoryTotals memory_profile_totals(const MemoryProfile *profile)
{
    MemoryTotals totals = {0};
    int64_t most = -1;

    for (size_t i = 0; i < profile->process_count; i++) {
        const MemoryProcess *process = &profile->processes[i];

        totals.peak_bytes += (double)process->peak_bytes;
        totals.released += process->released;
        totals.lost_rows += process->lost_rows;
        totals.lost_samples += process->lost_samples;
        if (process->peak_bytes > most) {
            most = process->peak_bytes;
            totals.peak_at = process->peak_at;
        }
        if (!strcmp(process->mode, "exact")) {
            totals.exact++;
        } else if (process->sample_bytes > totals.sample_bytes) {
            totals.sample_bytes = process->sample_bytes;
        }
    }
    totals.live_bytes = memory_live(&profile->sum);
    if (totals.live_bytes > totals.peak_bytes) { /* which is told in steps */
        totals.peak_bytes = totals.live_bytes;
        totals.peak_at = 0;
    }
    totals.live_error = memory_live_error(&profile->sum);
    return totals;
}
