#include "subcommand.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "csv_writer.h"
#include "function_page.h"
#include "over_time.h"
#include "picture.h"
#include "report_json.h"
#include "report_memory_page.h"
#include "report_over_time.h"
#include "report_text.h"
#include "source_lines.h"
#include "table.h"

#define HISTORY_ROWS  10
#define RELATION_ROWS 10
#define JSON_SPANS    600

typedef struct ShowOptions {
    Settings settings;
    const char *session;
    uint64_t limit;
} ShowOptions;

/* What the function allocated; any is false when that is nothing. */
typedef struct ShowMemory {
    MemoryProfile profile;
    MemoryView view;
    MemoryPage page;
    bool any;
} ShowMemory;

static bool is_of_page(const FunctionPage *page, const Function *function)
{
    for (size_t i = 0; function && i < page->rows.count; i++) {
        if (page->rows.items[i] == function->id) {
            return true;
        }
    }
    return false;
}

static bool memory_load(ShowMemory *memory, const ShowOptions *options,
                        const FunctionPage *page, Database *database, Error *error)
{
    MemoryProfile *profile = &memory->profile;
    bool ok = memory_profile_load(profile, database, &page->selection.ids, error);
    bool *kept = allocate_zeroed(profile->count, sizeof *kept);

    memory->view = (MemoryView){.profile = profile,
                                .selection = &page->selection,
                                .terminal = &options->settings.terminal};
    for (size_t i = 0; ok && i < profile->count; i++) {
        kept[i] = is_of_page(page, memory_item_function(profile, &profile->items[i]));
        memory->any = memory->any || kept[i];
    }
    if (ok && memory->any) {
        memory_profile_symbolize(profile);
        ok = memory_page_load(&memory->page, &memory->view, kept, database, error);
    }
    free(kept);
    return ok;
}

static void memory_release(ShowMemory *memory)
{
    memory_page_release(&memory->page);
    memory_profile_release(&memory->profile);
}

/* --- text ----------------------------------------------------------------- */

static void add_title(const FunctionPage *page, const Terminal *terminal, Text *out)
{
    char *name =
        page->row ? report_text_row_name(page->row) : report_text_name(&page->function);
    char *place = report_text_place(&page->function);

    terminal_style(terminal, out, STYLE_BOLD);
    terminal_printable(terminal, out, name, 0);
    terminal_plain(terminal, out, STYLE_BOLD);
    text_put(out, "  ");
    terminal_printable(terminal, out, place, 0);
    if (strcmp(page->function.name, page->function.function) != 0) {
        text_put(out, "  in ");
        terminal_printable(terminal, out, page->function.function, 0);
    }
    text_put(out, "\n\n");
    free(name);
    free(place);
}

static void add_history_row(Table *table, const PageSession *one,
                            const Terminal *terminal)
{
    static const double quantiles[] = {0.5, 0.99};
    const Timing *timing = &one->row.timing;
    bool reliable = timing_reliable(timing);
    double mean = timing_mean(timing);
    double bound =
        reliable && mean > 0 ? (profile_mean_interval(&one->row).high - mean) / mean : -1;
    char id[24];

    snprintf(id, sizeof id, "%lld", (long long)one->session.id);
    table_cell(table, STYLE_PLAIN, id);
    table_cell(table, STYLE_PLAIN, one->session.name);
    table_cell(table, STYLE_DIM, units_date(one->session.started_at).text);
    table_cell(table, STYLE_PLAIN, units_count(timing->calls).text);
    table_cell(table, STYLE_DIM, units_count(timing->samples).text);
    table_cell(table, STYLE_PLAIN,
               report_text_time(timing, timing_self(timing), terminal).text);
    table_cell(table, STYLE_PLAIN,
               report_text_time(timing, timing_total(timing), terminal).text);
    table_cell(table, STYLE_PLAIN, units_time(reliable ? mean : -1, terminal->utf8).text);
    table_cell(table, STYLE_DIM,
               timing_exact(timing) ? "exact" : units_percent(bound).text);
    for (size_t i = 0; i < 2; i++) {
        table_cell(
            table, STYLE_PLAIN,
            units_time(profile_percentile(&one->row, quantiles[i]), terminal->utf8).text);
    }
    table_cell(
        table, STYLE_PLAIN,
        units_time(timing_known(timing) ? timing->max_ns : -1, terminal->utf8).text);
}

static void add_history(const FunctionPage *page, const Terminal *terminal, Text *out)
{
    const Column columns[] = {{"Session", ALIGN_RIGHT, 0, 0},
                              {"Name", ALIGN_LEFT, 0, 10},
                              {"Started", ALIGN_LEFT, 5, 0},
                              {"Calls", ALIGN_RIGHT, 0, 0},
                              {"Timed", ALIGN_RIGHT, 6, 0},
                              {"Self", ALIGN_RIGHT, 4, 0},
                              {"Total", ALIGN_RIGHT, 0, 0},
                              {"Mean", ALIGN_RIGHT, 0, 0},
                              {terminal->utf8 ? "\u00b195%" : "+-95%", ALIGN_RIGHT, 2, 0},
                              {"P50", ALIGN_RIGHT, 1, 0},
                              {"P99", ALIGN_RIGHT, 0, 0},
                              {"Max", ALIGN_RIGHT, 3, 0}};
    Table *table = table_new(columns, sizeof columns / sizeof *columns);

    for (size_t i = 0; i < page->history_count; i++) {
        add_history_row(table, &page->history[i], terminal);
    }
    if (page->history_count) {
        table_print(table, terminal, out);
    } else {
        text_put(out, "Never called in any session.\n");
    }
    table_free(table);
}

static void add_heading(const char *title, const Terminal *terminal, Text *out)
{
    text_char(out, '\n');
    terminal_format(terminal, out, STYLE_BOLD, "%s", title);
    text_char(out, '\n');
}

static void add_distribution(const FunctionPage *page, const Terminal *terminal,
                             Text *out)
{
    const ProfileRow *row = page->row;

    if (!row || !row->histogram || !timing_has_percentiles(&row->timing)) {
        return;
    }
    add_heading("Durations from", terminal, out);
    picture_add(row->histogram, terminal, out);
    text_format(out, "  p50 %s",
                units_time(profile_percentile(row, 0.5), terminal->utf8).text);
    text_format(out, "  p90 %s",
                units_time(profile_percentile(row, 0.9), terminal->utf8).text);
    text_format(out, "  p95 %s",
                units_time(profile_percentile(row, 0.95), terminal->utf8).text);
    text_format(out, "  p99 %s",
                units_time(profile_percentile(row, 0.99), terminal->utf8).text);
    text_format(out, "  max %s\n", units_time(row->timing.max_ns, terminal->utf8).text);
}

static void add_relations(const char *title, const FunctionPage *page,
                          const RelationList *list, const Terminal *terminal, Text *out)
{
    static const Column columns[] = {{"  Share", ALIGN_RIGHT, 0, 0},
                                     {"Total", ALIGN_RIGHT, 0, 0},
                                     {"Calls", ALIGN_RIGHT, 0, 0},
                                     {"Function", ALIGN_LEFT, 0, 20},
                                     {"Place", ALIGN_LEFT, 1, 16}};
    Table *table;

    if (list->count == 0) {
        return;
    }
    table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < list->count && i < RELATION_ROWS; i++) {
        const Relation *one = &list->items[i];
        const Function *function =
            one->function == NO_NODE ? NULL : &page->tree.functions[one->function];
        char *name = function ? report_text_name(function) : NULL;
        char *place = function ? report_text_place(function) : NULL;
        double share = list->total_ns > 0 ? one->total_ns / list->total_ns : -1;

        table_cell(table, STYLE_PLAIN, units_percent(share).text);
        table_cell(table, STYLE_PLAIN, units_time(one->total_ns, terminal->utf8).text);
        table_cell(table, STYLE_PLAIN, units_count((uint64_t)(one->calls + 0.5)).text);
        table_cell(table, STYLE_PLAIN, name ? name : "(no profiled function)");
        table_cell(table, STYLE_DIM, place ? place : "");
        free(name);
        free(place);
    }
    add_heading(title, terminal, out);
    table_print(table, terminal, out);
    table_free(table);
}

/* What its long calls did, and what is not in its figures. */
static void add_remarks(const FunctionPage *page, const Terminal *terminal, Text *out)
{
    const ProfileRow *row = page->row;
    double share = row ? timing_cpu_share(&row->timing) : -1;

    if (share >= 0) {
        text_format(out, "\nIts calls of %s and more",
                    units_time(50e3, terminal->utf8).text);
        text_format(out, " computed %s of their time and waited",
                    units_percent(share).text);
        text_format(out, " %s.\n", units_percent(1 - share).text);
    }
    if (row && row->timing.slow_calls) {
        text_format(
            out,
            "\n%s of its calls took longer than the bottleneck threshold: `tka slow "
            "-f '",
            units_count(row->timing.slow_calls).text);
        terminal_printable(terminal, out, page->function.name, 0);
        text_put(out, "'`\n");
    }
    if (row && (row->off_ns > 0 || row->off_reason != OFF_NOT)) {
        text_format(out, "\nIts probes were off for %s.\n",
                    units_time(row->off_ns, terminal->utf8).text);
        report_text_off(row->off_reason, terminal, out);
    }
}

static void print_text(const FunctionPage *page, const OverTime *over_time,
                       const ShowMemory *memory, const Terminal *terminal, Text *out)
{
    Text source = {0};

    add_title(page, terminal, out);
    add_history(page, terminal, out);
    add_remarks(page, terminal, out);
    report_over_time_text(over_time, terminal, out);
    add_distribution(page, terminal, out);
    add_relations("Called from", page, &page->callers, terminal, out);
    add_relations("Calls", page, &page->callees, terminal, out);
    if (memory->any) {
        report_memory_part_text(&memory->page, out);
    }
    if (source_lines_add(page->function.file, page->function.line,
                         page->selection.session.started_at, terminal, &source)) {
        add_heading("Source", terminal, out);
        text_add(out, source.data ? source.data : "", source.size);
    }
    text_release(&source);
}

/* --- JSON and CSV --------------------------------------------------------- */

static void add_json_relations(Json *json, const char *key, const FunctionPage *page,
                               const RelationList *list)
{
    json_array(json, key);
    for (size_t i = 0; i < list->count; i++) {
        const Relation *one = &list->items[i];

        json_object(json, NULL);
        if (one->function == NO_NODE) {
            json_null(json, "name");
        } else {
            report_json_function(json, &page->tree.functions[one->function]);
        }
        json_ns(json, "calls", one->calls);
        json_count(json, "samples", one->samples);
        json_ns(json, "total_ns", one->total_ns);
        json_end(json);
    }
    json_end(json);
}

static void add_json_histogram(Json *json, const ProfileRow *row)
{
    json_array(json, "histogram");
    for (unsigned i = 0; row && row->histogram && i < TKA_HISTOGRAM_BUCKETS; i++) {
        if (row->histogram->count[i]) {
            json_object(json, NULL);
            json_count(json, "low_ns", distribution_low(i));
            json_count(json, "high_ns", distribution_high(i));
            json_count(json, "weight", row->histogram->count[i]);
            json_end(json);
        }
    }
    json_end(json);
}

static void print_json(FunctionPage *page, const OverTime *over_time,
                       const ShowMemory *memory, Text *out)
{
    Json json = {.out = out};

    report_json_begin(&json, &page->profile, &page->selection);
    json_object(&json, "function");
    if (page->row) {
        report_json_row_members(&json, &page->profile, page->row);
    } else {
        report_json_function(&json, &page->function);
        json_count(&json, "calls", 0);
    }
    json_end(&json);
    json_array(&json, "history");
    for (size_t i = 0; i < page->history_count; i++) {
        PageSession *one = &page->history[i];

        json_object(&json, NULL);
        json_integer(&json, "session", one->session.id);
        json_text(&json, "session_name", one->session.name);
        json_text(&json, "started", units_iso_date(one->session.started_at).text);
        report_json_timing(&json, &one->row);
        json_end(&json);
    }
    json_end(&json);
    report_over_time_json(over_time, &json);
    add_json_histogram(&json, page->row);
    add_json_relations(&json, "callers", page, &page->callers);
    add_json_relations(&json, "callees", page, &page->callees);
    if (memory->any) {
        report_memory_part_json(&json, &memory->page);
    }
    json_end(&json);
}

static void print_csv(const FunctionPage *page, Text *out)
{
    Csv csv = {.out = out};

    text_put(out, "session,session_name,started,calls,samples,total_ns,self_ns,mean_ns,"
                  "mean_low_ns,mean_high_ns,p50_ns,p90_ns,p95_ns,p99_ns,max_ns,"
                  "cpu_share,wait_ns,slow_calls,off_ns,off_reason\n");
    for (size_t i = 0; i < page->history_count; i++) {
        const PageSession *one = &page->history[i];
        const Timing *timing = &one->row.timing;
        Interval interval = profile_mean_interval(&one->row);
        bool known = timing_known(timing), reliable = timing_reliable(timing);

        csv_integer(&csv, one->session.id);
        csv_text(&csv, one->session.name);
        csv_text(&csv, units_iso_date(one->session.started_at).text);
        csv_count(&csv, timing->calls);
        csv_count(&csv, timing->samples);
        csv_ns(&csv, known ? timing_total(timing) : -1);
        csv_ns(&csv, known ? timing_self(timing) : -1);
        csv_real(&csv, reliable ? timing_mean(timing) : -1);
        csv_real(&csv, reliable ? interval.low : -1);
        csv_real(&csv, reliable ? interval.high : -1);
        csv_ns(&csv, profile_percentile(&one->row, 0.5));
        csv_ns(&csv, profile_percentile(&one->row, 0.9));
        csv_ns(&csv, profile_percentile(&one->row, 0.95));
        csv_ns(&csv, profile_percentile(&one->row, 0.99));
        csv_ns(&csv, known ? timing->max_ns : -1);
        csv_real(&csv, timing_cpu_share(timing));
        csv_ns(&csv, timing_wait(timing));
        csv_count(&csv, timing->slow_calls);
        csv_ns(&csv, one->row.off_ns);
        csv_text(&csv, off_reason_text(one->row.off_reason));
        csv_end_row(&csv);
    }
}

static void print(const ShowOptions *options, FunctionPage *page,
                  const OverTime *over_time, const ShowMemory *memory, Text *out)
{
    switch (options->settings.format) {
    case FORMAT_TEXT:
        print_text(page, over_time, memory, &options->settings.terminal, out);
        break;
    case FORMAT_JSON:
        print_json(page, over_time, memory, out);
        break;
    case FORMAT_CSV:
        print_csv(page, out);
        break;
    }
}

static int show(const ShowOptions *options, const char *wanted, Error *error)
{
    Database *database = command_open(&options->settings, NULL, error);
    FunctionPage page = {0};
    OverTime over_time = {0};
    ShowMemory memory = {0};
    size_t most =
        options->settings.format == FORMAT_TEXT ? OVER_TIME_COLUMNS : JSON_SPANS;
    Text out = {0};
    bool ok = database &&
              function_page_load(&page, database, wanted, options->session,
                                 options->limit ? options->limit : UINT64_MAX, error) &&
              over_time_load(&over_time, database, &page.selection.ids, &page.rows, most,
                             error) &&
              memory_load(&memory, options, &page, database, error);

    if (ok) {
        print(options, &page, &over_time, &memory, &out);
    }
    memory_release(&memory);
    over_time_release(&over_time);
    function_page_release(&page);
    database_close(database);
    return ok ? command_finish(&out, 0, error) : -1;
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    ShowOptions options = {.limit = HISTORY_ROWS};
    const Option own[] = {
        {"session", 's', OPTION_STRING, &options.session, "ID|NAME|last",
         "whose durations, callers and callees (default: the\nlast run)"},
        {"limit", 'n', OPTION_COUNT, &options.limit, "N",
         "figures of the last N sessions; 0: all (default: 10)"},
        {0}};
    CommandLine line = {arguments, count, false};
    Parsed parsed = command_parse(self, own, ORDER_ANY, &line, &options.settings, error);

    if (parsed != PARSED_RUN) {
        return parsed == PARSED_HELP ? 0 : -1;
    }
    if (line.count != 1) {
        error_set(error, STATUS_USAGE, "name one function: tka show parse_header");
        return -1;
    }
    return show(&options, line.arguments[0], error);
}

const Command cmd_show = {
    .name = "show",
    .usage = "[OPTIONS] FUNCTION",
    .summary = "everything about one function",
    .details =
        "Shows a function's figures session by session, how long its calls took, who\n"
        "called it and whom it called, and its source. FUNCTION is a name, the last "
        "part\n"
        "of a C++ name, FILE:LINE, or a pattern that only one function matches.",
    .examples = "  tka show parse_header\n"
                "  tka show 'Parser::step' -s nightly\n"
                "  tka show parse.c:120 --format json\n",
    .run = run};
