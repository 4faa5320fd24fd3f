#include "cache_metrics.h"

#include <math.h>

/* Between quotes; what is not UTF-8 stays as it is. */
static void add_label(const char *value, Text *out)
{
    for (; *value; value++) {
        switch (*value) {
        case '\\':
            text_put(out, "\\\\");
            break;
        case '"':
            text_put(out, "\\\"");
            break;
        case '\n':
            text_put(out, "\\n");
            break;
        default:
            text_char(out, *value);
        }
    }
}

/* name{cache="...",result="..."} and a blank; result may be NULL. */
static void begin_sample(const char *name, const Cache *cache, const char *result,
                         Text *out)
{
    text_format(out, "%s{cache=\"", name);
    add_label(cache->name, out);
    text_char(out, '"');
    if (result) {
        text_format(out, ",result=\"%s\"", result);
    }
    text_put(out, "} ");
}

static void add_count(const char *name, const Cache *cache, const char *result,
                      uint64_t count, Text *out)
{
    begin_sample(name, cache, result, out);
    text_format(out, "%llu\n", (unsigned long long)count);
}

static void add_head(const char *name, const char *type, const char *help, Text *out)
{
    text_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_gets(const CacheList *list, Text *out)
{
    add_head("cache_gets_total", "counter", "Requests, by whether they were hits.", out);
    for (size_t i = 0; i < list->count; i++) {
        const Cache *cache = &list->caches[i];
        uint64_t requests = cache_calls(cache, CACHE_LOOKUP);

        add_count("cache_gets_total", cache, "hit", cache->hits, out);
        add_count("cache_gets_total", cache, "miss",
                  requests > cache->hits ? requests - cache->hits : 0, out);
    }
}

static void add_calls(const CacheList *list, CacheKind kind, const char *name,
                      const char *help, Text *out)
{
    add_head(name, "counter", help, out);
    for (size_t i = 0; i < list->count; i++) {
        if (list->caches[i].has[kind]) {
            add_count(name, &list->caches[i], NULL, cache_calls(&list->caches[i], kind),
                      out);
        }
    }
}

static bool size_is_known(const Cache *cache)
{
    return cache->has[CACHE_PUT] && cache->has[CACHE_EVICT] &&
           cache_calls(cache, CACHE_PUT) >= cache_calls(cache, CACHE_EVICT);
}

static void add_sizes(const CacheList *list, Text *out)
{
    add_head("cache_size", "gauge", "Entries: puts less evictions.", out);
    for (size_t i = 0; i < list->count; i++) {
        const Cache *cache = &list->caches[i];

        if (size_is_known(cache)) {
            add_count("cache_size", cache, NULL,
                      cache_calls(cache, CACHE_PUT) - cache_calls(cache, CACHE_EVICT),
                      out);
        }
    }
}

static void add_loads(const CacheList *list, Text *out)
{
    add_head("cache_loads_seconds", "summary",
             "Loads and their time, estimated from timed ones.", out);
    for (size_t i = 0; i < list->count; i++) {
        const Cache *cache = &list->caches[i];
        double seconds = cache->load.ns / 1e9 * (double)cache_calls(cache, CACHE_LOAD);

        if (!cache->has[CACHE_LOAD] || cache->load.samples < ENOUGH_SAMPLES) {
            continue;
        }
        add_count("cache_loads_seconds_count", cache, "success",
                  cache_calls(cache, CACHE_LOAD), out);
        begin_sample("cache_loads_seconds_sum", cache, "success", out);
        text_format(out, "%.9g\n", seconds);
    }
}

void cache_metrics_add(const CacheList *list, Text *out)
{
    add_gets(list, out);
    add_calls(list, CACHE_PUT, "cache_puts_total", "Entries put.", out);
    add_calls(list, CACHE_EVICT, "cache_evictions_total", "Entries evicted.", out);
    add_sizes(list, out);
    add_loads(list, out);
}
