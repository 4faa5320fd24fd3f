/* database_caches - what is recorded of caches: the functions that belong to each, hits,
 * what lookups' keys told, hits by time; see docs/schema.md.
 *
 * As in database.h, callbacks get what is borrowed until they return.
 */
#ifndef TKA_DATABASE_CACHES_H
#define TKA_DATABASE_CACHES_H

#include <stdbool.h>
#include <stdint.h>

#include "database.h"
#include "failure.h"

typedef struct CacheRole {
    int64_t function_id;
    const char *kind; /* lookup, put, evict, load */
    const char *name; /* of the cache */
} CacheRole;

/* Beside a lookup's measurement, of one process. */
typedef struct CacheKeys {
    int64_t process_id;
    uint64_t hits, refs, weight, cold, dropped, rate_log2;
    const uint8_t *distances;
    size_t distances_size;
} CacheKeys;

typedef struct CachePeriod {
    int64_t started_at, ended_at;
    uint64_t calls, hits;
} CachePeriod;

typedef bool CacheRoleVisitor(void *context, const CacheRole *role);
typedef bool CacheKeysVisitor(void *context, const CacheKeys *keys);
typedef bool CachePeriodVisitor(void *context, const CachePeriod *period);

/* Functions of caches that were called in the session. */
bool database_cache_roles(Database *database, int64_t session, CacheRoleVisitor *visit,
                          void *context, Error *error);

/* Of a lookup. */
bool database_cache_keys(Database *database, int64_t session, int64_t function,
                         CacheKeysVisitor *visit, void *context, Error *error);
bool database_cache_periods(Database *database, int64_t session, int64_t function,
                            CachePeriodVisitor *visit, void *context, Error *error);

/* Time of calls of the second function on paths below the first, estimated; added to
 * *ns. */
bool database_time_within(Database *database, int64_t session, const int64_t functions[2],
                          double *ns, Error *error);

#endif
