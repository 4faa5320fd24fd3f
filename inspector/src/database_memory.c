#include "database_memory.h"

#include <stdlib.h>
#include <string.h>

#include "distribution.h"

/* --- allocations -------------------------------------------------------------- */

typedef struct RowWalk {
    MemoryVisitor *visit;
    void *context;
    Distribution sizes; /* scratch */
} RowWalk;

#define FIGURE_COLUMNS                                                                   \
    "m.allocations, m.bytes, m.temporary, m.resized, m.grown, m.ladders, "               \
    "m.moved_bytes, m.tracked, m.tracked_bytes, m.freed, m.freed_bytes, m.peak_bytes, "  \
    "m.samples, m.sampled_bytes, m.at_peak_bytes, m.mapped, m.mapped_bytes, m.lost, "    \
    "m.lost_bytes, m.indirect, m.indirect_bytes, m.reachable, m.reachable_bytes"

static bool visit_row(void *context, const Row *row)
{
    RowWalk *walk = context;
    MemoryRow one = {.process_id = row_integer(row, 0),
                     .allocation_id = row_integer(row, 1),
                     .callpath_id = row_integer(row, 2),
                     .place_id = row_integer(row, 3)};
    const uint8_t *blob;
    size_t size;

    for (int i = 0; i < MEMORY_FIGURES; i++) {
        one.figures.n[i] = row_integer(row, 4 + i);
    }
    one.figures.has_verdict = row_integer(row, 4 + MEMORY_FIGURES) != 0;
    one.figures.sampled_blocks = row_optional(row, 5 + MEMORY_FIGURES);
    if (one.figures.sampled_blocks < 0) {
        one.figures.sampled_blocks = 0;
    }
    blob = row_blob(row, 6 + MEMORY_FIGURES, &size);
    memset(&walk->sizes, 0, sizeof walk->sizes);
    if (distribution_merge_blob(&walk->sizes, blob, size)) {
        memcpy(one.figures.sizes, walk->sizes.count, sizeof one.figures.sizes);
    }
    return walk->visit(walk->context, &one);
}

bool database_memory(Database *database, int64_t session, MemoryVisitor *visit,
                     void *context, Error *error)
{
    RowWalk walk = {.visit = visit, .context = context};

    return database_rows(database,
                         "SELECT m.process_id, m.allocation_id, a.callpath_id, "
                         "a.place_id, " FIGURE_COLUMNS
                         ", m.lost IS NOT NULL, m.sampled_blocks, m.sizes "
                         "FROM memory_measurement m JOIN allocation a "
                         "ON a.id = m.allocation_id WHERE m.session_id = ?1",
                         &session, 1, visit_row, &walk, error);
}

/* --- processes ---------------------------------------------------------------- */

typedef struct ProcessWalk {
    MemoryProcessVisitor *visit;
    void *context;
} ProcessWalk;

static bool visit_process(void *context, const Row *row)
{
    ProcessWalk *walk = context;
    MemoryProcess process = {.id = row_integer(row, 0),
                             .pid = row_integer(row, 1),
                             .mode = row_text(row, 2),
                             .sample_bytes = row_integer(row, 3),
                             .released = row_integer(row, 4),
                             .live_bytes = row_integer(row, 5),
                             .peak_bytes = row_integer(row, 6),
                             .peak_at = row_integer(row, 7),
                             .lost_rows = row_integer(row, 8),
                             .lost_samples = row_integer(row, 9),
                             .has_verdict = !strcmp(row_text(row, 10), "done"),
                             .scan_ns = row_integer(row, 11),
                             .why = row_text(row, 12),
                             .state = row_text(row, 13)};

    return walk->visit(walk->context, &process);
}

bool database_memory_processes(Database *database, int64_t session,
                               MemoryProcessVisitor *visit, void *context, Error *error)
{
    ProcessWalk walk = {visit, context};

    return database_rows(
        database,
        "SELECT m.process_id, p.pid, m.mode, m.sample_bytes, m.released, m.live_bytes, "
        "m.peak_bytes, m.peak_at, m.lost_rows, m.lost_samples, m.verdict, m.scan_ns, "
        "m.why, p.state FROM process_memory m JOIN process p ON p.id = m.process_id "
        "WHERE p.session_id = ?1 OR p.id IN "
        "(SELECT process_id FROM memory_measurement WHERE session_id = ?1) "
        "ORDER BY p.started_at, p.id",
        &session, 1, visit_process, &walk, error);
}

/* --- places ------------------------------------------------------------------- */

typedef struct PlaceWalk {
    CodePlaceVisitor *visit;
    void *context;
} PlaceWalk;

static bool visit_place(void *context, const Row *row)
{
    PlaceWalk *walk = context;
    CodePlace place = {row_text(row, 0), row_text(row, 1), (uint64_t)row_integer(row, 2)};

    return walk->visit(walk->context, &place);
}

bool database_place(Database *database, int64_t id, CodePlaceVisitor *visit,
                    void *context, Error *error)
{
    PlaceWalk walk = {visit, context};

    return database_rows(database,
                         "SELECT path, build_id, address FROM place WHERE id = ?1", &id,
                         1, visit_place, &walk, error);
}

/* --- readings ----------------------------------------------------------------- */

typedef struct ReadingWalk {
    MemoryReadingVisitor *visit;
    void *context;
} ReadingWalk;

/* An unsigned LEB128 number; NULL when it does not end in time. */
static const uint8_t *read_number(const uint8_t *at, const uint8_t *end, uint64_t *number)
{
    unsigned shift = 0;

    *number = 0;
    do {
        if (at == end || shift > 63) {
            return NULL;
        }
        *number |= (uint64_t)(*at & 0x7f) << shift;
        shift += 7;
    } while (*at++ & 0x80);
    return at;
}

static const uint8_t *read_pair(const uint8_t *at, const uint8_t *end, uint64_t *id,
                                uint64_t *bytes)
{
    at = at < end ? read_number(at, end, id) : NULL;
    return at ? read_number(at, end, bytes) : NULL;
}

static bool visit_reading(void *context, const Row *row)
{
    ReadingWalk *walk = context;
    MemoryReading reading = {.process_id = row_integer(row, 0),
                             .at = row_integer(row, 1)};
    uint64_t id, bytes;
    size_t size;
    const uint8_t *data = row_blob(row, 2, &size), *end;
    bool more;

    data = data ? data : (const uint8_t *)"";
    end = data + size;
    for (const uint8_t *at = data; (at = read_pair(at, end, &id, &bytes));) {
        reading.bytes += (double)bytes;
    }
    more = walk->visit(walk->context, &reading);
    for (const uint8_t *at = data; more && (at = read_pair(at, end, &id, &bytes));) {
        reading.allocation_id = (int64_t)id;
        reading.bytes = (double)bytes;
        more = id == 0 || walk->visit(walk->context, &reading);
    }
    return more;
}

bool database_memory_readings(Database *database, int64_t session,
                              MemoryReadingVisitor *visit, void *context, Error *error)
{
    ReadingWalk walk = {visit, context};

    return database_rows(database,
                         "SELECT process_id, at, data FROM memory_interval WHERE "
                         "session_id = ?1 ORDER BY at, process_id",
                         &session, 1, visit_reading, &walk, error);
}

/* --- events ------------------------------------------------------------------- */

typedef struct EventWalk {
    MemoryEventVisitor *visit;
    void *context;
} EventWalk;

/* The next number of [[1,2],[3,4]], whatever is in between. */
static bool next_number(const char **at, double *number)
{
    char *end;

    *at += strcspn(*at, "0123456789");
    if (!**at) {
        return false;
    }
    *number = (double)strtoull(*at, &end, 10);
    *at = end;
    return true;
}

static bool visit_event(void *context, const Row *row)
{
    EventWalk *walk = context;
    MemoryEvent event = {.pid = row_integer(row, 0),
                         .at = row_integer(row, 1),
                         .value = row_optional(row, 2),
                         .threshold = row_optional(row, 3)};
    const char *at = row_text(row, 4);
    bool more = walk->visit(walk->context, &event);
    double id;

    while (more && next_number(&at, &id) && next_number(&at, &event.bytes)) {
        event.allocation_id = (int64_t)id;
        more = walk->visit(walk->context, &event);
    }
    return more;
}

bool database_memory_events(Database *database, int64_t session,
                            MemoryEventVisitor *visit, void *context, Error *error)
{
    EventWalk walk = {visit, context};

    return database_rows(database,
                         "SELECT p.pid, e.at, e.value, e.threshold, e.detail FROM event "
                         "e JOIN process p ON p.id = e.process_id WHERE "
                         "e.session_id = ?1 AND e.kind = 'memory' ORDER BY e.at, e.id",
                         &session, 1, visit_event, &walk, error);
}
