#include "report_caches.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "csv_writer.h"
#include "report_json.h"
#include "report_text.h"
#include "sparkline.h"
#include "table.h"
#include "units.h"

/* --- figures ---------------------------------------------------------------- */

/* Under so many samples a mean is not told. */
static double known_mean(const MeanTime *mean)
{
    return mean->samples >= ENOUGH_SAMPLES ? mean->ns : -1;
}

static Figure signed_time(double ns, const Terminal *terminal)
{
    Figure size = units_time(fabs(ns), terminal->utf8), figure;

    snprintf(figure.text, sizeof figure.text, "%s%.40s", ns < 0 ? "-" : "", size.text);
    return figure;
}

static Figure saved_figure(const CacheValue *value, const Terminal *terminal)
{
    return value->saved_known ? signed_time(value->saved_ns, terminal) : (Figure){"-"};
}

static Figure saved_range(const CacheValue *value, const Terminal *terminal)
{
    Figure low, high, range;

    if (!value->saved_known) {
        return (Figure){"-"};
    }
    low = signed_time(value->saved_interval.low, terminal);
    high = signed_time(value->saved_interval.high, terminal);
    snprintf(range.text, sizeof range.text, "%.20s to %.20s", low.text, high.text);
    return range;
}

static Figure share_figure(double share)
{
    return units_percent(isnan(share) ? -1 : share);
}

/* Entries; where they come from is told by size_source(). */
static Figure size_figure(double size)
{
    return isnan(size) || isinf(size) ? (Figure){"-"} : units_short_count(size);
}

static bool size_is_counted(const Cache *cache)
{
    return cache_calls(cache, CACHE_EVICT) > 0 &&
           cache_calls(cache, CACHE_PUT) > cache_calls(cache, CACHE_EVICT);
}

static Figure calls_figure(const Cache *cache, CacheKind kind)
{
    return cache->has[kind] ? units_count(cache_calls(cache, kind)) : (Figure){"-"};
}

/* Where another size would help, that comes first. */
static const char *verdict(const Cache *cache)
{
    const CacheValue *value = &cache->value;

    return cache_calls(cache, CACHE_LOOKUP) < CACHE_FEWEST_LOOKUPS ? "too few requests"
           : value->findings & CACHE_THRASHING                     ? "thrashing"
           : value->findings & CACHE_NEVER_HIT                     ? "never hit"
           : value->findings & CACHE_USELESS                       ? "useless"
           : value->findings & CACHE_TOO_SMALL                     ? "too small"
           : value->saved_known && value->saved_interval.low > 0   ? "saves time"
                                                                   : "-";
}

static Style verdict_style(const Cache *cache)
{
    return cache_is_bad(cache)                      ? STYLE_HOT
           : cache->value.findings                  ? STYLE_WARM
           : !strcmp(verdict(cache), "saves time") ? STYLE_GOOD
                                                    : STYLE_PLAIN;
}

/* --- the table -------------------------------------------------------------- */

#define BARS 12

/* The ratio in at most so many bars. */
static void add_ratio_bars(const Cache *cache, size_t most, bool utf8, Text *out)
{
    double ratios[CACHE_SPANS];
    size_t count = cache->span_count < most ? cache->span_count : most;

    for (size_t i = 0; i < count; i++) {
        CacheSpan sum = {0};

        for (size_t n = i * cache->span_count / count;
             n < (i + 1) * cache->span_count / count; n++) {
            sum.calls += cache->spans[n].calls;
            sum.hits += cache->spans[n].hits;
        }
        ratios[i] = cache_span_ratio(&sum);
    }
    if (count > 1) {
        sparkline_add_shares(ratios, count, utf8, out);
    }
}

static void add_row(Table *table, const Cache *cache, const Terminal *terminal)
{
    const CacheValue *value = &cache->value;
    Text bars = {0};

    add_ratio_bars(cache, BARS, terminal->utf8, &bars);
    table_cell(table, STYLE_BOLD, cache->name);
    table_cell(table, STYLE_PLAIN, units_count(cache_calls(cache, CACHE_LOOKUP)).text);
    table_cell(table, STYLE_PLAIN, units_count(cache->hits).text);
    table_cell(table, STYLE_BOLD, share_figure(value->hit_ratio).text);
    table_cell(table, STYLE_DIM, bars.data ? bars.data : "");
    table_cell(table, STYLE_PLAIN,
               units_time(known_mean(&cache->lookup), terminal->utf8).text);
    table_cell(table, STYLE_PLAIN,
               units_time(known_mean(&cache->load), terminal->utf8).text);
    table_cell(table, STYLE_PLAIN, saved_figure(value, terminal).text);
    table_cell(table, STYLE_DIM, saved_range(value, terminal).text);
    table_cell(table, STYLE_PLAIN, calls_figure(cache, CACHE_PUT).text);
    table_cell(table, STYLE_PLAIN, calls_figure(cache, CACHE_EVICT).text);
    table_cell(table, STYLE_PLAIN, size_figure(value->size).text);
    table_cell(table, STYLE_PLAIN, share_figure(value->ratio_at_twice).text);
    table_cell(table, verdict_style(cache), verdict(cache));
    text_release(&bars);
}

static void add_heading(const Selection *selection, const Terminal *terminal, Text *out)
{
    if (selection->single) {
        report_text_session(&selection->session, 1, terminal, out);
        text_char(out, '\n');
    }
}

void report_caches_text(const CacheList *list, const Selection *selection,
                        const Terminal *terminal, Text *out)
{
    static const Column columns[] = {
        {"Cache", ALIGN_LEFT, 0, 16},     {"Requests", ALIGN_RIGHT, 0, 0},
        {"Hits", ALIGN_RIGHT, 6, 0},      {"Ratio", ALIGN_RIGHT, 0, 0},
        {"Over time", ALIGN_LEFT, 7, 0},  {"Lookup", ALIGN_RIGHT, 4, 0},
        {"Load", ALIGN_RIGHT, 3, 0},      {"Saved", ALIGN_RIGHT, 0, 0},
        {"95%", ALIGN_LEFT, 8, 0},        {"Puts", ALIGN_RIGHT, 5, 0},
        {"Evictions", ALIGN_RIGHT, 5, 0}, {"Size", ALIGN_RIGHT, 2, 0},
        {"At 2x", ALIGN_RIGHT, 1, 0},     {"Verdict", ALIGN_LEFT, 0, 0}};
    Table *table;

    add_heading(selection, terminal, out);
    if (list->count == 0) {
        text_put(out, "No cache was used. Mark the functions of a cache with "
                      "TKA_CACHE(\"name\"); see docs/caches.md.\n");
        return;
    }
    table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < list->count; i++) {
        add_row(table, &list->caches[i], terminal);
    }
    table_print(table, terminal, out);
    table_free(table);
    terminal_format(terminal, out, STYLE_DIM,
                    "Saved: hits * load - requests * lookup. \"-\": not known; "
                    "`tka caches NAME` tells why\n");
}

/* --- one cache -------------------------------------------------------------- */

static void add_members(const Cache *cache, const Terminal *terminal, Text *out)
{
    static const Column columns[] = {
        {"Role", ALIGN_LEFT, 0, 0},       {"Calls", ALIGN_RIGHT, 0, 0},
        {"Timed", ALIGN_RIGHT, 0, 0},     {"Mean", ALIGN_RIGHT, 0, 0},
        {"Function", ALIGN_LEFT, 0, 20},  {"Place", ALIGN_LEFT, 1, 20}};
    Table *table = table_new(columns, sizeof columns / sizeof *columns);

    for (size_t i = 0; i < cache->count; i++) {
        const ProfileRow *row = &cache->members[i].row;
        char *name = report_text_row_name(row), *place = report_text_place(&row->function);
        double mean = timing_has_percentiles(&row->timing) ? timing_mean(&row->timing) : -1;

        table_cell(table, STYLE_PLAIN, cache_kind_word(cache->members[i].kind));
        table_cell(table, STYLE_PLAIN, units_count(row->timing.calls).text);
        table_cell(table, STYLE_PLAIN, units_count(row->timing.samples).text);
        table_cell(table, STYLE_PLAIN, units_time(mean, terminal->utf8).text);
        table_cell(table, STYLE_BOLD, name);
        table_cell(table, STYLE_DIM, place);
        free(name);
        free(place);
    }
    table_print(table, terminal, out);
    table_free(table);
}

static void add_hits(const Cache *cache, const Terminal *terminal, Text *out)
{
    const CacheValue *value = &cache->value;

    text_format(out, "\nHits        %s of ", units_count(cache->hits).text);
    text_format(out, "%s requests", units_count(cache_calls(cache, CACHE_LOOKUP)).text);
    if (!isnan(value->hit_ratio)) {
        text_format(out, ": %s", units_percent(value->hit_ratio).text);
        text_format(out, " (95%%: %s", units_percent(value->hit_interval.low).text);
        text_format(out, " to %s)", units_percent(value->hit_interval.high).text);
    }
    text_char(out, '\n');
    if (cache->span_count > 1) {
        text_put(out, "Over time   ");
        add_ratio_bars(cache, CACHE_SPANS, terminal->utf8, out);
        text_format(out, "  from %s, ", units_date(cache->spans[0].started_at).text);
        text_format(out, "%s a column\n",
                    units_time((double)cache->span_ns, terminal->utf8).text);
    }
}

static void add_mean(const char *what, const MeanTime *mean, const Terminal *terminal,
                     Text *out)
{
    text_format(out, "%s %s", what, units_time(known_mean(mean), terminal->utf8).text);
    if (mean->samples >= ENOUGH_SAMPLES && mean->error > 0) {
        text_format(out, " +-%s", units_time(mean->error * student_t95(mean->samples - 1),
                                             terminal->utf8)
                                      .text);
    }
    text_format(out, " (%s timed)", units_count(mean->samples).text);
}

static void add_time(const Cache *cache, const Terminal *terminal, Text *out)
{
    const CacheValue *value = &cache->value;

    add_mean("A lookup   ", &cache->lookup, terminal, out);
    if (cache->load_within_ns > 0) {
        text_put(out, ", without the loads inside of it");
    }
    text_char(out, '\n');
    if (cache->has[CACHE_LOAD]) {
        add_mean("A load     ", &cache->load, terminal, out);
        text_char(out, '\n');
    }
    text_put(out, "Saved       ");
    if (value->saved_known) {
        text_format(out, "%s", saved_figure(value, terminal).text);
        text_format(out, " (95%%: %s)\n", saved_range(value, terminal).text);
    } else if (!cache->has[CACHE_LOAD]) {
        text_put(out, "not known: no function with the role load was called\n");
    } else {
        text_format(out, "not known: fewer than %d lookups or loads were timed\n",
                    ENOUGH_SAMPLES);
    }
}

static void add_size(const Cache *cache, Text *out)
{
    double size = cache->value.size;

    text_format(out, "Puts        %s", calls_figure(cache, CACHE_PUT).text);
    text_format(out, ", evictions %s\n", calls_figure(cache, CACHE_EVICT).text);
    text_put(out, "Size        ");
    if (isnan(size)) {
        text_put(out, "not known: neither puts and evictions nor keys tell it\n");
    } else if (isinf(size)) {
        text_put(out, "does not limit the hits\n");
    } else {
        text_format(out, "%s entries%s", units_short_count(size).text,
                    size_is_counted(cache) ? ", puts less evictions"
                                           : ", of a cache with this ratio that drops "
                                             "the least recently used");
        if (cache->processes.count > 1) {
            text_format(out, ", on average of %zu processes", cache->processes.count);
        }
        text_char(out, '\n');
    }
}

/* What other sizes would give. */
static void add_curve(const Cache *cache, const Terminal *terminal, Text *out)
{
    static const double factors[] = {0.25, 0.5, 1, 2, 4, 8};
    double size = cache->value.size;

    if (!cache->refs) {
        text_put(out, "\nKeys        not followed: mark the key with TKA_CACHE_KEY to learn "
                      "what other sizes would give\n");
        return;
    }
    text_format(out, "\nKeys        %s requests of followed keys",
                units_count(cache->refs).text);
    text_format(out, " (one key in %s)", units_count(1ull << cache->rate_log2).text);
    text_format(out, "; about %s keys", units_short_count((double)cache->cold).text);
    if (cache->dropped) {
        text_format(out, "; %s left out", units_count(cache->dropped).text);
    }
    text_char(out, '\n');
    if (cache->damaged) {
        terminal_format(terminal, out, STYLE_WARM, "What some keys told is damaged\n");
    }
    if (isnan(size) || isinf(size)) {
        return;
    }
    text_put(out, "A cache that drops the least recently used would hit\n");
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        text_format(out, "  %7s of", share_figure(cache_ratio_at(cache, factors[i] * size)).text);
        text_format(out, " the requests with %s entries (%gx)\n",
                    units_short_count(factors[i] * size).text, factors[i]);
    }
}

static void add_verdict(const Cache *cache, const Terminal *terminal, Text *out)
{
    unsigned findings = cache->value.findings;

    text_char(out, '\n');
    terminal_format(terminal, out, verdict_style(cache), "Verdict: %s\n", verdict(cache));
    if (findings & CACHE_NEVER_HIT) {
        text_format(out, "  Not one request was a hit%s.\n",
                    findings & (CACHE_THRASHING | CACHE_TOO_SMALL)
                        ? ""
                        : ": do without it, or look at its keys");
    }
    if (findings & CACHE_USELESS) {
        text_put(out, "  Its lookups take as long as the loads that it saves, or longer.\n");
    }
    if (findings & (CACHE_THRASHING | CACHE_TOO_SMALL)) {
        text_format(out, "  %sTwice the size would make %s",
                    findings & CACHE_THRASHING ? "Most of what is put is evicted before it is a hit. " : "",
                    units_percent(cache->value.gain).text);
        text_put(out, " of the requests hits that are none now.\n");
    }
}

void report_cache_text(const Cache *cache, const Selection *selection,
                       const Terminal *terminal, Text *out)
{
    add_heading(selection, terminal, out);
    terminal_style(terminal, out, STYLE_BOLD);
    terminal_printable(terminal, out, cache->name, 0);
    terminal_plain(terminal, out, STYLE_BOLD);
    text_put(out, "\n\n");
    add_members(cache, terminal, out);
    add_hits(cache, terminal, out);
    add_time(cache, terminal, out);
    add_size(cache, out);
    add_curve(cache, terminal, out);
    add_verdict(cache, terminal, out);
}

/* --- for programs ------------------------------------------------------------ */

static void add_json_mean(Json *json, const char *key, const MeanTime *mean)
{
    json_object(json, key);
    json_count(json, "samples", mean->samples);
    json_ns(json, "mean_ns", known_mean(mean));
    if (mean->samples >= ENOUGH_SAMPLES) {
        json_decimal(json, "error_ns", mean->error, 1);
    } else {
        json_null(json, "error_ns");
    }
    json_end(json);
}

/* Of kinds that no function has: null. */
static void add_json_calls(Json *json, const Cache *cache, CacheKind kind, const char *key)
{
    if (cache->has[kind]) {
        json_count(json, key, cache_calls(cache, kind));
    } else {
        json_null(json, key);
    }
}

static void add_json_value(Json *json, const CacheValue *value)
{
    json_real(json, "hit_ratio", value->hit_ratio);
    json_real(json, "hit_ratio_low", value->hit_interval.low);
    json_real(json, "hit_ratio_high", value->hit_interval.high);
    json_real(json, "saved_ns", value->saved_known ? round(value->saved_ns) : NAN);
    json_real(json, "saved_low_ns",
              value->saved_known ? round(value->saved_interval.low) : NAN);
    json_real(json, "saved_high_ns",
              value->saved_known ? round(value->saved_interval.high) : NAN);
    json_real(json, "size", value->size);
    json_real(json, "hit_ratio_at_twice", value->ratio_at_twice);
    json_array(json, "findings");
    for (unsigned bit = CACHE_NEVER_HIT; bit <= CACHE_TOO_SMALL; bit <<= 1) {
        if (value->findings & bit) {
            json_text(json, NULL, cache_finding_word((CacheFinding)bit));
        }
    }
    json_end(json);
}

static void add_json_keys(Json *json, const Cache *cache)
{
    json_object(json, "keys");
    json_count(json, "requests_followed", cache->refs);
    json_count(json, "requests_dropped", cache->dropped);
    json_count(json, "one_in", 1ull << cache->rate_log2);
    json_count(json, "distinct", cache->cold);
    json_end(json);
}

static void add_json_cache(Json *json, const Cache *cache)
{
    json_object(json, NULL);
    json_text(json, "name", cache->name);
    json_count(json, "requests", cache_calls(cache, CACHE_LOOKUP));
    json_count(json, "hits", cache->hits);
    add_json_calls(json, cache, CACHE_PUT, "puts");
    add_json_calls(json, cache, CACHE_EVICT, "evictions");
    add_json_calls(json, cache, CACHE_LOAD, "loads");
    json_count(json, "processes", cache->processes.count);
    add_json_value(json, &cache->value);
    add_json_mean(json, "lookup", &cache->lookup);
    add_json_mean(json, "load", &cache->load);
    add_json_keys(json, cache);
    json_array(json, "functions");
    for (size_t i = 0; i < cache->count; i++) {
        json_object(json, NULL);
        json_text(json, "role", cache_kind_word(cache->members[i].kind));
        report_json_function(json, &cache->members[i].row.function);
        json_count(json, "calls", cache->members[i].row.timing.calls);
        json_end(json);
    }
    json_end(json);
    json_array(json, "over_time");
    for (size_t i = 0; i < cache->span_count; i++) {
        if (cache->spans[i].calls) {
            json_object(json, NULL);
            json_text(json, "started_at",
                      units_iso_moment(cache->spans[i].started_at).text);
            json_count(json, "requests", cache->spans[i].calls);
            json_count(json, "hits", cache->spans[i].hits);
            json_end(json);
        }
    }
    json_end(json);
    json_end(json);
}

void report_caches_json(const CacheList *list, const Selection *selection, Text *out)
{
    Json json = {.out = out};

    report_json_selection(&json, selection);
    json_array(&json, "caches");
    for (size_t i = 0; i < list->count; i++) {
        add_json_cache(&json, &list->caches[i]);
    }
    json_end(&json);
    json_end(&json);
}

/* Below 0 is a figure here. */
static void csv_saved(Csv *csv, const CacheValue *value, double ns)
{
    if (value->saved_known) {
        csv_integer(csv, (int64_t)llround(ns));
    } else {
        csv_text(csv, "");
    }
}

static void csv_calls(Csv *csv, const Cache *cache, CacheKind kind)
{
    csv_real(csv, cache->has[kind] ? (double)cache_calls(cache, kind) : -1);
}

void report_caches_csv(const CacheList *list, Text *out)
{
    Csv csv = {.out = out};

    text_put(out, "name,requests,hits,hit_ratio,lookup_ns,load_ns,saved_ns,saved_low_ns,"
                  "saved_high_ns,puts,evictions,loads,size,hit_ratio_at_twice,findings\n");
    for (size_t i = 0; i < list->count; i++) {
        const Cache *cache = &list->caches[i];
        const CacheValue *value = &cache->value;
        Text findings = {0};

        for (unsigned bit = CACHE_NEVER_HIT; bit <= CACHE_TOO_SMALL; bit <<= 1) {
            if (value->findings & bit) {
                text_format(&findings, "%s%s", findings.size ? " " : "",
                            cache_finding_word((CacheFinding)bit));
            }
        }
        csv_text(&csv, cache->name);
        csv_count(&csv, cache_calls(cache, CACHE_LOOKUP));
        csv_count(&csv, cache->hits);
        csv_real(&csv, value->hit_ratio);
        csv_ns(&csv, known_mean(&cache->lookup));
        csv_ns(&csv, known_mean(&cache->load));
        csv_saved(&csv, value, value->saved_ns);
        csv_saved(&csv, value, value->saved_interval.low);
        csv_saved(&csv, value, value->saved_interval.high);
        csv_calls(&csv, cache, CACHE_PUT);
        csv_calls(&csv, cache, CACHE_EVICT);
        csv_calls(&csv, cache, CACHE_LOAD);
        csv_real(&csv, isinf(value->size) ? -1 : value->size);
        csv_real(&csv, value->ratio_at_twice);
        csv_text(&csv, findings.data ? findings.data : "");
        csv_end_row(&csv);
        text_release(&findings);
    }
}
