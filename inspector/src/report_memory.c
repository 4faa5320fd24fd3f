#include "report_memory.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "csv_writer.h"
#include "memory_json.h"
#include "report_json.h"
#include "report_text.h"
#include "table.h"

#define OWNERS_SHOWN 3

/* --- names -------------------------------------------------------------------- */

char *report_memory_name(const MemoryProfile *profile, const MemoryItem *item)
{
    const Function *function = memory_item_function(profile, item);
    char *code, *name;

    if (function) {
        return report_text_name(function);
    }
    code = memory_item_code(profile, item);
    name = format_new("%s (not profiled)", *code ? code : "?");
    free(code);
    return name;
}

char *report_memory_place(const MemoryProfile *profile, const MemoryItem *item)
{
    const SymbolFrame *frame = memory_item_frame(profile, item);
    Function spot;

    if (!frame || !*frame->file) {
        return memory_item_spot(profile, item);
    }
    spot = (Function){.file = frame->file, .line = frame->line};
    return report_text_place(&spot);
}

/* What a row of the view is called, and where it is. */
static char *row_name(const MemoryView *view, const MemoryItem *item)
{
    char *code;

    if (view->by == MEMORY_BY_FUNCTION) {
        return report_memory_name(view->profile, item);
    }
    if (view->by == MEMORY_BY_PATH) {
        return memory_item_path(view->profile, item);
    }
    code = memory_item_code(view->profile, item);
    if (*code) {
        return code;
    }
    free(code);
    return duplicate_text("?");
}

static char *row_place(const MemoryView *view, const MemoryItem *item)
{
    const Function *function = memory_item_function(view->profile, item);

    return function && view->by != MEMORY_BY_PLACE
               ? report_text_place(function)
               : report_memory_place(view->profile, item);
}

/* --- figures ------------------------------------------------------------------ */

/* Nothing was sampled of some that are not tracked: how much lives is not known. */
static bool is_untold(const MemoryFigures *figures)
{
    return memory_live_error(figures) < 0 && memory_live(figures) <= 0;
}

Figure report_memory_live(const MemoryFigures *figures)
{
    return is_untold(figures) ? (Figure){"-"} : units_bytes(memory_live(figures));
}

Figure report_memory_error(const MemoryFigures *figures)
{
    double error = memory_live_error(figures), live = memory_live(figures);

    if (error == 0) {
        return (Figure){"exact"};
    }
    return error > 0 && live > 0 ? units_percent(error / live) : (Figure){"-"};
}

/* Told of tracked blocks only. */
static Figure peak_of(const MemoryFigures *figures)
{
    return figures->n[MEMORY_TRACKED] < figures->n[MEMORY_ALLOCATIONS] &&
                   figures->n[MEMORY_PEAK_BYTES] == 0
               ? (Figure){"-"}
               : units_bytes((double)figures->n[MEMORY_PEAK_BYTES]);
}

static Figure at_peak_of(const MemoryFigures *figures)
{
    return figures->n[MEMORY_TRACKED] < figures->n[MEMORY_ALLOCATIONS] &&
                   figures->n[MEMORY_AT_PEAK_BYTES] == 0
               ? (Figure){"-"}
               : units_bytes((double)figures->n[MEMORY_AT_PEAK_BYTES]);
}

static Figure count_of(int64_t count)
{
    return units_count(count > 0 ? (uint64_t)count : 0);
}

static Figure bytes_or_dash(double bytes)
{
    return bytes < 0 ? (Figure){"-"} : units_bytes(bytes);
}

/* --- text --------------------------------------------------------------------- */

static void add_losses(const MemoryTotals *totals, const Terminal *terminal, Text *out)
{
    if (totals->lost_rows) {
        terminal_format(terminal, out, STYLE_HOT,
                        "Lost: %s allocations could not be noted, of which there was no "
                        "room for path or place\n",
                        count_of(totals->lost_rows).text);
    }
    if (totals->lost_samples) {
        terminal_format(terminal, out, STYLE_HOT,
                        "Lost: %s samples; more lives than is shown\n",
                        count_of(totals->lost_samples).text);
    }
}

static void add_mode(const MemoryView *view, const MemoryTotals *totals, Text *out)
{
    if (totals->exact == view->profile->process_count) {
        text_put(out, totals->live_error == 0
                          ? "; all blocks followed\n"
                          : "; all blocks followed since it was switched to exact\n");
        return;
    }
    text_format(out, "; one block in %s sampled",
                units_bytes((double)totals->sample_bytes).text);
    if (totals->exact) {
        text_format(out, ", all followed in %zu of %zu processes", totals->exact,
                    view->profile->process_count);
    }
    text_char(out, '\n');
}

void report_memory_heading(const MemoryView *view, Text *out)
{
    const MemoryProfile *profile = view->profile;
    MemoryTotals totals = memory_profile_totals(profile);
    bool runs = view->selection->single && !view->selection->session.ended_at;
    const char *when = runs ? "now" : "at the end";

    if (view->selection->single) {
        report_text_session(&view->selection->session, profile->process_count,
                            view->terminal, out);
    }
    if (profile->process_count == 0) {
        text_char(out, '\n');
        return;
    }
    if (is_untold(&profile->sum)) {
        text_format(out, "Memory: too little lives %s for samples to tell", when);
    } else {
        text_format(out, "Memory: %s%s live %s", totals.live_error < 0 ? "at least " : "",
                    units_bytes(totals.live_bytes).text, when);
    }
    if (totals.live_error > 0 && totals.live_bytes > 0) {
        text_format(out, " (%s%s)", view->terminal->utf8 ? "\u00b1" : "+-",
                    units_percent(totals.live_error / totals.live_bytes).text);
    }
    text_format(out, ", most %s", units_bytes(totals.peak_bytes).text);
    if (totals.peak_at && profile->process_count == 1) {
        text_format(out, " at %s", units_moment(totals.peak_at).text);
    }
    text_format(out, "; %s allocations",
                count_of(profile->sum.n[MEMORY_ALLOCATIONS]).text);
    text_format(out, " of %s", units_bytes((double)profile->sum.n[MEMORY_BYTES]).text);
    text_format(out, ", %s frees", count_of(totals.released).text);
    add_mode(view, &totals, out);
    add_losses(&totals, view->terminal, out);
    text_char(out, '\n');
}

enum {
    COLUMN_BYTES,
    COLUMN_COUNT,
    COLUMN_MEAN,
    COLUMN_LIVE,
    COLUMN_ERROR,
    COLUMN_PEAK,
    COLUMN_AT_PEAK,
    COLUMN_TEMPORARY,
    COLUMN_GROWN,
    COLUMN_COPIED,
    COLUMN_NAME,
    COLUMN_PLACE,
    COLUMNS
};

static void add_row(Table *table, const MemoryView *view, const MemoryItem *item,
                    const MemoryFigures *sum)
{
    char *name = row_name(view, item), *place = row_place(view, item);
    bool moves = sum->n[MEMORY_GROWN] > 0;

    table_cell(table, STYLE_BOLD, units_bytes((double)sum->n[MEMORY_BYTES]).text);
    table_cell(table, STYLE_PLAIN, count_of(sum->n[MEMORY_ALLOCATIONS]).text);
    table_cell(table, STYLE_PLAIN, bytes_or_dash(memory_mean_size(sum)).text);
    table_cell(table, STYLE_PLAIN, report_memory_live(sum).text);
    table_cell(table, STYLE_DIM, report_memory_error(sum).text);
    table_cell(table, STYLE_PLAIN, peak_of(sum).text);
    table_cell(table, STYLE_PLAIN, at_peak_of(sum).text);
    table_cell(table, STYLE_PLAIN, units_percent(memory_temporary_share(sum)).text);
    table_cell(table, STYLE_PLAIN, moves ? count_of(sum->n[MEMORY_GROWN]).text : "-");
    table_cell(table, STYLE_PLAIN,
               moves ? units_bytes((double)sum->n[MEMORY_MOVED_BYTES]).text : "-");
    table_cell(table, STYLE_PLAIN, name);
    table_cell(table, STYLE_DIM, place);
    free(name);
    free(place);
}

/* Columns that say the same in every row. */
static void hide_empty(Table *table, const MemoryView *view, const MemoryGroups *groups)
{
    bool estimated = false, snapshot = false, grown = false;

    for (size_t i = 0; i < groups->count; i++) {
        const MemoryFigures *sum = &groups->items[i].sum;

        estimated = estimated || memory_live_error(sum) != 0;
        snapshot = snapshot || sum->n[MEMORY_AT_PEAK_BYTES] > 0;
        grown = grown || sum->n[MEMORY_GROWN] > 0;
    }
    if (!estimated) {
        table_hide(table, COLUMN_ERROR);
    }
    if (!snapshot) {
        table_hide(table, COLUMN_AT_PEAK);
    }
    if (!grown) {
        table_hide(table, COLUMN_GROWN);
        table_hide(table, COLUMN_COPIED);
    }
    if (view->by == MEMORY_BY_PATH) {
        table_hide(table, COLUMN_PLACE);
    }
}

void report_memory_table(const MemoryView *view, const MemoryGroups *groups, Text *out)
{
    const Column columns[COLUMNS] = {
        [COLUMN_BYTES] = {"Allocated", ALIGN_RIGHT, 0, 0},
        [COLUMN_COUNT] = {"Allocs", ALIGN_RIGHT, 0, 0},
        [COLUMN_MEAN] = {"Mean", ALIGN_RIGHT, 5, 0},
        [COLUMN_LIVE] = {"Live", ALIGN_RIGHT, 0, 0},
        [COLUMN_ERROR] = {view->terminal->utf8 ? "\u00b1" : "+-", ALIGN_RIGHT, 4, 0},
        [COLUMN_PEAK] = {"Peak", ALIGN_RIGHT, 1, 0},
        [COLUMN_AT_PEAK] = {"At peak", ALIGN_RIGHT, 6, 0},
        [COLUMN_TEMPORARY] = {"Temp%", ALIGN_RIGHT, 3, 0},
        [COLUMN_GROWN] = {"Grown", ALIGN_RIGHT, 7, 0},
        [COLUMN_COPIED] = {"Copied", ALIGN_RIGHT, 8, 0},
        [COLUMN_NAME] = {view->by == MEMORY_BY_PLACE  ? "Code"
                         : view->by == MEMORY_BY_PATH ? "Call path"
                                                      : "Function",
                         ALIGN_LEFT, 0, 20},
        [COLUMN_PLACE] = {"Place", ALIGN_LEFT, 2, 18}};
    size_t shown =
        view->limit && view->limit < groups->count ? (size_t)view->limit : groups->count;
    Table *table = table_new(columns, COLUMNS);

    for (size_t i = 0; i < shown; i++) {
        const MemoryGroup *group = &groups->items[i];

        add_row(table, view, memory_group_item(groups, view->profile, group),
                &group->sum);
    }
    hide_empty(table, view, groups);
    table_print(table, view->terminal, out);
    table_free(table);
    if (shown < groups->count) {
        terminal_format(view->terminal, out, STYLE_DIM, "%zu more; --limit 0 shows all\n",
                        groups->count - shown);
    }
}

static void add_owner(const MemoryView *view, const MemoryOwner *owner, Text *out)
{
    const MemoryItem *item = memory_profile_item(view->profile, owner->allocation_id);
    char *path = item ? memory_item_path(view->profile, item) : NULL;
    char *place = item ? report_memory_place(view->profile, item) : NULL;

    text_format(out, "    %9s  ", units_bytes(owner->bytes).text);
    terminal_printable(view->terminal, out, path ? path : "(no longer kept)", 0);
    text_put(out, "  ");
    terminal_printable(view->terminal, out, place ? place : "", 0);
    text_char(out, '\n');
    free(path);
    free(place);
}

static void add_crossings(const MemoryView *view, Text *out)
{
    for (size_t i = 0; i < view->profile->crossing_count; i++) {
        const MemoryCrossing *one = &view->profile->crossings[i];

        text_char(out, '\n');
        terminal_format(view->terminal, out, STYLE_WARM, "Over %s",
                        units_bytes(one->threshold).text);
        text_format(out, " at %s", units_moment(one->at).text);
        text_format(out, ": process %lld had %s", (long long)one->pid,
                    units_bytes(one->value).text);
        text_put(out, one->count ? ", most of it from\n" : "\n");
        for (size_t k = 0; k < one->count && k < OWNERS_SHOWN; k++) {
            add_owner(view, &one->owners[k], out);
        }
    }
}

/* A line for each file that tells nothing. */
void report_memory_problems(const MemoryView *view, Text *out)
{
    const MemoryProfile *profile = view->profile;
    size_t *told = NULL, count = 0, capacity = 0;

    for (size_t i = 0; i < profile->place_count; i++) {
        const MemoryPlace *place = &profile->places[i];
        bool is_new = place->symbol.problem != NULL;

        for (size_t k = 0; k < count && is_new; k++) {
            is_new = strcmp(profile->places[told[k]].path, place->path) != 0;
        }
        if (is_new) {
            told = grow_array(told, count, &capacity, sizeof *told);
            told[count++] = i;
            terminal_style(view->terminal, out, STYLE_DIM);
            terminal_printable(view->terminal, out, place->path, 0);
            text_format(out, " %s: its places have no names", place->symbol.problem);
            terminal_plain(view->terminal, out, STYLE_DIM);
            text_char(out, '\n');
        }
    }
    free(told);
}

void report_memory_text(const MemoryView *view, const MemoryGroups *groups, Text *out)
{
    report_memory_heading(view, out);
    if (groups->count == 0) {
        text_put(out,
                 view->profile->count
                     ? "No allocation of that kind.\n"
                     : "No memory was recorded: run with `tka run --memory=sampled`, or "
                       "link with `tka-cc --memory`.\n");
        return;
    }
    report_memory_table(view, groups, out);
    if (memory_live_error(&view->profile->sum) != 0) {
        terminal_format(view->terminal, out, STYLE_DIM,
                        "Allocated and counts are exact, what lives is estimated by "
                        "samples; - too little to tell\n");
    }
    add_crossings(view, out);
    report_memory_problems(view, out);
}

/* --- JSON --------------------------------------------------------------------- */

/* The calls at the place, innermost first: inlined ones, then the function. */
static void add_json_frames(Json *json, const MemoryProfile *profile,
                            const MemoryItem *item)
{
    const SymbolFrames *frames =
        item->place != NO_PLACE ? &profile->places[item->place].symbol.frames : NULL;

    json_array(json, "frames");
    for (size_t i = 0; frames && i < frames->count; i++) {
        json_object(json, NULL);
        json_text(json, "function", frames->items[i].function);
        json_optional_text(json, "file", frames->items[i].file);
        json_integer(json, "line", frames->items[i].line);
        json_end(json);
    }
    json_end(json);
}

void report_memory_item_json(Json *json, const MemoryProfile *profile,
                             const MemoryItem *item)
{
    const Function *function = memory_item_function(profile, item);
    char *path = memory_item_path(profile, item);
    char *code = memory_item_code(profile, item);
    char *spot = memory_item_spot(profile, item);

    json_text(json, "path", path);
    json_optional_text(json, "function", function ? function->name : code);
    json_bool(json, "profiled", function != NULL);
    json_optional_text(json, "code", code);
    json_optional_text(json, "place", spot);
    add_json_frames(json, profile, item);
    free(path);
    free(code);
    free(spot);
}

void report_memory_figures_json(Json *json, const MemoryFigures *figures)
{
    for (int i = 0; i < MEMORY_FIGURES; i++) {
        if (i >= MEMORY_LOST && !figures->has_verdict) {
            json_null(json, memory_figure_name((MemoryFigure)i));
        } else {
            json_integer(json, memory_figure_name((MemoryFigure)i), figures->n[i]);
        }
    }
    json_ns(json, "mean_bytes", memory_mean_size(figures));
    if (is_untold(figures)) {
        json_null(json, "live_bytes");
    } else {
        json_real(json, "live_bytes", memory_live(figures));
    }
    json_ns(json, "live_error_bytes", memory_live_error(figures));
    json_real(json, "live_blocks", memory_live_blocks(figures));
    report_json_share(json, "temporary_share", memory_temporary_share(figures));
}

void report_memory_events_json(Json *json, const MemoryProfile *profile)
{
    json_array(json, "events");
    for (size_t i = 0; i < profile->crossing_count; i++) {
        const MemoryCrossing *one = &profile->crossings[i];

        json_object(json, NULL);
        json_integer(json, "pid", one->pid);
        json_text(json, "at", units_iso_moment(one->at).text);
        json_real(json, "bytes", one->value);
        json_real(json, "threshold_bytes", one->threshold);
        json_array(json, "owners");
        for (size_t k = 0; k < one->count; k++) {
            const MemoryItem *item =
                memory_profile_item(profile, one->owners[k].allocation_id);

            json_object(json, NULL);
            json_real(json, "bytes", one->owners[k].bytes);
            if (item) {
                report_memory_item_json(json, profile, item);
            }
            json_end(json);
        }
        json_end(json);
        json_end(json);
    }
    json_end(json);
}

/* What a group has in common: a function is not at one place. */
static void add_json_identity(Json *json, const MemoryView *view, const MemoryItem *item)
{
    const Function *function = memory_item_function(view->profile, item);
    char *code = memory_item_code(view->profile, item);
    char *spot = memory_item_spot(view->profile, item);

    if (view->by == MEMORY_BY_PLACE) {
        json_optional_text(json, "code", code);
        json_optional_text(json, "place", spot);
    } else if (view->by == MEMORY_BY_FUNCTION && function) {
        report_json_function(json, function);
        json_bool(json, "profiled", true);
    } else {
        json_optional_text(json, "name", code);
        json_optional_text(json, "place", spot);
        json_bool(json, "profiled", false);
    }
    free(code);
    free(spot);
}

void report_memory_json(const MemoryView *view, const MemoryGroups *groups, Text *out)
{
    Json json = {.out = out};
    size_t shown =
        view->limit && view->limit < groups->count ? (size_t)view->limit : groups->count;

    report_json_selection(&json, view->selection);
    memory_totals_json(&json, view->profile);
    report_memory_events_json(&json, view->profile);
    json_array(&json, view->by == MEMORY_BY_PLACE ? "places" : "functions");
    for (size_t i = 0; i < shown; i++) {
        const MemoryGroup *group = &groups->items[i];

        json_object(&json, NULL);
        add_json_identity(&json, view, memory_group_item(groups, view->profile, group));
        report_memory_figures_json(&json, &group->sum);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
}

/* --- CSV ---------------------------------------------------------------------- */

void report_memory_csv(const MemoryView *view, const MemoryGroups *groups, Text *out)
{
    Csv csv = {.out = out};
    size_t shown =
        view->limit && view->limit < groups->count ? (size_t)view->limit : groups->count;

    text_put(out, "name,place,profiled,live_bytes,live_error_bytes,mean_bytes,"
                  "temporary_share");
    for (int i = 0; i < MEMORY_LOST; i++) {
        text_format(out, ",%s", memory_figure_name((MemoryFigure)i));
    }
    text_char(out, '\n');
    for (size_t i = 0; i < shown; i++) {
        const MemoryGroup *group = &groups->items[i];
        const MemoryItem *item = memory_group_item(groups, view->profile, group);
        const Function *function = memory_item_function(view->profile, item);
        char *code = memory_item_code(view->profile, item);
        char *spot =
            function && view->by == MEMORY_BY_FUNCTION
                ? format_new("%s:%lld", function->file, (long long)function->line)
                : memory_item_spot(view->profile, item);

        csv_text(&csv,
                 function && view->by == MEMORY_BY_FUNCTION ? function->name : code);
        csv_text(&csv, spot);
        csv_text(&csv, function ? "true" : "false");
        csv_ns(&csv, is_untold(&group->sum) ? -1 : memory_live(&group->sum));
        csv_ns(&csv, memory_live_error(&group->sum));
        csv_ns(&csv, memory_mean_size(&group->sum));
        csv_real(&csv, memory_temporary_share(&group->sum));
        for (int k = 0; k < MEMORY_LOST; k++) {
            csv_integer(&csv, group->sum.n[k]);
        }
        csv_end_row(&csv);
        free(code);
        free(spot);
    }
}
