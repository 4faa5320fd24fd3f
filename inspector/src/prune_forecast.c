#include "prune_forecast.h"

#define SECOND 1000000000ll
#define MINUTE (60 * SECOND)
#define HOUR   (3600 * SECOND)
#define DAY    (86400 * SECOND)

/* As in the runtime's rollup.c: runs that ended, or were heard of last, before ?1, and
 * their stretches; rows before ?2, ?3, ?4. */
#define OLD_RUNS                                                                         \
    "SELECT s.id FROM session s WHERE s.parent_id IS NULL AND s.started_at < ?1 AND "    \
    "coalesce((SELECT max(p.stored_at) FROM process p WHERE p.session_id = s.id), "      \
    "s.ended_at, s.started_at) < ?1"

static const char forecast[] =
    "WITH run(id) AS (" OLD_RUNS "), old(id) AS (SELECT id FROM session WHERE id IN run "
    "OR parent_id IN run) SELECT (SELECT count(*) FROM old), "
    "(SELECT count(*) FROM slow_call WHERE session_id IN old), "
    "(SELECT count(*) FROM interval WHERE started_at < ?2 OR session_id IN old), "
    "(SELECT count(*) FROM rollup WHERE (seconds = 60 AND started_at < ?3) OR "
    "(seconds = 3600 AND started_at < ?4) OR session_id IN old)";

static bool read_counts(void *context, const Row *row)
{
    TkaPruned *pruned = context;

    *pruned = (TkaPruned){.sessions = row_integer(row, 0),
                          .slow_calls = row_integer(row, 1),
                          .intervals = row_integer(row, 2),
                          .rollups = row_integer(row, 3)};
    return true;
}

bool prune_forecast(Database *database, int64_t now, double retention_days,
                    TkaPruned *pruned, Error *error)
{
    const int64_t values[] = {now - (int64_t)(retention_days * (double)DAY),
                              (now - 15 * MINUTE) / MINUTE * MINUTE,
                              (now - DAY) / HOUR * HOUR, (now - 30 * DAY) / DAY * DAY};

    return database_rows(database, forecast, values, 4, read_counts, pruned, error);
}
