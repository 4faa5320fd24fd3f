#include "report_validation.h"

#include <math.h>
#include <stdio.h>

#include "csv_writer.h"
#include "json_writer.h"
#include "table.h"
#include "units.h"

enum { CELL = 64 };

/* Values of one unit have the same number of decimals, so that they line up with
 * their promise. */
static void put_value(char cell[CELL], ValueUnit unit, double value)
{
    switch (unit) {
    case UNIT_NONE:
        cell[0] = '\0';
        break;
    case UNIT_PAIRS:
        snprintf(cell, CELL, "%.3f pairs", value);
        break;
    case UNIT_NS:
        snprintf(cell, CELL, "%.2f ns", value);
        break;
    case UNIT_PERCENT:
        snprintf(cell, CELL, "%.2f%%", value);
        break;
    case UNIT_POINTS:
        snprintf(cell, CELL, "%.2f points", value);
        break;
    case UNIT_CALLS:
        snprintf(cell, CELL, "%.0f", value);
        break;
    case UNIT_ROWS:
        snprintf(cell, CELL, "%s/s", units_short_count(value).text);
        break;
    case UNIT_MIB:
        snprintf(cell, CELL, "%.2f MiB", value);
        break;
    }
}

static void put_promise(char cell[CELL], const Finding *finding)
{
    char limit[CELL];

    put_value(limit, finding->unit, finding->limit);
    snprintf(cell, CELL, "%s %.50s",
             finding->bound == AT_LEAST ? ">="
             : finding->limit == 0      ? "="
                                        : "<=",
             limit);
}

static void add_row(Table *table, const Finding *finding)
{
    static const char *const words[] = {"ok", "FAIL", "noisy: repeat", "skipped"};
    static const Style styles[] = {STYLE_GOOD, STYLE_HOT, STYLE_WARM, STYLE_DIM};
    char value[CELL] = "-", spread[CELL] = "", promise[CELL] = "-";

    if (!isnan(finding->value)) {
        put_value(value, finding->unit, finding->value);
    }
    if (!isnan(finding->spread) && finding->unit != UNIT_CALLS) {
        put_value(spread, finding->unit, finding->spread);
    }
    if (!isnan(finding->limit)) {
        put_promise(promise, finding);
    }
    table_cell(table, STYLE_PLAIN, finding->check);
    table_cell(table, STYLE_PLAIN, finding->what);
    table_cell(table, STYLE_PLAIN, value);
    table_cell(table, STYLE_DIM, spread);
    table_cell(table, STYLE_PLAIN, promise);
    table_cell(table, styles[finding->verdict], words[finding->verdict]);
    table_cell(table, STYLE_PLAIN, finding->note ? finding->note : "");
}

static void add_summary(const Validation *list, const Terminal *terminal, Text *out)
{
    size_t failed = validation_count(list, VERDICT_FAIL);
    size_t noisy = validation_count(list, VERDICT_NOISY);
    size_t skipped = validation_count(list, VERDICT_SKIPPED);

    text_format(out, "\n%zu kept", validation_count(list, VERDICT_OK));
    text_put(out, ", ");
    terminal_format(terminal, out, failed ? STYLE_HOT : STYLE_PLAIN, "%zu not kept",
                    failed);
    if (noisy) {
        text_format(out, ", %zu not told: the machine is too noisy", noisy);
    }
    if (skipped) {
        text_format(out, ", %zu skipped", skipped);
    }
    text_char(out, '\n');
}

void validation_text(const Validation *list, const char *compiler,
                     const Terminal *terminal, Text *out)
{
    const Column columns[] = {{"Check", ALIGN_LEFT, 1, 0},
                              {"What", ALIGN_LEFT, 0, 16},
                              {"Measured", ALIGN_RIGHT, 0, 0},
                              {terminal->utf8 ? "\u00b1" : "+-", ALIGN_RIGHT, 2, 0},
                              {"Promise", ALIGN_RIGHT, 0, 0},
                              {"Verdict", ALIGN_LEFT, 0, 0},
                              {"Note", ALIGN_LEFT, 3, 20}};
    Table *table = table_new(columns, sizeof columns / sizeof *columns);

    text_put(out, "Compiler: ");
    terminal_printable(terminal, out, compiler, 0);
    text_put(out, "\n\n");
    for (size_t i = 0; i < list->count; i++) {
        add_row(table, &list->items[i]);
    }
    table_print(table, terminal, out);
    table_free(table);
    add_summary(list, terminal, out);
}

static void add_members(Json *json, const Finding *finding)
{
    json_text(json, "check", finding->check);
    json_text(json, "what", finding->what);
    json_optional_text(json, "unit", unit_word(finding->unit));
    json_real(json, "value", finding->value);
    json_real(json, "spread", finding->spread);
    if (isnan(finding->limit)) {
        json_null(json, "bound");
    } else {
        json_text(json, "bound", finding->bound == AT_MOST ? "most" : "least");
    }
    json_real(json, "promise", finding->limit);
    json_text(json, "verdict", verdict_word(finding->verdict));
    json_optional_text(json, "note", finding->note ? finding->note : "");
}

void validation_json(const Validation *list, const char *compiler, Text *out)
{
    Json json = {.out = out};

    json_object(&json, NULL);
    json_text(&json, "tka_version", TKA_VERSION);
    json_text(&json, "compiler", compiler);
    for (int v = VERDICT_OK; v <= VERDICT_SKIPPED; v++) {
        json_count(&json, verdict_word((Verdict)v), validation_count(list, (Verdict)v));
    }
    json_array(&json, "findings");
    for (size_t i = 0; i < list->count; i++) {
        json_object(&json, NULL);
        add_members(&json, &list->items[i]);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
}

/* csv_real() leaves negative figures out; here they have a meaning. */
static void csv_figure(Csv *csv, double value)
{
    char text[32];

    snprintf(text, sizeof text, "%.6g", value);
    csv_text(csv, isnan(value) ? "" : text);
}

void validation_csv(const Validation *list, Text *out)
{
    static const char *const titles[] = {"check", "what",    "unit",    "value", "spread",
                                         "bound", "promise", "verdict", "note"};
    Csv csv = {.out = out};

    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        csv_text(&csv, titles[i]);
    }
    csv_end_row(&csv);
    for (size_t i = 0; i < list->count; i++) {
        const Finding *finding = &list->items[i];

        csv_text(&csv, finding->check);
        csv_text(&csv, finding->what);
        csv_text(&csv, unit_word(finding->unit));
        csv_figure(&csv, finding->value);
        csv_figure(&csv, finding->spread);
        csv_text(&csv, isnan(finding->limit)       ? ""
                       : finding->bound == AT_MOST ? "most"
                                                   : "least");
        csv_figure(&csv, finding->limit);
        csv_text(&csv, verdict_word(finding->verdict));
        csv_text(&csv, finding->note ? finding->note : "");
        csv_end_row(&csv);
    }
}
