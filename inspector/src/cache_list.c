#define _GNU_SOURCE
#include "cache_list.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "allocation.h"

static const char *const kind_words[CACHE_KINDS] = {"lookup", "put", "evict", "load"};

const char *cache_kind_word(CacheKind kind)
{
    return kind_words[kind];
}

/* --- loading ---------------------------------------------------------------- */

typedef struct RoleList {
    struct {
        int64_t function;
        CacheKind kind;
        char *name;
    } *items;
    size_t count, capacity;
} RoleList;

static bool add_role(void *context, const CacheRole *role)
{
    RoleList *list = context;
    CacheKind kind = CACHE_LOOKUP;

    while (kind < CACHE_LOAD && strcmp(role->kind, kind_words[kind]) != 0) {
        kind++;
    }
    list->items =
        grow_array(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count].function = role->function_id;
    list->items[list->count].kind = kind;
    list->items[list->count++].name = duplicate_text(role->name);
    return true;
}

static void release_roles(RoleList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
    }
    free(list->items);
}

static Cache *cache_named(CacheList *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!strcmp(list->caches[i].name, name)) {
            return &list->caches[i];
        }
    }
    list->caches =
        grow_array(list->caches, list->count, &list->capacity, sizeof *list->caches);
    list->caches[list->count] = (Cache){.name = duplicate_text(name)};
    return &list->caches[list->count++];
}

static CacheMember *member_of(Cache *cache, Database *database, int64_t function,
                              CacheKind kind, Error *error)
{
    CacheMember *member;

    for (size_t i = 0; i < cache->count; i++) {
        if (cache->members[i].row.function.id == function &&
            cache->members[i].kind == kind) {
            return &cache->members[i];
        }
    }
    cache->members =
        grow_array(cache->members, cache->count, &cache->capacity, sizeof *member);
    member = &cache->members[cache->count];
    *member = (CacheMember){.kind = kind};
    if (!database_function(database, function, &member->row.function, error)) {
        return NULL;
    }
    cache->count++;
    return member;
}

typedef struct MeasurementWalk {
    Cache *cache;
    CacheMember *member;
} MeasurementWalk;

static bool add_measurement(void *context, const Measurement *one)
{
    MeasurementWalk *walk = context;

    profile_row_add(&walk->member->row, one);
    profile_row_add(&walk->cache->sums[walk->member->kind], one);
    return true;
}

static bool add_keys(void *context, const CacheKeys *keys)
{
    Cache *cache = context;
    size_t known = 0;

    while (known < cache->processes.count &&
           cache->processes.items[known] != keys->process_id) {
        known++;
    }
    if (known == cache->processes.count) {
        session_ids_add(&cache->processes, keys->process_id);
    }
    cache->hits += keys->hits;
    cache->refs += keys->refs;
    cache->weight += keys->weight;
    cache->cold += keys->cold;
    cache->dropped += keys->dropped;
    if (keys->rate_log2 > cache->rate_log2 && keys->rate_log2 < 64) {
        cache->rate_log2 = (unsigned)keys->rate_log2;
    }
    if (!distribution_merge_blob(&cache->distances, keys->distances,
                                 keys->distances_size)) {
        cache->damaged = true;
    }
    return true;
}

static bool add_period(void *context, const CachePeriod *period)
{
    Cache *cache = context;

    cache->periods = grow_array(cache->periods, cache->period_count,
                                &cache->period_capacity, sizeof *period);
    cache->periods[cache->period_count++] = *period;
    return true;
}

/* calls: that the session has of it. */
static bool load_lookup(Cache *cache, Database *database, const int64_t where[2],
                        uint64_t calls, Error *error)
{
    uint64_t refs = cache->refs;
    bool ok = database_cache_keys(database, where[0], where[1], add_keys, cache, error) &&
              database_cache_periods(database, where[0], where[1], add_period, cache,
                                     error);

    cache->keyed_calls += cache->refs > refs ? calls : 0;
    return ok;
}

/* Loads that a lookup makes itself, when it misses. */
static bool load_within(Cache *cache, Database *database, int64_t session, Error *error)
{
    bool ok = true;

    for (size_t i = 0; ok && i < cache->count; i++) {
        for (size_t n = 0; ok && n < cache->count; n++) {
            const int64_t functions[] = {cache->members[i].row.function.id,
                                         cache->members[n].row.function.id};

            if (cache->members[i].kind == CACHE_LOOKUP &&
                cache->members[n].kind == CACHE_LOAD) {
                ok = database_time_within(database, session, functions,
                                          &cache->load_within_ns, error);
            }
        }
    }
    return ok;
}

static bool load_session(CacheList *list, Database *database, int64_t session,
                         Error *error)
{
    RoleList roles = {0};
    bool ok = database_cache_roles(database, session, add_role, &roles, error);

    for (size_t i = 0; ok && i < roles.count; i++) {
        Cache *cache = cache_named(list, roles.items[i].name);
        CacheKind kind = roles.items[i].kind;
        int64_t function = roles.items[i].function;
        const int64_t where[] = {session, function};
        uint64_t calls = cache->sums[CACHE_LOOKUP].timing.calls;
        MeasurementWalk walk = {cache, member_of(cache, database, function, kind, error)};

        cache->has[kind] = true;
        ok = walk.member &&
             database_measurements(database, session, function, add_measurement, &walk,
                                   error) &&
             (kind != CACHE_LOOKUP ||
              load_lookup(cache, database, where,
                          cache->sums[CACHE_LOOKUP].timing.calls - calls, error));
    }
    for (size_t i = 0; ok && i < list->count; i++) {
        ok = load_within(&list->caches[i], database, session, error);
    }
    release_roles(&roles);
    return ok;
}

/* --- what follows from it ---------------------------------------------------- */

/* Half an interval is student's quantile times the error. */
static MeanTime mean_of(const ProfileRow *row)
{
    MeanTime mean = {.samples = row->timing.samples};
    Interval interval;

    if (!timing_known(&row->timing)) {
        return mean;
    }
    interval = profile_mean_interval(row);
    mean.ns = timing_mean(&row->timing);
    mean.error = (interval.high - interval.low) / 2 /
                 student_t95(mean.samples > 1 ? mean.samples - 1 : 1);
    return mean;
}

/* The loads that hits spared were never made: their mean is known from those that were,
 * even if all of these were timed, by their spread only. */
static MeanTime load_of(const ProfileRow *row)
{
    MeanTime mean = mean_of(row);
    double weight = 0, sum = 0, squares = 0, error;

    for (unsigned i = 0; row->histogram && i < TKA_HISTOGRAM_BUCKETS; i++) {
        double count = (double)row->histogram->count[i], ns = distribution_middle(i);

        weight += count;
        sum += count * ns;
        squares += count * ns * ns;
    }
    if (weight > 0 && mean.samples > 0) {
        error = sqrt(fmax(squares / weight - sum / weight * (sum / weight), 0) /
                     (double)mean.samples);
        mean.error = error > mean.error ? error : mean.error;
    }
    return mean;
}

/* Without the loads inside of lookups. They make most of the spread between hits and
 * misses: what is left is known at least as well, by its share. */
static MeanTime lookup_of(const Cache *cache)
{
    const ProfileRow *row = &cache->sums[CACHE_LOOKUP];
    MeanTime mean = mean_of(row);
    double within = row->timing.calls ? cache->load_within_ns / (double)row->timing.calls : 0;
    double share;

    if (mean.ns <= 0 || within <= 0) {
        return mean;
    }
    share = within < mean.ns ? 1 - within / mean.ns : 0;
    mean.ns *= share;
    mean.error *= share;
    return mean;
}

static int compare_periods(const void *a, const void *b)
{
    const CachePeriod *x = a, *y = b;

    return (x->started_at > y->started_at) - (x->started_at < y->started_at);
}

static void make_spans(Cache *cache)
{
    int64_t first, last, length = 0;

    if (!cache->period_count) {
        return;
    }
    qsort(cache->periods, cache->period_count, sizeof *cache->periods, compare_periods);
    first = cache->periods[0].started_at;
    last = cache->periods[cache->period_count - 1].started_at;
    for (size_t i = 0; i < cache->period_count; i++) {
        int64_t took = cache->periods[i].ended_at - cache->periods[i].started_at;

        length = took > length ? took : length;
    }
    if ((last - first) / CACHE_SPANS + 1 > length) {
        length = (last - first) / CACHE_SPANS + 1;
    }
    cache->span_ns = length > 0 ? length : 1;
    cache->span_count = (size_t)((last - first) / cache->span_ns) + 1;
    for (size_t i = 0; i < cache->span_count; i++) {
        cache->spans[i].started_at = first + (int64_t)i * cache->span_ns;
    }
    for (size_t i = 0; i < cache->period_count; i++) {
        const CachePeriod *period = &cache->periods[i];
        CacheSpan *span = &cache->spans[(period->started_at - first) / cache->span_ns];

        span->calls += period->calls;
        span->hits += period->hits;
    }
}

uint64_t cache_calls(const Cache *cache, CacheKind kind)
{
    return cache->sums[kind].timing.calls;
}

/* The histogram as hit_curve wants it; low and count have room for all buckets. Lookups
 * whose followed key was dropped are as the others, not of distance 0. */
static ReuseHistogram reuse_of(const Cache *cache, double *low, double *count)
{
    double refs = (double)cache->refs, dropped = (double)cache->dropped;

    for (unsigned i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
        low[i] = (double)distribution_low(i);
        count[i] = (double)cache->distances.count[i];
    }
    low[TKA_HISTOGRAM_BUCKETS] = (double)distribution_high(TKA_HISTOGRAM_BUCKETS - 1) + 1;
    return (ReuseHistogram){.bucket_low = low,
                            .count = count,
                            .buckets = TKA_HISTOGRAM_BUCKETS,
                            .cold = (double)cache->cold,
                            .rate = ldexp(1, -(int)cache->rate_log2),
                            .lookups = (double)cache->keyed_calls * refs /
                                       (refs + dropped)};
}

double cache_ratio_at(const Cache *cache, double size)
{
    double low[TKA_HISTOGRAM_BUCKETS + 1], count[TKA_HISTOGRAM_BUCKETS];
    ReuseHistogram reuse;

    if (!cache->refs || !(size > 0)) {
        return NAN;
    }
    reuse = reuse_of(cache, low, count);
    return hit_curve_ratio(&reuse, size);
}

static void judge(Cache *cache)
{
    double low[TKA_HISTOGRAM_BUCKETS + 1], count[TKA_HISTOGRAM_BUCKETS];
    ReuseHistogram reuse;
    CacheUse use = {.hits = cache->hits,
                    .lookups = cache_calls(cache, CACHE_LOOKUP),
                    .puts = cache_calls(cache, CACHE_PUT),
                    .evictions = cache_calls(cache, CACHE_EVICT),
                    .processes = cache->processes.count};

    cache->lookup = use.lookup = lookup_of(cache);
    cache->load = use.load = load_of(&cache->sums[CACHE_LOAD]);
    if (cache->refs) {
        reuse = reuse_of(cache, low, count);
        use.reuse = &reuse;
    }
    cache->value = cache_value_judge(&use);
}

static int compare_caches(const void *a, const void *b)
{
    return strcmp(((const Cache *)a)->name, ((const Cache *)b)->name);
}

bool cache_list_load(CacheList *list, Database *database, const SessionIds *ids,
                     Error *error)
{
    bool ok = true;

    for (size_t i = 0; ok && i < ids->count; i++) {
        ok = load_session(list, database, ids->items[i], error);
    }
    if (ok && list->count) {
        qsort(list->caches, list->count, sizeof *list->caches, compare_caches);
    }
    for (size_t i = 0; ok && i < list->count; i++) {
        make_spans(&list->caches[i]);
        judge(&list->caches[i]);
    }
    return ok;
}

static void release_cache(Cache *cache)
{
    for (size_t i = 0; i < cache->count; i++) {
        profile_row_release(&cache->members[i].row);
    }
    for (size_t i = 0; i < CACHE_KINDS; i++) {
        profile_row_release(&cache->sums[i]);
    }
    session_ids_release(&cache->processes);
    free(cache->members);
    free(cache->periods);
    free(cache->name);
}

void cache_list_release(CacheList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        release_cache(&list->caches[i]);
    }
    free(list->caches);
    *list = (CacheList){0};
}

void cache_list_filter(CacheList *list, const char *glob)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        const char *name = list->caches[i].name;

        if (strpbrk(glob, "*?") ? fnmatch(glob, name, 0) == 0
                                : strcasestr(name, glob) != NULL) {
            list->caches[kept++] = list->caches[i];
        } else {
            release_cache(&list->caches[i]);
        }
    }
    list->count = kept;
}

const Cache *cache_list_find(const CacheList *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!strcmp(list->caches[i].name, name)) {
            return &list->caches[i];
        }
    }
    return NULL;
}

double cache_span_ratio(const CacheSpan *span)
{
    return span->calls ? (double)span->hits / (double)span->calls : -1;
}

bool cache_is_bad(const Cache *cache)
{
    return (cache->value.findings & (CACHE_NEVER_HIT | CACHE_USELESS | CACHE_THRASHING)) !=
           0;
}
