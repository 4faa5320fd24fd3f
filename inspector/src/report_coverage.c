#include "report_coverage.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "csv_writer.h"
#include "report_json.h"
#include "report_text.h"
#include "table.h"

typedef enum Listed { LIST_SKIPPED, LIST_NEVER_CALLED, LIST_INSTRUMENTED } Listed;

static bool belongs(const CoverageItem *item, Listed what)
{
    switch (what) {
    case LIST_SKIPPED:
        return *item->reason != '\0';
    case LIST_NEVER_CALLED:
        return !*item->reason && item->calls == 0;
    case LIST_INSTRUMENTED:
        break;
    }
    return !*item->reason;
}

/* --- text ----------------------------------------------------------------- */

static void list_places(const Coverage *coverage, Listed what, uint64_t limit,
                        const Terminal *terminal, Text *out)
{
    static const Column with_reason[] = {{"  Function", ALIGN_LEFT, 0, 16},
                                         {"Place", ALIGN_LEFT, 0, 16},
                                         {"Reason", ALIGN_LEFT, 0, 20}};
    size_t columns = what == LIST_SKIPPED ? 3 : 2, shown = 0, more = 0;
    Table *table = table_new(with_reason, columns);

    for (size_t i = 0; i < coverage->count; i++) {
        const CoverageItem *item = &coverage->items[i];
        char *name, *indented, *place;

        if (!belongs(item, what) || (limit && shown == limit)) {
            more += belongs(item, what);
            continue;
        }
        shown++;
        name = report_text_name(&item->function);
        indented = format_new("  %s", name);
        place = report_text_place(&item->function);
        table_cell(table, STYLE_PLAIN, indented);
        table_cell(table, STYLE_DIM, place);
        if (columns == 3) {
            table_cell(table, STYLE_WARM, item->reason);
        }
        free(name);
        free(indented);
        free(place);
    }
    table_print(table, terminal, out);
    table_free(table);
    if (more) {
        text_format(out, "  %zu more; --limit 0 shows all\n", more);
    }
    text_char(out, '\n');
}

void coverage_heading(const Coverage *coverage, bool ran, const Terminal *terminal,
                      Text *out)
{
    terminal_format(terminal, out, STYLE_BOLD, "Annotated places: %zu",
                    coverage->instrumented + coverage->skipped);
    text_format(out, "  %zu instrumented, %zu skipped", coverage->instrumented,
                coverage->skipped);
    if (ran) {
        text_format(out, ", %zu never called", coverage->never_called);
    }
    text_put(out, "\n\n");
}

void coverage_text(const Coverage *coverage, bool ran, uint64_t limit,
                   const Terminal *terminal, Text *out)
{
    if (coverage->skipped) {
        text_put(out, "Skipped\n");
        list_places(coverage, LIST_SKIPPED, limit, terminal, out);
    }
    if (ran && coverage->never_called) {
        text_put(out, "Never called\n");
        list_places(coverage, LIST_NEVER_CALLED, limit, terminal, out);
    }
    if (!ran && coverage->instrumented) {
        text_put(out, "Instrumented\n");
        list_places(coverage, LIST_INSTRUMENTED, limit, terminal, out);
    }
}

static void list_reasons(const CoverageModule *all, uint64_t limit,
                         const Terminal *terminal, Text *out)
{
    static const Column columns[] = {{"  Places", ALIGN_RIGHT, 0, 0},
                                     {"Skipped because", ALIGN_LEFT, 0, 20}};
    size_t shown = limit && limit < all->reason_count ? (size_t)limit : all->reason_count;
    Table *table = table_new(columns, sizeof columns / sizeof *columns);

    for (size_t i = 0; i < shown; i++) {
        table_cell(table, STYLE_PLAIN, units_count(all->reasons[i].places).text);
        table_cell(table, STYLE_WARM, all->reasons[i].text);
    }
    table_print(table, terminal, out);
    table_free(table);
    text_char(out, '\n');
}

/* "alloca in a loop (2), constexpr (1)" */
static void add_module_reasons(Table *table, const CoverageModule *module)
{
    Text text = {0};

    text_put(&text, "");
    for (size_t i = 0; i < module->reason_count; i++) {
        text_format(&text, "%s%s (%zu)", i ? ", " : "", module->reasons[i].text,
                    module->reasons[i].places);
    }
    table_cell(table, STYLE_WARM, text.data);
    text_release(&text);
}

static void list_modules(const CoverageSummary *summary, uint64_t limit,
                         const Terminal *terminal, Text *out)
{
    static const Column columns[] = {{"  Annotated", ALIGN_RIGHT, 1, 0},
                                     {"Instrumented", ALIGN_RIGHT, 0, 0},
                                     {"Skipped", ALIGN_RIGHT, 0, 0},
                                     {"Module", ALIGN_LEFT, 0, 20},
                                     {"Because", ALIGN_LEFT, 2, 20}};
    size_t shown = limit && limit < summary->count ? (size_t)limit : summary->count;
    Table *table = table_new(columns, sizeof columns / sizeof *columns);

    for (size_t i = 0; i < shown; i++) {
        const CoverageModule *module = &summary->modules[i];

        table_cell(table, STYLE_PLAIN,
                   units_count(module->instrumented + module->skipped).text);
        table_cell(table, STYLE_PLAIN, units_count(module->instrumented).text);
        table_cell(table, module->skipped ? STYLE_WARM : STYLE_DIM,
                   units_count(module->skipped).text);
        table_cell(table, STYLE_PLAIN, module->name);
        add_module_reasons(table, module);
    }
    table_print(table, terminal, out);
    table_free(table);
    if (shown < summary->count) {
        text_format(out, "  %zu more; --limit 0 shows all\n", summary->count - shown);
    }
    text_char(out, '\n');
}

void coverage_summary_text(const CoverageSummary *summary, uint64_t limit,
                           const Terminal *terminal, Text *out)
{
    if (summary->all.skipped) {
        list_reasons(&summary->all, limit, terminal, out);
    }
    if (summary->count > 1) {
        list_modules(summary, limit, terminal, out);
    }
}

/* Cost of the probes relative to the time inside; negative: not known. */
static double relative_cost(const ProfileRow *row)
{
    double total = timing_total(&row->timing);

    return timing_known(&row->timing) && total > 0 ? row->overhead_ns / total : -1;
}

void probes_text(const Profile *profile, uint64_t limit, const Terminal *terminal,
                 Text *out)
{
    static const Column columns[] = {
        {"  Cost", ALIGN_RIGHT, 0, 0},      {"Of all", ALIGN_RIGHT, 2, 0},
        {"Of its time", ALIGN_RIGHT, 1, 0}, {"Calls", ALIGN_RIGHT, 0, 0},
        {"Timed", ALIGN_RIGHT, 3, 0},       {"Function", ALIGN_LEFT, 0, 20}};
    double all = overhead_total(&profile->overhead);
    size_t shown = limit && limit < profile->count ? (size_t)limit : profile->count;
    Table *table = table_new(columns, sizeof columns / sizeof *columns);

    for (size_t i = 0; i < shown; i++) {
        const ProfileRow *row = &profile->rows[i];
        double relative = relative_cost(row);
        char *name = report_text_name(&row->function);
        char *cost =
            format_new("  %s", units_time(row->overhead_ns, terminal->utf8).text);

        table_cell(table, STYLE_PLAIN, cost);
        table_cell(table, STYLE_PLAIN,
                   units_percent(all > 0 ? row->overhead_ns / all : 0).text);
        table_cell(table, relative > 0.1 ? STYLE_WARM : STYLE_PLAIN,
                   units_percent(relative).text);
        table_cell(table, STYLE_PLAIN, units_count(row->timing.calls).text);
        table_cell(table, STYLE_DIM, units_count(row->timing.samples).text);
        table_cell(table, STYLE_PLAIN, name);
        free(name);
        free(cost);
    }
    if (shown) {
        text_put(out, "Costliest probes\n");
        table_print(table, terminal, out);
    }
    table_free(table);
}

/* --- JSON and CSV --------------------------------------------------------- */

void coverage_json(Json *json, const Coverage *coverage, bool ran)
{
    json_object(json, "coverage");
    json_count(json, "instrumented", coverage->instrumented);
    json_count(json, "skipped", coverage->skipped);
    if (ran) {
        json_count(json, "never_called", coverage->never_called);
    }
    json_end(json);
    json_array(json, "places");
    for (size_t i = 0; i < coverage->count; i++) {
        const CoverageItem *item = &coverage->items[i];

        json_object(json, NULL);
        report_json_function(json, &item->function);
        json_integer(json, "size", item->function.size);
        json_text(json, "module", item->module);
        json_text(json, "state", *item->reason ? "skipped" : "instrumented");
        json_optional_text(json, "reason", item->reason);
        if (ran) {
            json_count(json, "calls", item->calls);
        }
        json_end(json);
    }
    json_end(json);
}

static void add_reasons(Json *json, const CoverageModule *module)
{
    json_array(json, "reasons");
    for (size_t i = 0; i < module->reason_count; i++) {
        json_object(json, NULL);
        json_text(json, "reason", module->reasons[i].text);
        json_count(json, "places", module->reasons[i].places);
        json_end(json);
    }
    json_end(json);
}

void coverage_summary_json(Json *json, const CoverageSummary *summary)
{
    add_reasons(json, &summary->all);
    json_array(json, "modules");
    for (size_t i = 0; i < summary->count; i++) {
        const CoverageModule *module = &summary->modules[i];

        json_object(json, NULL);
        json_text(json, "module", module->name);
        json_count(json, "instrumented", module->instrumented);
        json_count(json, "skipped", module->skipped);
        add_reasons(json, module);
        json_end(json);
    }
    json_end(json);
}

void coverage_csv(const Coverage *coverage, bool ran, Text *out)
{
    Csv csv = {.out = out};

    text_put(out, "name,function,file,line,kind,size,module,state,reason,calls\n");
    for (size_t i = 0; i < coverage->count; i++) {
        const CoverageItem *item = &coverage->items[i];

        csv_text(&csv, item->function.name);
        csv_text(&csv, item->function.function);
        csv_text(&csv, item->function.file);
        csv_integer(&csv, item->function.line);
        csv_text(&csv, item->function.kind);
        csv_integer(&csv, item->function.size);
        csv_text(&csv, item->module);
        csv_text(&csv, *item->reason ? "skipped" : "instrumented");
        csv_text(&csv, item->reason);
        csv_real(&csv, ran ? (double)item->calls : -1);
        csv_end_row(&csv);
    }
}

void probes_json(Json *json, const Profile *profile, uint64_t limit)
{
    size_t shown = limit && limit < profile->count ? (size_t)limit : profile->count;

    json_array(json, "probes");
    for (size_t i = 0; i < shown; i++) {
        const ProfileRow *row = &profile->rows[i];

        json_object(json, NULL);
        report_json_function(json, &row->function);
        json_count(json, "calls", row->timing.calls);
        json_count(json, "samples", row->timing.samples);
        json_ns(json, "overhead_ns", row->overhead_ns);
        json_real(json, "share_of_time",
                  relative_cost(row) >= 0 ? relative_cost(row) : 0);
        json_end(json);
    }
    json_end(json);
}
