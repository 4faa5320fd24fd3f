#include "report_slow.h"

#include <stdio.h>
#include <stdlib.h>

#include "csv_writer.h"
#include "report_json.h"
#include "report_text.h"
#include "table.h"
#include "timeline.h"
#include "units.h"

static size_t rows_shown(const SlowList *list, uint64_t limit)
{
    return limit && limit < list->count ? (size_t)limit : list->count;
}

static char *path_of(const SlowList *list, const SlowItem *item)
{
    return slow_list_path_text(list, &list->paths[item->path]);
}

/* --- the list as text ------------------------------------------------------- */

static void add_row(Table *table, const SlowList *list, const SlowItem *item,
                    const Terminal *terminal)
{
    const SlowCall *call = &item->call;
    char *name = report_text_name(slow_list_function(list, item));
    char *path = path_of(list, item);
    char number[24];

    snprintf(number, sizeof number, "%lld", (long long)call->id);
    table_cell(table, STYLE_PLAIN, number);
    table_cell(table, STYLE_PLAIN, units_moment(call->started_at).text);
    table_cell(table, STYLE_BOLD, units_time(call->duration_ns, terminal->utf8).text);
    table_cell(table, STYLE_PLAIN, units_percent(slow_call_share(call)).text);
    snprintf(number, sizeof number, "%lld", (long long)call->thread);
    table_cell(table, STYLE_DIM, number);
    table_cell(table, STYLE_PLAIN, name);
    table_cell(table, STYLE_DIM, path);
    free(name);
    free(path);
}

static void add_legend(const SlowList *list, size_t shown, const Terminal *terminal,
                       Text *out)
{
    if (shown < list->count) {
        terminal_format(terminal, out, STYLE_DIM,
                        "%zu more slow calls; --limit 0 shows all\n",
                        list->count - shown);
    }
    if (list->counts.counted > list->counts.captured) {
        terminal_format(terminal, out, STYLE_DIM, "%s calls were over the threshold, ",
                        units_count(list->counts.counted).text);
        terminal_format(terminal, out, STYLE_DIM,
                        "%s of them are kept: the slowest, and few of a burst\n",
                        units_count(list->counts.captured).text);
    }
    if (shown) {
        terminal_format(terminal, out, STYLE_DIM,
                        "`tka slow %lld` shows what led to the first\n",
                        (long long)list->items[0].call.id);
    }
}

void report_slow_text(const SlowList *list, const Selection *selection,
                      const Terminal *terminal, uint64_t limit, Text *out)
{
    static const Column columns[] = {
        {"ID", ALIGN_RIGHT, 0, 0},     {"Started", ALIGN_LEFT, 2, 0},
        {"Took", ALIGN_RIGHT, 0, 0},   {"CPU%", ALIGN_RIGHT, 0, 0},
        {"Thread", ALIGN_RIGHT, 3, 0}, {"Function", ALIGN_LEFT, 0, 20},
        {"Path", ALIGN_LEFT, 1, 24}};
    size_t shown = rows_shown(list, limit);
    Table *table;

    if (selection->single) {
        report_text_session(&selection->session, 1, terminal, out);
        text_char(out, '\n');
    }
    if (list->count == 0) {
        text_put(out, list->counts.counted
                          ? "No slow call of that kind is kept.\n"
                          : "No call took longer than the bottleneck threshold "
                            "(TKA_PROFILING_BOTTLENECK_THRESHOLD, 50 ms).\n");
        return;
    }
    table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < shown; i++) {
        add_row(table, list, &list->items[i], terminal);
    }
    table_print(table, terminal, out);
    table_free(table);
    add_legend(list, shown, terminal, out);
}

/* --- the list for programs -------------------------------------------------- */

static double wait_of(const SlowCall *call)
{
    double share = slow_call_share(call);

    return share >= 0 ? call->duration_ns * (1 - share) : -1;
}

static void add_json_path(Json *json, const SlowList *list, const SlowPath *path)
{
    json_array(json, "path");
    for (size_t i = 0; i < path->count; i++) {
        json_text(json, NULL, list->functions[path->functions[i]].name);
    }
    json_end(json);
}

static void add_json_members(Json *json, const SlowList *list, const SlowItem *item)
{
    const SlowCall *call = &item->call;

    json_integer(json, "id", call->id);
    json_integer(json, "session", call->session_id);
    json_integer(json, "pid", call->pid);
    json_integer(json, "thread", call->thread);
    json_text(json, "started", units_iso_moment(call->started_at).text);
    json_ns(json, "duration_ns", call->duration_ns);
    json_ns(json, "cpu_ns", call->cpu_ns);
    report_json_share(json, "cpu_share", slow_call_share(call));
    json_ns(json, "wait_ns", wait_of(call));
    report_json_function(json, slow_list_function(list, item));
    add_json_path(json, list, &list->paths[item->path]);
}

void report_slow_json(const SlowList *list, const Selection *selection, uint64_t limit,
                      Text *out)
{
    size_t shown = rows_shown(list, limit);
    Json json = {.out = out};

    report_json_selection(&json, selection);
    json_count(&json, "counted", list->counts.counted);
    json_count(&json, "captured", list->counts.captured);
    json_array(&json, "slow_calls");
    for (size_t i = 0; i < shown; i++) {
        json_object(&json, NULL);
        add_json_members(&json, list, &list->items[i]);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
}

void report_slow_csv(const SlowList *list, uint64_t limit, Text *out)
{
    size_t shown = rows_shown(list, limit);
    Csv csv = {.out = out};

    text_put(out,
             "id,session,pid,thread,started,duration_ns,cpu_ns,cpu_share,wait_ns,name,"
             "function,file,line,kind,path\n");
    for (size_t i = 0; i < shown; i++) {
        const SlowItem *item = &list->items[i];
        const Function *function = slow_list_function(list, item);
        char *path = path_of(list, item);

        csv_integer(&csv, item->call.id);
        csv_integer(&csv, item->call.session_id);
        csv_integer(&csv, item->call.pid);
        csv_integer(&csv, item->call.thread);
        csv_text(&csv, units_iso_moment(item->call.started_at).text);
        csv_ns(&csv, item->call.duration_ns);
        csv_ns(&csv, item->call.cpu_ns);
        csv_real(&csv, slow_call_share(&item->call));
        csv_ns(&csv, wait_of(&item->call));
        csv_text(&csv, function->name);
        csv_text(&csv, function->function);
        csv_text(&csv, function->file);
        csv_integer(&csv, function->line);
        csv_text(&csv, function->kind);
        csv_text(&csv, path);
        csv_end_row(&csv);
        free(path);
    }
}

/* --- one call --------------------------------------------------------------- */

static void add_one_figures(const SlowCall *call, const Terminal *terminal, Text *out)
{
    double share = slow_call_share(call);

    text_format(out, "Took %s", units_time(call->duration_ns, terminal->utf8).text);
    if (share >= 0) {
        text_format(out, ": computed %s", units_time(call->cpu_ns, terminal->utf8).text);
        text_format(out, " (%s)", units_percent(share).text);
        text_format(out, ", waited %s", units_time(wait_of(call), terminal->utf8).text);
    }
    text_format(out, "; process %lld, thread %lld\n\n", (long long)call->pid,
                (long long)call->thread);
}

void report_slow_one_text(const SlowList *list, const Selection *selection,
                          const Terminal *terminal, Text *out)
{
    const SlowItem *item = &list->items[0];
    char *name = report_text_name(slow_list_function(list, item));
    char *place = report_text_place(slow_list_function(list, item));
    char *path = path_of(list, item);

    terminal_style(terminal, out, STYLE_BOLD);
    terminal_printable(terminal, out, name, 0);
    terminal_plain(terminal, out, STYLE_BOLD);
    text_put(out, "  ");
    terminal_printable(terminal, out, place, 0);
    text_format(out, "  slow call %lld, %s, session %lld ", (long long)item->call.id,
                units_moment(item->call.started_at).text,
                (long long)selection->session.id);
    terminal_printable(terminal, out, selection->session.name, 60);
    text_put(out, "\nPath: ");
    terminal_printable(terminal, out, path, 0);
    text_char(out, '\n');
    add_one_figures(&item->call, terminal, out);
    timeline_add(list, item, terminal, out);
    if (item->damaged) {
        terminal_format(terminal, out, STYLE_WARM,
                        "The events are damaged: what follows is missing\n");
    }
    free(name);
    free(place);
    free(path);
}

void report_slow_one_json(const SlowList *list, const Selection *selection, Text *out)
{
    const SlowItem *item = &list->items[0];
    Json json = {.out = out};

    report_json_selection(&json, selection);
    json_object(&json, "slow_call");
    add_json_members(&json, list, item);
    json_array(&json, "events");
    for (size_t i = 0; i < item->events.count; i++) {
        const SlowEvent *event = &item->events.items[i];

        json_object(&json, NULL);
        json_count(&json, "depth", event->depth);
        report_json_function(&json, slow_list_called(list, event));
        json_integer(&json, "start_ns", (int64_t)event->start_ns);
        json_ns(&json, "duration_ns", event->open ? -1 : event->end_ns - event->start_ns);
        json_bool(&json, "open", event->open);
        add_json_path(&json, list, slow_list_path(list, event->callpath));
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
    json_end(&json);
}

void report_slow_one_csv(const SlowList *list, Text *out)
{
    const SlowEvents *events = &list->items[0].events;
    Csv csv = {.out = out};

    text_put(out, "depth,name,function,file,line,kind,start_ns,duration_ns,open,path\n");
    for (size_t i = 0; i < events->count; i++) {
        const SlowEvent *event = &events->items[i];
        const Function *function = slow_list_called(list, event);
        char *path = slow_list_path_text(list, slow_list_path(list, event->callpath));

        csv_count(&csv, event->depth);
        csv_text(&csv, function->name);
        csv_text(&csv, function->function);
        csv_text(&csv, function->file);
        csv_integer(&csv, function->line);
        csv_text(&csv, function->kind);
        csv_integer(&csv, (int64_t)event->start_ns);
        csv_ns(&csv, event->open ? -1 : event->end_ns - event->start_ns);
        csv_text(&csv, event->open ? "true" : "false");
        csv_text(&csv, path);
        csv_end_row(&csv);
        free(path);
    }
}
