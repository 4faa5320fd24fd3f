/* cache_list - the caches of one or more sessions: the functions of each by their role,
 * merged over processes, and what each cache is worth.
 *
 *     CacheList list = {0};
 *     if (cache_list_load(&list, database, &ids, error)) {
 *         ... list.caches[i].value ...
 *     }
 *     cache_list_release(&list);
 */
#ifndef TKA_CACHE_LIST_H
#define TKA_CACHE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache_value.h"
#include "database.h"
#include "database_caches.h"
#include "distribution.h"
#include "failure.h"
#include "model.h"
#include "profile.h"

typedef enum CacheKind {
    CACHE_LOOKUP,
    CACHE_PUT,
    CACHE_EVICT,
    CACHE_LOAD,
    CACHE_KINDS
} CacheKind;

/* A function of the cache. */
typedef struct CacheMember {
    CacheKind kind;
    ProfileRow row;
} CacheMember;

/* A part of the time that the cache was used in; of the sums only those that began in it. */
typedef struct CacheSpan {
    int64_t started_at;
    uint64_t calls, hits;
} CacheSpan;

#define CACHE_SPANS 48

typedef struct Cache {
    char *name;
    CacheMember *members;
    size_t count, capacity;
    ProfileRow sums[CACHE_KINDS]; /* of the members of a kind; no function */
    bool has[CACHE_KINDS];        /* a function of that kind was called */
    uint64_t hits;
    SessionIds processes; /* their ids: those that looked something up */
    /* what keys tell; refs 0: nothing */
    uint64_t refs, weight, cold, dropped;
    uint64_t keyed_calls; /* of lookups whose keys are followed */
    unsigned rate_log2;
    Distribution distances;
    bool damaged;      /* distances of a process, at least, were left out */
    double load_within_ns; /* time of loads inside of lookups */
    CachePeriod *periods;
    size_t period_count, period_capacity;
    CacheSpan spans[CACHE_SPANS];
    int64_t span_ns; /* 0: no spans */
    size_t span_count;
    MeanTime lookup, load; /* lookup: without loads inside of it */
    CacheValue value;
} Cache;

typedef struct CacheList {
    Cache *caches; /* by name */
    size_t count, capacity;
} CacheList;

bool cache_list_load(CacheList *list, Database *database, const SessionIds *ids,
                     Error *error);
void cache_list_release(CacheList *list);

/* Keep those whose name matches the glob; without * or ?: contains the text. */
void cache_list_filter(CacheList *list, const char *glob);

/* NULL: there is none of that name. */
const Cache *cache_list_find(const CacheList *list, const char *name);

/* Calls of its functions of a kind. */
uint64_t cache_calls(const Cache *cache, CacheKind kind);

/* Of an LRU cache of so many entries; NaN: not known. */
double cache_ratio_at(const Cache *cache, double size);

/* 0 to 1; -1: no lookup. */
double cache_span_ratio(const CacheSpan *span);

/* What is wrong with it is reason to fail a check: all but a cache that is too small. */
bool cache_is_bad(const Cache *cache);

const char *cache_kind_word(CacheKind kind);

#endif
