#include "report_services.h"

#include <stdio.h>
#include <stdlib.h>

#include "csv_writer.h"
#include "report_json.h"
#include "report_text.h"
#include "service_findings.h"
#include "table.h"
#include "units.h"

/* --- the table ---------------------------------------------------------------- */

static const Column columns[] = {
    {"Service", ALIGN_LEFT, 0, 20},  {"Lifetime", ALIGN_LEFT, 0, 0},
    {"Resolved", ALIGN_RIGHT, 0, 0}, {"Made", ALIGN_RIGHT, 0, 0},
    {"Failed", ALIGN_RIGHT, 0, 0},   {"Total", ALIGN_RIGHT, 1, 0},
    {"Self", ALIGN_RIGHT, 3, 0},     {"Mean", ALIGN_RIGHT, 2, 0},
    {"P99", ALIGN_RIGHT, 0, 0},      {"Max", ALIGN_RIGHT, 5, 0},
    {">=1ms", ALIGN_RIGHT, 4, 0},    {"Start", ALIGN_RIGHT, 0, 0},
    {"Resolver", ALIGN_LEFT, 6, 12}};

#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static void add_count(Table *table, Style style, uint64_t count)
{
    table_cell(table, count ? style : STYLE_DIM, units_count(count).text);
}

static void add_time(Table *table, Style style, double ns, const Terminal *terminal)
{
    table_cell(table, style, units_time(ns, terminal->utf8).text);
}

static void add_row(Table *table, const Service *service, const Terminal *terminal)
{
    const ServiceFigures *f = &service->figures;
    char *resolver = report_text_name(&service->function);
    Text lifetime = {0};
    bool timed = f->samples > 0;

    text_format(&lifetime, "%s%s",
                service->by_address && service->lifetime != LIFETIME_UNKNOWN ? "~" : "",
                lifetime_name(service->lifetime));
    table_cell(table, STYLE_BOLD, service->name);
    table_cell(table, service->lifetime == LIFETIME_UNKNOWN ? STYLE_DIM : STYLE_PLAIN,
               lifetime.data);
    add_count(table, STYLE_PLAIN, f->resolutions);
    if (f->factories) {
        add_count(table, STYLE_PLAIN, f->constructed);
    } else {
        table_cell(table, STYLE_DIM, "-");
    }
    add_count(table, STYLE_HOT, f->failures);
    add_time(table, STYLE_PLAIN, timed ? service_total(service) : -1, terminal);
    add_time(table, STYLE_PLAIN, timed ? service_self(service) : -1, terminal);
    add_time(table, STYLE_PLAIN, service_mean(service), terminal);
    add_time(table, service->is_slow ? STYLE_HOT : STYLE_PLAIN,
             service_quantile(service, 0.99), terminal);
    add_time(table, STYLE_PLAIN, f->max_ns, terminal);
    add_count(table, STYLE_WARM, f->slow);
    add_time(table, STYLE_PLAIN, service->start_self_ns, terminal);
    table_cell(table, STYLE_DIM, resolver);
    text_release(&lifetime);
    free(resolver);
}

/* --- findings ------------------------------------------------------------------- */

static void add_names(const ServiceList *list, const Finding *finding,
                      const Terminal *terminal, const char *between, Text *out)
{
    for (size_t i = 0; i < finding->count; i++) {
        text_put(out, i ? between : "");
        terminal_printable(terminal, out, list->items[finding->path[i]].name, 0);
    }
}

static void add_finding(const ServiceList *list, const Finding *finding,
                        const Terminal *terminal, Text *out)
{
    const Service *service = &list->items[finding->path[0]];
    const char *lifetime =
        finding->count > 1 ? lifetime_name(list->items[finding->path[1]].lifetime) : "";

    terminal_format(terminal, out, finding->kind == FINDING_SLOW ? STYLE_WARM : STYLE_HOT,
                    "%-10s", finding_name(finding->kind));
    if (finding->kind == FINDING_CAPTIVE || finding->kind == FINDING_TRANSIENT) {
        add_names(list, finding, terminal, " keeps ", out);
        text_format(out, ", which is %s", lifetime);
    } else {
        add_names(list, finding, terminal, " > ", out);
    }
    if (finding->kind == FINDING_FAILURE) {
        text_format(out, ": %s of ", units_count(service->figures.failures).text);
        text_format(out, "%s resolutions",
                    units_count(service->figures.resolutions).text);
    } else if (finding->kind == FINDING_CYCLE) {
        text_put(out, " > ");
        terminal_printable(terminal, out, service->name, 0);
        text_put(out, ": needed while it was being made");
    } else if (finding->kind == FINDING_SLOW) {
        text_format(out, ": p99 %s",
                    units_time(service_quantile(service, 0.99), terminal->utf8).text);
    }
    text_char(out, '\n');
}

static void add_findings(const ServiceList *list, const Terminal *terminal, Text *out)
{
    if (list->finding_count) {
        text_char(out, '\n');
    }
    for (size_t i = 0; i < list->finding_count; i++) {
        add_finding(list, &list->findings[i], terminal, out);
    }
}

static bool any_by_address(const ServiceList *list, const ServiceRows *rows)
{
    for (size_t i = 0; i < rows->shown; i++) {
        const Service *service = &list->items[rows->places[i]];

        if (service->by_address && service->lifetime != LIFETIME_UNKNOWN) {
            return true;
        }
    }
    return false;
}

static void add_heading(const Selection *selection, const Terminal *terminal, Text *out)
{
    if (selection->single) {
        report_text_session(&selection->session, 1, terminal, out);
        text_char(out, '\n');
    }
}

void report_services_text(const ServiceList *list, const ServiceRows *rows,
                          const Selection *selection, const Terminal *terminal, Text *out)
{
    Table *table;

    add_heading(selection, terminal, out);
    if (rows->count == 0) {
        text_put(out, list->count ? "No service of that name was resolved.\n"
                                  : "No service was resolved: TKA_RESOLVES marks what "
                                    "hands them out.\n");
        return;
    }
    table = table_new(columns, COLUMN_COUNT);
    for (size_t i = 0; i < rows->shown; i++) {
        add_row(table, &list->items[rows->places[i]], terminal);
    }
    table_print(table, terminal, out);
    table_free(table);
    if (rows->shown < rows->count) {
        terminal_format(terminal, out, STYLE_DIM,
                        "%zu more services; --limit 0 shows all\n",
                        rows->count - rows->shown);
    }
    if (any_by_address(list, rows)) {
        terminal_format(
            terminal, out, STYLE_DIM,
            "~ told from addresses alone; TKA_CONSTRUCTS on its factory tells "
            "for sure\n");
    }
    add_findings(list, terminal, out);
}

/* --- for programs --------------------------------------------------------------- */

static void add_json_figures(Json *json, const ServiceFigures *f)
{
    json_count(json, "resolutions", f->resolutions);
    json_count(json, "failures", f->failures);
    if (f->factories) {
        json_count(json, "constructed", f->constructed);
        json_count(json, "cached",
                   f->resolutions > f->constructed ? f->resolutions - f->constructed : 0);
    } else {
        json_null(json, "constructed");
        json_null(json, "cached");
    }
    json_count(json, "factories", f->factories);
    json_ns(json, "construct_ns", f->construct_ns);
    json_ns(json, "construct_self_ns", f->construct_self_ns);
    json_count(json, "samples", f->samples);
    json_count(json, "cycles", f->cycles);
}

static void add_json_service(Json *json, const Service *service)
{
    const ServiceFigures *f = &service->figures;
    bool timed = f->samples > 0;

    json_object(json, NULL);
    json_integer(json, "id", service->id);
    json_text(json, "service", service->name);
    json_text(json, "key", service->key);
    json_text(json, "key_kind", service->kind);
    json_text(json, "lifetime", lifetime_name(service->lifetime));
    json_bool(json, "lifetime_from_addresses", service->by_address);
    add_json_figures(json, f);
    json_ns(json, "total_ns", timed ? service_total(service) : -1);
    json_ns(json, "self_ns", timed ? service_self(service) : -1);
    json_ns(json, "mean_ns", service_mean(service));
    json_ns(json, "p50_ns", service_quantile(service, 0.5));
    json_ns(json, "p99_ns", service_quantile(service, 0.99));
    json_ns(json, "min_ns", f->min_ns);
    json_ns(json, "max_ns", f->max_ns);
    json_count(json, "over_1ms", f->slow);
    json_bool(json, "slow", service->is_slow);
    json_ns(json, "start_self_ns", service->start_self_ns);
    json_count(json, "threads", f->threads);
    json_count(json, "scopes", f->scope_visits);
    json_count(json, "instance_changes", f->changes);
    report_json_function(json, &service->function);
    json_end(json);
}

static void add_json_name(Json *json, const ServiceList *list, const char *key,
                          size_t place)
{
    if (place == NO_SERVICE) {
        json_null(json, key);
    } else {
        json_text(json, key, list->items[place].name);
    }
}

static void add_json_edge(Json *json, const ServiceList *list, const ServiceEdge *edge)
{
    json_object(json, NULL);
    add_json_name(json, list, "parent", edge->parent);
    json_integer(json, "parent_id",
                 edge->parent == NO_SERVICE ? 0 : list->items[edge->parent].id);
    json_text(json, "service", list->items[edge->service].name);
    json_integer(json, "service_id", list->items[edge->service].id);
    add_json_figures(json, &edge->figures);
    json_ns(json, "total_ns", edge->figures.total_ns);
    json_bool(json, "captive", edge->is_captive);
    json_end(json);
}

static void add_json_event(Json *json, const ServiceList *list, const ServiceEvent *event)
{
    json_object(json, NULL);
    json_text(json, "service", list->items[event->service].name);
    json_integer(json, "service_id", list->items[event->service].id);
    add_json_name(json, list, "parent", event->parent);
    json_text(json, "kind", event->constructed ? "constructed" : "first");
    json_text(json, "started", units_iso_moment(event->started_at).text);
    json_integer(json, "since_start_ns", (int64_t)event->since_ns);
    json_ns(json, "duration_ns", event->duration_ns);
    json_ns(json, "self_ns", event->self_ns);
    json_integer(json, "thread", event->thread);
    json_count(json, "depth", event->depth);
    json_end(json);
}

static void add_json_finding(Json *json, const ServiceList *list, const Finding *finding)
{
    json_object(json, NULL);
    json_text(json, "kind", finding_name(finding->kind));
    json_array(json, "services");
    for (size_t i = 0; i < finding->count; i++) {
        json_text(json, NULL, list->items[finding->path[i]].name);
    }
    json_end(json);
    json_end(json);
}

void report_services_json(const ServiceList *list, const ServiceRows *rows,
                          const Selection *selection, Text *out)
{
    Json json = {.out = out};

    report_json_selection(&json, selection);
    json_array(&json, "services");
    for (size_t i = 0; i < rows->shown; i++) {
        add_json_service(&json, &list->items[rows->places[i]]);
    }
    json_end(&json);
    json_array(&json, "edges");
    for (size_t i = 0; i < list->edge_count; i++) {
        add_json_edge(&json, list, &list->edges[i]);
    }
    json_end(&json);
    json_array(&json, "events");
    for (size_t i = 0; i < list->event_count; i++) {
        add_json_event(&json, list, &list->events[i]);
    }
    json_end(&json);
    json_array(&json, "findings");
    for (size_t i = 0; i < list->finding_count; i++) {
        add_json_finding(&json, list, &list->findings[i]);
    }
    json_end(&json);
    json_end(&json);
}

void report_services_csv(const ServiceList *list, const ServiceRows *rows, Text *out)
{
    Csv csv = {.out = out};

    text_put(out, "service,key_kind,lifetime,lifetime_from_addresses,resolutions,"
                  "constructed,failures,total_ns,self_ns,mean_ns,p50_ns,p99_ns,max_ns,"
                  "over_1ms,start_self_ns,construct_ns,construct_self_ns,cycles,resolver,"
                  "file,line\n");
    for (size_t i = 0; i < rows->shown; i++) {
        const Service *service = &list->items[rows->places[i]];
        const ServiceFigures *f = &service->figures;
        bool timed = f->samples > 0;

        csv_text(&csv, service->name);
        csv_text(&csv, service->kind);
        csv_text(&csv, lifetime_name(service->lifetime));
        csv_text(&csv, service->by_address ? "true" : "false");
        csv_count(&csv, f->resolutions);
        csv_ns(&csv, f->factories ? (double)f->constructed : -1);
        csv_count(&csv, f->failures);
        csv_ns(&csv, timed ? service_total(service) : -1);
        csv_ns(&csv, timed ? service_self(service) : -1);
        csv_ns(&csv, service_mean(service));
        csv_ns(&csv, service_quantile(service, 0.5));
        csv_ns(&csv, service_quantile(service, 0.99));
        csv_ns(&csv, f->max_ns);
        csv_count(&csv, f->slow);
        csv_ns(&csv, service->start_self_ns);
        csv_ns(&csv, f->construct_ns);
        csv_ns(&csv, f->construct_self_ns);
        csv_count(&csv, f->cycles);
        csv_text(&csv, service->function.name);
        csv_text(&csv, service->function.file);
        csv_integer(&csv, service->function.line);
        csv_end_row(&csv);
    }
}

/* --- the start -------------------------------------------------------------------- */

#define PICTURE_WIDTH 40

static size_t events_shown(const ServiceList *list, uint64_t limit)
{
    return limit && limit < list->event_count ? (size_t)limit : list->event_count;
}

/* Where an event lies between the start and the end of all that are shown. */
static char *picture(const ServiceEvent *event, double from, double span)
{
    double begin = span > 0 ? (event->since_ns - from) / span : 0;
    double end = span > 0 ? (event->since_ns + event->duration_ns - from) / span : 0;
    size_t first = (size_t)(begin * PICTURE_WIDTH), last = (size_t)(end * PICTURE_WIDTH);
    Text text = {0};

    first = first < PICTURE_WIDTH ? first : PICTURE_WIDTH - 1;
    last = last > first ? last : first + 1;
    last = last < PICTURE_WIDTH ? last : PICTURE_WIDTH;
    text_put(&text, "");
    text_repeat(&text, ' ', first);
    text_repeat(&text, '#', last - first);
    return text.data;
}

static void add_event_row(Table *table, const ServiceList *list,
                          const ServiceEvent *event, const Terminal *terminal)
{
    Text name = {0};
    char number[24];

    text_repeat(&name, ' ', 2 * (event->depth < 20 ? event->depth : 20));
    text_put(&name, list->items[event->service].name);
    text_put(&name, event->constructed ? "" : " (first)");
    snprintf(number, sizeof number, "%lld", (long long)event->thread);
    add_time(table, STYLE_PLAIN, event->since_ns >= 0 ? event->since_ns : 0, terminal);
    add_time(table, STYLE_BOLD, event->duration_ns, terminal);
    add_time(table, STYLE_PLAIN, event->self_ns, terminal);
    table_cell(table, STYLE_DIM, number);
    table_cell(table, STYLE_PLAIN, name.data);
    text_release(&name);
}

void report_services_timeline_text(const ServiceList *list, const Selection *selection,
                                   const Terminal *terminal, uint64_t limit, Text *out)
{
    static const Column event_columns[] = {
        {"Start", ALIGN_RIGHT, 0, 0},   {"Took", ALIGN_RIGHT, 0, 0},
        {"Self", ALIGN_RIGHT, 0, 0},    {"Thread", ALIGN_RIGHT, 2, 0},
        {"Service", ALIGN_LEFT, 0, 20}, {"", ALIGN_LEFT, 1, 0}};
    size_t shown = events_shown(list, limit);
    double from, span = 0;
    Table *table;

    add_heading(selection, terminal, out);
    if (shown == 0) {
        text_put(out, "No construction was recorded.\n");
        return;
    }
    from = list->events[0].since_ns;
    for (size_t i = 0; i < shown; i++) {
        double end = list->events[i].since_ns + list->events[i].duration_ns - from;

        span = end > span ? end : span;
    }
    table = table_new(event_columns, sizeof event_columns / sizeof *event_columns);
    for (size_t i = 0; i < shown; i++) {
        char *bar = picture(&list->events[i], from, span);

        add_event_row(table, list, &list->events[i], terminal);
        table_cell(table, STYLE_GOOD, bar);
        free(bar);
    }
    table_print(table, terminal, out);
    table_free(table);
    terminal_format(terminal, out, STYLE_DIM, "Start: since the program was loaded\n");
    if (shown < list->event_count) {
        terminal_format(terminal, out, STYLE_DIM, "%zu more; --limit 0 shows all\n",
                        list->event_count - shown);
    }
}

void report_services_timeline_csv(const ServiceList *list, uint64_t limit, Text *out)
{
    Csv csv = {.out = out};

    text_put(out, "service,parent,kind,started,since_start_ns,duration_ns,self_ns,thread,"
                  "depth\n");
    for (size_t i = 0; i < events_shown(list, limit); i++) {
        const ServiceEvent *event = &list->events[i];

        csv_text(&csv, list->items[event->service].name);
        csv_text(&csv,
                 event->parent == NO_SERVICE ? "" : list->items[event->parent].name);
        csv_text(&csv, event->constructed ? "constructed" : "first");
        csv_text(&csv, units_iso_moment(event->started_at).text);
        csv_integer(&csv, (int64_t)event->since_ns);
        csv_ns(&csv, event->duration_ns);
        csv_ns(&csv, event->self_ns);
        csv_integer(&csv, event->thread);
        csv_count(&csv, event->depth);
        csv_end_row(&csv);
    }
}
