#include "database_events.h"

#include <string.h>

/* --- slow calls ------------------------------------------------------------ */

#define SLOW_CALLS                                                                       \
    "SELECT s.id, s.session_id, p.pid, s.thread, s.function_id, s.callpath_id, "         \
    "s.started_at, s.duration_ns, s.cpu_ns, s.events FROM slow_call s JOIN process p "   \
    "ON p.id = s.process_id WHERE "

typedef struct SlowCallWalk {
    SlowCallVisitor *visit;
    void *context;
    uint64_t count;
} SlowCallWalk;

static bool visit_slow_call(void *context, const Row *row)
{
    SlowCallWalk *walk = context;
    SlowCall call = {.id = row_integer(row, 0),
                     .session_id = row_integer(row, 1),
                     .pid = row_integer(row, 2),
                     .thread = row_integer(row, 3),
                     .function_id = row_integer(row, 4),
                     .callpath_id = row_integer(row, 5),
                     .started_at = row_time(row, 6),
                     .duration_ns = (double)row_integer(row, 7),
                     .cpu_ns = row_optional(row, 8),
                     .events = row_text(row, 9)};

    walk->count++;
    return walk->visit(walk->context, &call);
}

bool database_slow_calls(Database *database, int64_t session, SlowCallVisitor *visit,
                         void *context, Error *error)
{
    SlowCallWalk walk = {visit, context, 0};

    return database_rows(database,
                         SLOW_CALLS "s.session_id = ?1 ORDER BY s.duration_ns DESC, s.id",
                         &session, 1, visit_slow_call, &walk, error);
}

bool database_slow_call(Database *database, int64_t id, SlowCallVisitor *visit,
                        void *context, Error *error)
{
    SlowCallWalk walk = {visit, context, 0};

    return database_rows(database, SLOW_CALLS "s.id = ?1", &id, 1, visit_slow_call, &walk,
                         error) &&
           (walk.count ||
            error_set(error, STATUS_FAILURE,
                      "no slow call %lld; list them with `tka slow -a`", (long long)id));
}

static bool visit_counts(void *context, const Row *row)
{
    SlowCounts *counts = context;

    counts->counted += row_count(row, 0);
    counts->captured += row_count(row, 1);
    return true;
}

bool database_slow_counts(Database *database, int64_t session, SlowCounts *counts,
                          Error *error)
{
    return database_rows(database,
                         "SELECT (SELECT sum(slow_calls) FROM measurement WHERE "
                         "session_id = ?1), (SELECT count(*) FROM slow_call WHERE "
                         "session_id = ?1)",
                         &session, 1, visit_counts, counts, error);
}

/* --- the system ------------------------------------------------------------ */

typedef struct SampleWalk {
    SystemSampleVisitor *visit;
    void *context;
} SampleWalk;

static bool visit_sample(void *context, const Row *row)
{
    SampleWalk *walk = context;
    SystemSample sample = {.process_id = row_integer(row, 0),
                           .at = row_time(row, 1),
                           .cpu_ns = (double)row_integer(row, 2),
                           .rss_bytes = (double)row_integer(row, 3),
                           .threads = (double)row_integer(row, 4),
                           .voluntary_switches = (double)row_integer(row, 5),
                           .involuntary_switches = (double)row_integer(row, 6),
                           .minor_faults = (double)row_integer(row, 7),
                           .major_faults = (double)row_integer(row, 8),
                           .open_files = (double)row_integer(row, 9)};

    return walk->visit(walk->context, &sample);
}

bool database_system_samples(Database *database, int64_t process,
                             SystemSampleVisitor *visit, void *context, Error *error)
{
    SampleWalk walk = {visit, context};

    return database_rows(
        database,
        "SELECT process_id, at, user_ns + system_ns, rss_bytes, threads, "
        "voluntary_switches, involuntary_switches, minor_faults, "
        "major_faults, open_files FROM system_sample WHERE process_id = ?1 "
        "ORDER BY at",
        &process, 1, visit_sample, &walk, error);
}

typedef struct CounterWalk {
    HardwareCounterVisitor *visit;
    void *context;
} CounterWalk;

static bool visit_counter(void *context, const Row *row)
{
    CounterWalk *walk = context;
    HardwareCounter counter = {row_text(row, 0), row_optional(row, 1), row_optional(row, 2),
                               row_text(row, 3)};

    return walk->visit(walk->context, &counter);
}

bool database_hardware_counters(Database *database, int64_t process,
                                HardwareCounterVisitor *visit, void *context,
                                Error *error)
{
    CounterWalk walk = {visit, context};

    return database_rows(database,
                         "SELECT name, value, CASE WHEN enabled_ns > 0 THEN 1.0 * running_ns "
                         "/ enabled_ns END, reason FROM hardware_counter WHERE process_id = "
                         "?1 ORDER BY name",
                         &process, 1, visit_counter, &walk, error);
}

/* --- what a function did over time ----------------------------------------- */

typedef struct PeriodWalk {
    PeriodVisitor *visit;
    void *context;
    int64_t function;
} PeriodWalk;

/* Seven unsigned LEB128 numbers; NULL when they do not end in time. */
static const uint8_t *read_numbers(const uint8_t *at, const uint8_t *end, uint64_t *n)
{
    for (int i = 0; i < 7; i++) {
        unsigned shift = 0;

        n[i] = 0;
        do {
            if (at == end || shift > 63) {
                return NULL;
            }
            n[i] |= (uint64_t)(*at & 0x7f) << shift;
            shift += 7;
        } while (*at++ & 0x80);
    }
    return at;
}

/* A damaged blob is left out from where it is. */
static bool visit_interval(void *context, const Row *row)
{
    PeriodWalk *walk = context;
    Period period = {.started_at = row_time(row, 0), .ended_at = row_time(row, 1)};
    size_t size;
    const uint8_t *at = row_blob(row, 2, &size), *end = at + size;
    uint64_t n[7];
    bool more = walk->visit(walk->context, &period);

    while (more && at < end && (at = read_numbers(at, end, n)) != NULL &&
           n[6] <= (uint64_t)(end - at)) {
        if ((int64_t)n[0] == walk->function) {
            period.function_id = walk->function;
            period.calls = n[1];
            period.samples = n[2];
            period.weight = n[3];
            period.total_ns = (double)n[4];
            period.histogram = at;
            period.histogram_size = (size_t)n[6];
            return walk->visit(walk->context, &period);
        }
        at += n[6];
    }
    return more;
}

static bool visit_rollup(void *context, const Row *row)
{
    PeriodWalk *walk = context;
    Period period = {.function_id = walk->function,
                     .started_at = row_time(row, 0),
                     .ended_at = row_time(row, 1),
                     .calls = row_count(row, 2),
                     .samples = row_count(row, 3),
                     .weight = row_count(row, 4),
                     .total_ns = (double)row_integer(row, 5)};

    period.histogram = row_blob(row, 6, &period.histogram_size);
    return walk->visit(walk->context, &period);
}

bool database_periods(Database *database, int64_t session, int64_t function,
                      PeriodVisitor *visit, void *context, Error *error)
{
    PeriodWalk walk = {visit, context, function};
    const int64_t values[] = {session, function};

    return database_rows(database,
                         "SELECT max(r.started_at, s.started_at), "
                         "min(r.started_at + r.seconds * 1000000000, "
                         "ifnull(s.ended_at, 9223372036854775807)), "
                         "r.calls, r.samples, r.weight, r.total_ns, r.histogram "
                         "FROM session s JOIN rollup r ON r.session_id = s.id "
                         "WHERE s.id = ?1 AND r.function_id = ?2 AND "
                         "r.seconds IN (60, 3600, 86400)",
                         values, 2, visit_rollup, &walk, error) &&
           database_rows(database,
                         "SELECT started_at, ended_at, data FROM interval WHERE "
                         "session_id = ?1",
                         values, 1, visit_interval, &walk, error);
}
