/* memory_profile - the memory of one or more sessions: what was allocated where, added
 * up over processes.
 *
 *     MemoryProfile profile = {0};
 *     if (memory_profile_load(&profile, database, &ids, error)) {
 *         memory_profile_symbolize(&profile);      (only where places are shown)
 *         ... profile.items[i] ...
 *     }
 *     memory_profile_release(&profile);
 */
#ifndef TKA_MEMORY_PROFILE_H
#define TKA_MEMORY_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "calltree.h"
#include "database.h"
#include "database_memory.h"
#include "failure.h"
#include "id_index.h"
#include "memory_figures.h"
#include "model.h"
#include "symbols.h"

#define NO_PLACE ((size_t)-1)

typedef struct MemoryPlace {
    char *path, *build_id;
    uint64_t address; /* that the call returns to */
    SymbolPlace symbol;
} MemoryPlace;

/* An allocation: at a place, on a path. */
typedef struct MemoryItem {
    int64_t id;   /* in the database */
    size_t node;  /* in tree; NO_NODE: outside of profiled functions */
    size_t place; /* in places; NO_PLACE: not known */
    MemoryFigures sum;
} MemoryItem;

typedef struct MemoryOwner {
    int64_t allocation_id;
    double bytes;
} MemoryOwner;

/* A threshold that was crossed, and who owned most then. */
typedef struct MemoryCrossing {
    int64_t pid, at;
    double value, threshold;
    MemoryOwner *owners;
    size_t count, capacity;
} MemoryCrossing;

typedef struct MemoryProfile {
    MemoryItem *items;
    size_t count, capacity;
    MemoryPlace *places;
    size_t place_count, place_capacity;
    CallTree tree;            /* total_ns of a node: bytes allocated below it */
    MemoryFigures *inclusive; /* by node */
    MemoryProcess *processes; /* their texts: the profile's */
    size_t process_count, process_capacity;
    MemoryCrossing *crossings;
    size_t crossing_count, crossing_capacity;
    MemoryFigures sum; /* of all items */
    IdIndex item_index, place_index;
    Symbols *symbols;
} MemoryProfile;

bool memory_profile_load(MemoryProfile *profile, Database *database,
                         const SessionIds *ids, Error *error);
void memory_profile_release(MemoryProfile *profile);

/* Find out what the places are. */
void memory_profile_symbolize(MemoryProfile *profile);

/* NULL when the allocation is not among the items. */
const MemoryItem *memory_profile_item(const MemoryProfile *profile, int64_t id);

/* The profiled function that allocated; NULL outside of all. */
const Function *memory_item_function(const MemoryProfile *profile,
                                     const MemoryItem *item);

/* A forked child's verdict is also of blocks that its parent allocated before: of these
 * nothing else is told in the child, and no path. */
bool memory_item_is_inherited(const MemoryItem *item);

/* Texts that the caller frees. Path: "main > load", "(no profiled function)". Code: the
 * function at the place, "" not known. Spot: "/src/load.c:12", or "libfoo.so+0x1234";
 * "" not known. */
char *memory_item_path(const MemoryProfile *profile, const MemoryItem *item);
char *memory_item_code(const MemoryProfile *profile, const MemoryItem *item);
char *memory_item_spot(const MemoryProfile *profile, const MemoryItem *item);

/* Of the innermost frame that is the user's; NULL not known. */
const SymbolFrame *memory_item_frame(const MemoryProfile *profile,
                                     const MemoryItem *item);

/* What the processes add up to. */
typedef struct MemoryTotals {
    double live_bytes, live_error; /* -1: not known */
    double peak_bytes;             /* of the one process, or sum */
    int64_t peak_at;               /* of the process that had most; 0 not told */
    int64_t released, lost_rows, lost_samples;
    int64_t sample_bytes; /* 0: all exact */
    size_t exact;         /* processes */
} MemoryTotals;

MemoryTotals memory_profile_totals(const MemoryProfile *profile);

#endif
