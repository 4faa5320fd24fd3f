#include "report_leaks.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "csv_writer.h"
#include "memory_groups.h"
#include "report_json.h"
#include "report_memory.h"
#include "report_text.h"
#include "table.h"

/* Rows of what lives, where there is no verdict. */
#define LIVE_ROWS 10

static Figure count_of(int64_t count)
{
    return units_count(count > 0 ? (uint64_t)count : 0);
}

/* ", in parse app.c:12" of code that was inlined there: it may be in many places. */
static char *around_of(const MemoryProfile *profile, const MemoryItem *item)
{
    const SymbolPlace *symbol =
        item->place != NO_PLACE ? &profile->places[item->place].symbol : NULL;
    const Function *function = memory_item_function(profile, item);
    const SymbolFrame *outer;
    Function spot;
    char *place, *text;

    if (!symbol || symbol->shown + 1 >= symbol->frames.count ||
        (function &&
         !strcmp(function->name, symbol->frames.items[symbol->shown].function))) {
        return duplicate_text(""); /* the path tells it */
    }
    outer = &symbol->frames.items[symbol->shown + 1];
    spot = (Function){.file = outer->file, .line = outer->line};
    place = report_text_place(&spot);
    text = format_new(", in %s  %s", outer->function, place);
    free(place);
    return text;
}

static char *place_of(const LeakView *view, const MemoryItem *item)
{
    char *code = memory_item_code(view->list->profile, item);
    char *spot = report_memory_place(view->list->profile, item);
    char *around = around_of(view->list->profile, item);
    char *place =
        *code ? format_new("%s  %s%s", code, spot, around) : duplicate_text(spot);

    free(code);
    free(spot);
    free(around);
    return place;
}

/* --- text: verdicts ------------------------------------------------------------- */

static void add_sum(const LeakSum *sum, Text *out)
{
    text_format(out, "%s in %s block%s", units_bytes(sum->bytes).text,
                count_of(sum->blocks).text, sum->blocks == 1 ? "" : "s");
}

static void add_totals(const LeakView *view, Text *out)
{
    const LeakSum *totals = view->list->totals;

    if (!view->list->with_verdict) {
        return;
    }
    text_put(out, "Lost: ");
    add_sum(&totals[LEAK_DEFINITE], out);
    if (totals[LEAK_INDIRECT].blocks) {
        text_put(out, ", and through these ");
        add_sum(&totals[LEAK_INDIRECT], out);
    }
    text_put(out, "; still reachable: ");
    add_sum(&totals[LEAK_REACHABLE], out);
    text_char(out, '\n');
}

/* A line for each reason: "No verdict (process 12, 13): ...". */
static void add_reasons(const LeakView *view, Text *out)
{
    const MemoryProfile *profile = view->list->profile;
    bool *told = allocate_zeroed(profile->process_count, sizeof *told);

    for (size_t i = 0; i < profile->process_count; i++) {
        char *reason = told[i] ? NULL : leak_no_verdict(&profile->processes[i]);

        if (!reason) {
            continue;
        }
        terminal_style(view->terminal, out, STYLE_WARM);
        text_format(out, "No verdict (process %lld",
                    (long long)profile->processes[i].pid);
        for (size_t k = i + 1; k < profile->process_count; k++) {
            char *other = leak_no_verdict(&profile->processes[k]);

            if (other && !strcmp(other, reason)) {
                told[k] = true;
                text_format(out, ", %lld", (long long)profile->processes[k].pid);
            }
            free(other);
        }
        text_put(out, "): ");
        terminal_printable(view->terminal, out, reason, 0);
        terminal_plain(view->terminal, out, STYLE_WARM);
        text_char(out, '\n');
        free(reason);
    }
    free(told);
}

/* --- text: findings --------------------------------------------------------------- */

static void add_row(Table *table, const LeakView *view, const Leak *leak)
{
    char *path = memory_item_path(view->list->profile, leak->item);
    char *place = place_of(view, leak->item);

    table_cell(table, leak->kind == LEAK_DEFINITE ? STYLE_HOT : STYLE_PLAIN,
               leak_kind_word(leak->kind));
    table_cell(table, STYLE_BOLD, units_bytes(leak->bytes).text);
    table_cell(table, STYLE_PLAIN, count_of(leak->blocks).text);
    table_cell(table, STYLE_DIM,
               leak->known_bytes < 0 ? "new" : units_bytes(leak->known_bytes).text);
    table_cell(table, STYLE_PLAIN, path);
    table_cell(table, STYLE_DIM, place);
    free(path);
    free(place);
}

static void add_losses(const LeakView *view, Text *out)
{
    static const Column columns[] = {
        {"Kind", ALIGN_LEFT, 0, 0},       {"Bytes", ALIGN_RIGHT, 0, 0},
        {"Blocks", ALIGN_RIGHT, 1, 0},    {"Was", ALIGN_RIGHT, 2, 0},
        {"Call path", ALIGN_LEFT, 0, 24}, {"Allocated at", ALIGN_LEFT, 0, 24}};
    Table *table = table_new(columns, sizeof columns / sizeof *columns);
    size_t rows = 0;

    for (size_t i = 0; i < view->list->count; i++) {
        if (view->list->items[i].kind != LEAK_GROWTH) {
            add_row(table, view, &view->list->items[i]);
            rows++;
        }
    }
    if (!view->has_baseline) {
        table_hide(table, 3);
    }
    if (rows) {
        text_char(out, '\n');
        table_print(table, view->terminal, out);
    }
    table_free(table);
}

static void add_growth(const LeakView *view, Text *out)
{
    bool any = false;

    for (size_t i = 0; i < view->list->count; i++) {
        const Leak *leak = &view->list->items[i];
        char *path, *place;

        if (leak->kind != LEAK_GROWTH) {
            continue;
        }
        if (!any) {
            text_char(out, '\n');
            terminal_format(view->terminal, out, STYLE_BOLD, "Growth");
            text_char(out, '\n');
        }
        any = true;
        path = memory_item_path(view->list->profile, leak->item);
        place = place_of(view, leak->item);
        text_put(out, "  ");
        terminal_printable(view->terminal, out, path, 0);
        text_put(out, "  ");
        terminal_printable(view->terminal, out, place, 0);
        text_format(out, "  (process %lld)\n    ", (long long)leak->pid);
        growth_describe(&leak->growth, out);
        text_char(out, '\n');
        free(path);
        free(place);
    }
}

static void add_left_out(const LeakView *view, Text *out)
{
    const LeakList *list = view->list;
    const LeakSum *const sums[] = {&list->suppressed, &list->known, &list->small};
    static const char *const words[] = {"Suppressed", "Known", "Smaller"};

    for (size_t i = 0; i < 3; i++) {
        if (sums[i]->findings) {
            text_format(out, "%s: %zu, ", words[i], sums[i]->findings);
            add_sum(sums[i], out);
            text_char(out, '\n');
        }
    }
    for (size_t i = 0; view->rules && i < view->rules->count; i++) {
        const Suppression *rule = &view->rules->items[i];

        if (rule->used) {
            char *text = suppression_text(rule);

            text_format(out, "  %llu by line %zu, ", (unsigned long long)rule->used,
                        rule->line);
            terminal_printable(view->terminal, out, text, 100);
            text_char(out, '\n');
            free(text);
        }
    }
}

/* For a program that told no verdict, what lives is all there is to see. */
static void add_live(const LeakView *view, Text *out)
{
    MemoryView memory = {.profile = view->list->profile,
                         .selection = view->selection,
                         .terminal = view->terminal,
                         .by = MEMORY_BY_PLACE,
                         .limit = LIVE_ROWS};
    MemoryGroups groups = {0};

    if (view->list->with_verdict || memory_live(&memory.profile->sum) <= 0) {
        return;
    }
    memory_groups_make(&groups, memory.profile, MEMORY_BY_PLACE, NULL);
    memory_groups_sort(&groups, MEMORY_SORT_LIVE);
    text_char(out, '\n');
    terminal_format(view->terminal, out, STYLE_BOLD, "What lives, lost or not");
    text_char(out, '\n');
    report_memory_table(&memory, &groups, out);
    memory_groups_release(&groups);
}

static void add_growth_note(const LeakView *view, Text *out)
{
    const LeakList *list = view->list;

    if (!view->with_growth) {
        return;
    }
    if (list->judged) {
        text_format(out, "Growth was judged of %zu allocations", list->judged);
        if (list->not_judged) {
            text_format(out, ", not of %zu that have less", list->not_judged);
        }
        text_char(out, '\n');
    } else if (list->few_readings) {
        text_format(out, "Growth was not judged: fewer than %d readings of what lives, one "
                         "each TKA_MONITORING_INTERVAL or, where that costs much, less often\n",
                    GROWTH_FEWEST_POINTS * 4 / 3);
    }
}

void report_leaks_text(const LeakView *view, Text *out)
{
    const LeakList *list = view->list;

    if (view->selection->single) {
        report_text_session(&view->selection->session, list->profile->process_count,
                            view->terminal, out);
    }
    if (list->profile->process_count == 0) {
        text_put(out, "No memory was recorded: run with `tka run --memory=exact`, or "
                      "link with `tka-cc --memory`.\n");
        return;
    }
    add_totals(view, out);
    add_reasons(view, out);
    add_losses(view, out);
    add_growth(view, out);
    add_live(view, out);
    if (list->count || list->suppressed.findings || list->known.findings ||
        list->small.findings) {
        text_char(out, '\n');
    }
    add_left_out(view, out);
    add_growth_note(view, out);
    report_memory_problems(
        &(MemoryView){.profile = list->profile, .terminal = view->terminal}, out);
}

/* --- JSON ----------------------------------------------------------------------- */

static void add_json_growth(Json *json, const Leak *leak)
{
    const Growth *growth = &leak->growth;

    json_integer(json, "pid", leak->pid);
    json_ns(json, "bytes_per_hour", growth->slope);
    json_array(json, "bytes_per_hour_ci95");
    json_ns(json, NULL, growth->slope_interval.low);
    json_ns(json, NULL, growth->slope_interval.high);
    json_end(json);
    json_real(json, "p", growth->p);
    json_count(json, "points", growth->points);
    json_ns(json, "window_ns", growth->window_ns);
}

static void add_json_leak(Json *json, const LeakView *view, const Leak *leak)
{
    json_object(json, NULL);
    json_text(json, "kind", leak_kind_word(leak->kind));
    if (leak->kind == LEAK_GROWTH) {
        json_null(json, "blocks");
    } else {
        json_integer(json, "blocks", leak->blocks);
    }
    json_real(json, "bytes", leak->bytes);
    if (view->has_baseline) {
        json_ns(json, "known_bytes", leak->known_bytes);
    }
    report_memory_item_json(json, view->list->profile, leak->item);
    if (leak->kind == LEAK_GROWTH) {
        add_json_growth(json, leak);
    }
    json_end(json);
}

static void add_json_sum(Json *json, const char *key, const LeakSum *sum)
{
    json_object(json, key);
    json_count(json, "findings", sum->findings);
    json_integer(json, "blocks", sum->blocks);
    json_real(json, "bytes", sum->bytes);
    json_end(json);
}

static void add_json_totals(Json *json, const LeakView *view)
{
    json_object(json, "totals");
    for (int kind = 0; kind < LEAK_KINDS; kind++) {
        add_json_sum(json, leak_kind_word((LeakKind)kind), &view->list->totals[kind]);
    }
    json_end(json);
    add_json_sum(json, "suppressed", &view->list->suppressed);
    add_json_sum(json, "known", &view->list->known);
    add_json_sum(json, "smaller", &view->list->small);
}

static void add_json_processes(Json *json, const LeakView *view)
{
    const MemoryProfile *profile = view->list->profile;

    json_array(json, "processes");
    for (size_t i = 0; i < profile->process_count; i++) {
        const MemoryProcess *process = &profile->processes[i];
        char *reason = leak_no_verdict(process);

        json_object(json, NULL);
        json_integer(json, "pid", process->pid);
        json_text(json, "mode", process->mode);
        json_bool(json, "verdict", process->has_verdict);
        json_optional_text(json, "why", reason ? reason : "");
        json_integer(json, "scan_ns", process->scan_ns);
        json_integer(json, "lost_rows", process->lost_rows);
        json_end(json);
        free(reason);
    }
    json_end(json);
}

static void add_json_rules(Json *json, const LeakView *view)
{
    json_array(json, "suppressions");
    for (size_t i = 0; view->rules && i < view->rules->count; i++) {
        const Suppression *rule = &view->rules->items[i];
        char *text = suppression_text(rule);

        json_object(json, NULL);
        json_text(json, "rule", text);
        json_count(json, "line", rule->line);
        json_count(json, "findings", rule->used);
        json_real(json, "total_blocks", rule->blocks);
        json_real(json, "total_bytes", rule->bytes);
        json_end(json);
        free(text);
    }
    json_end(json);
}

void report_leaks_json(const LeakView *view, Text *out)
{
    Json json = {.out = out};

    report_json_selection(&json, view->selection);
    add_json_processes(&json, view);
    add_json_totals(&json, view);
    json_real(&json, "live_bytes", memory_live(&view->list->profile->sum));
    json_ns(&json, "live_error_bytes",
            memory_profile_totals(view->list->profile).live_error);
    json_array(&json, "findings");
    for (size_t i = 0; i < view->list->count; i++) {
        add_json_leak(&json, view, &view->list->items[i]);
    }
    json_end(&json);
    add_json_rules(&json, view);
    json_end(&json);
}

/* --- CSV ------------------------------------------------------------------------ */

void report_leaks_csv(const LeakView *view, Text *out)
{
    const MemoryProfile *profile = view->list->profile;
    Csv csv = {.out = out};

    text_put(out, "kind,bytes,blocks,known_bytes,path,code,place,pid,bytes_per_hour,"
                  "bytes_per_hour_low,bytes_per_hour_high,p\n");
    for (size_t i = 0; i < view->list->count; i++) {
        const Leak *leak = &view->list->items[i];
        bool grows = leak->kind == LEAK_GROWTH;
        char *path = memory_item_path(profile, leak->item);
        char *code = memory_item_code(profile, leak->item);
        char *spot = memory_item_spot(profile, leak->item);

        csv_text(&csv, leak_kind_word(leak->kind));
        csv_ns(&csv, leak->bytes);
        csv_ns(&csv, grows ? -1 : (double)leak->blocks);
        csv_ns(&csv, leak->known_bytes);
        csv_text(&csv, path);
        csv_text(&csv, code);
        csv_text(&csv, spot);
        csv_ns(&csv, grows ? (double)leak->pid : -1);
        csv_ns(&csv, grows ? leak->growth.slope : -1);
        csv_ns(&csv, grows ? leak->growth.slope_interval.low : -1);
        csv_ns(&csv, grows ? leak->growth.slope_interval.high : -1);
        csv_real(&csv, grows ? leak->growth.p : -1);
        csv_end_row(&csv);
        free(path);
        free(code);
        free(spot);
    }
}
