/* database_memory - what the database says about memory, by database.h's rules.
 */
#ifndef TKA_DATABASE_MEMORY_H
#define TKA_DATABASE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "database.h"
#include "failure.h"
#include "memory_figures.h"

/* One process's record of an allocation: of a place on a path. */
typedef struct MemoryRow {
    int64_t process_id, allocation_id, callpath_id, place_id; /* 0: see docs/schema.md */
    MemoryFigures figures;
} MemoryRow;

typedef bool MemoryVisitor(void *context, const MemoryRow *row);
bool database_memory(Database *database, int64_t session, MemoryVisitor *visit,
                     void *context, Error *error);

/* A process as a whole. The texts are borrowed. */
typedef struct MemoryProcess {
    int64_t id, pid;
    const char *mode; /* sampled, exact */
    int64_t sample_bytes, released, live_bytes, peak_bytes;
    int64_t peak_at; /* 0: not told */
    int64_t lost_rows, lost_samples;
    bool has_verdict; /* on what was left at the exit */
    int64_t scan_ns;
    const char *why;   /* there is none; "" nobody asked */
    const char *state; /* of the process, as process.state */
} MemoryProcess;

/* Those that have memory, of a session: its own, or for a stretch those that allocated
 * in it. */
typedef bool MemoryProcessVisitor(void *context, const MemoryProcess *process);
bool database_memory_processes(Database *database, int64_t session,
                               MemoryProcessVisitor *visit, void *context, Error *error);

/* A place by id; the texts are borrowed. Nothing is visited if there is none. */
typedef struct CodePlace {
    const char *path, *build_id;
    uint64_t address;
} CodePlace;
typedef bool CodePlaceVisitor(void *context, const CodePlace *place);
bool database_place(Database *database, int64_t id, CodePlaceVisitor *visit,
                    void *context, Error *error);

/* What lived when, in the order of time: first each reading with allocation_id 0 and
 * the sum of its bytes, then its allocations; one that is not told of had none. A
 * damaged reading is cut where it is. */
typedef struct MemoryReading {
    int64_t process_id, at;
    int64_t allocation_id;
    double bytes;
} MemoryReading;
typedef bool MemoryReadingVisitor(void *context, const MemoryReading *reading);
bool database_memory_readings(Database *database, int64_t session,
                              MemoryReadingVisitor *visit, void *context, Error *error);

/* The thresholds crossed, oldest first: first each event with allocation_id 0, then its
 * owners, most first. */
typedef struct MemoryEvent {
    int64_t pid, at;
    double value, threshold; /* bytes */
    int64_t allocation_id;
    double bytes;
} MemoryEvent;
typedef bool MemoryEventVisitor(void *context, const MemoryEvent *event);
bool database_memory_events(Database *database, int64_t session,
                            MemoryEventVisitor *visit, void *context, Error *error);

#endif
