#include "database_caches.h"

typedef struct RoleWalk {
    CacheRoleVisitor *visit;
    void *context;
} RoleWalk;

static bool visit_role(void *context, const Row *row)
{
    RoleWalk *walk = context;
    CacheRole role = {row_integer(row, 0), row_text(row, 1), row_text(row, 2)};

    return walk->visit(walk->context, &role);
}

bool database_cache_roles(Database *database, int64_t session, CacheRoleVisitor *visit,
                          void *context, Error *error)
{
    RoleWalk walk = {visit, context};

    return database_rows(database,
                         "SELECT function_id, kind, name FROM role WHERE kind IN "
                         "('lookup', 'put', 'evict', 'load') AND EXISTS (SELECT 1 FROM "
                         "measurement m WHERE m.session_id = ?1 AND m.function_id = "
                         "role.function_id) ORDER BY name, kind, function_id",
                         &session, 1, visit_role, &walk, error);
}

typedef struct KeysWalk {
    CacheKeysVisitor *visit;
    void *context;
} KeysWalk;

static bool visit_keys(void *context, const Row *row)
{
    KeysWalk *walk = context;
    CacheKeys keys = {.process_id = row_integer(row, 0),
                      .hits = row_count(row, 1),
                      .refs = row_count(row, 2),
                      .weight = row_count(row, 3),
                      .cold = row_count(row, 4),
                      .dropped = row_count(row, 5),
                      .rate_log2 = row_count(row, 6)};

    keys.distances = row_blob(row, 7, &keys.distances_size);
    return walk->visit(walk->context, &keys);
}

bool database_cache_keys(Database *database, int64_t session, int64_t function,
                         CacheKeysVisitor *visit, void *context, Error *error)
{
    KeysWalk walk = {visit, context};
    const int64_t values[] = {session, function};

    return database_rows(database,
                         "SELECT process_id, hits, refs, weight, cold, dropped, rate_log2, "
                         "distances FROM cache_measurement WHERE session_id = ?1 AND "
                         "function_id = ?2",
                         values, 2, visit_keys, &walk, error);
}

typedef struct CachePeriodWalk {
    CachePeriodVisitor *visit;
    void *context;
} CachePeriodWalk;

static bool visit_cache_period(void *context, const Row *row)
{
    CachePeriodWalk *walk = context;
    CachePeriod period = {row_time(row, 0), row_time(row, 1), row_count(row, 2),
                          row_count(row, 3)};

    return walk->visit(walk->context, &period);
}

bool database_cache_periods(Database *database, int64_t session, int64_t function,
                            CachePeriodVisitor *visit, void *context, Error *error)
{
    CachePeriodWalk walk = {visit, context};
    const int64_t values[] = {session, function};

    return database_rows(database,
                         "SELECT started_at, ended_at, calls, hits FROM cache_interval "
                         "WHERE session_id = ?1 AND function_id = ?2",
                         values, 2, visit_cache_period, &walk, error);
}

static bool visit_sum(void *context, const Row *row)
{
    double *sum = context, one = row_optional(row, 0);

    *sum += one > 0 ? one : 0;
    return true;
}

/* Up from each path of the inner function; a path of a damaged database may go round. */
bool database_time_within(Database *database, int64_t session, const int64_t functions[2],
                          double *ns, Error *error)
{
    const int64_t values[] = {session, functions[0], functions[1]};

    return database_rows(
        database,
        "WITH RECURSIVE up(inner_id, id, depth) AS (SELECT id, parent_id, 0 FROM callpath "
        "WHERE function_id = ?3 UNION SELECT up.inner_id, c.parent_id, depth + 1 FROM up "
        "JOIN callpath c ON c.id = up.id WHERE depth < 1000) "
        "SELECT sum(total_ns) FROM path_measurement WHERE session_id = ?1 AND callpath_id "
        "IN (SELECT inner_id FROM up JOIN callpath c ON c.id = up.id WHERE c.function_id = "
        "?2)",
        values, 3, visit_sum, ns, error);
}
