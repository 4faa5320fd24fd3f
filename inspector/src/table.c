#include "table.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"

#define GAP 2 /* spaces between columns */

typedef struct Cell {
    char *text;
    Style style;
} Cell;

struct Table {
    const Column *columns;
    size_t count;
    Cell *cells;
    size_t used, capacity;
    size_t *width; /* of each column; 0: not shown */
    bool *hidden;
};

Table *table_new(const Column *columns, size_t count)
{
    Table *table = allocate_zeroed(1, sizeof *table);

    assert(count > 0);
    table->columns = columns;
    table->count = count;
    table->width = allocate_zeroed(count, sizeof *table->width);
    table->hidden = allocate_zeroed(count, sizeof *table->hidden);
    return table;
}

void table_free(Table *table)
{
    for (size_t i = 0; i < table->used; i++) {
        free(table->cells[i].text);
    }
    free(table->cells);
    free(table->width);
    free(table->hidden);
    free(table);
}

void table_cell(Table *table, Style style, const char *text)
{
    table->cells =
        grow_array(table->cells, table->used, &table->capacity, sizeof *table->cells);
    table->cells[table->used++] = (Cell){duplicate_text(text), style};
}

void table_hide(Table *table, size_t column)
{
    table->hidden[column] = true;
}

static void measure(Table *table, const Terminal *terminal)
{
    for (size_t i = 0; i < table->count; i++) {
        table->width[i] = terminal_columns(terminal, table->columns[i].title);
    }
    for (size_t i = 0; i < table->used; i++) {
        size_t columns = terminal_columns(terminal, table->cells[i].text);
        size_t *width = &table->width[i % table->count];

        *width = columns > *width ? columns : *width;
    }
    for (size_t i = 0; i < table->count; i++) {
        table->width[i] = table->hidden[i] ? 0 : table->width[i];
    }
}

static size_t minimum(const Table *table, size_t column)
{
    size_t flexible = table->columns[column].flexible;

    return flexible && flexible < table->width[column] ? flexible : table->width[column];
}

/* The width of a row; with its flexible columns at their least when squeezed. */
static size_t row_width(const Table *table, bool squeezed)
{
    size_t sum = 0;

    for (size_t i = 0; i < table->count; i++) {
        if (table->width[i]) {
            sum += GAP + (squeezed ? minimum(table, i) : table->width[i]);
        }
    }
    return sum ? sum - GAP : 0;
}

/* Hide the column that may go first; false when all that are left must stay. */
static bool drop_column(Table *table)
{
    size_t victim = table->count;

    for (size_t i = 0; i < table->count; i++) {
        if (table->width[i] && table->columns[i].drop > 0 &&
            (victim == table->count ||
             table->columns[i].drop > table->columns[victim].drop)) {
            victim = i;
        }
    }
    if (victim == table->count) {
        return false;
    }
    table->width[victim] = 0;
    return true;
}

/* Take what is too much from the widest flexible column, a column at a time. */
static void squeeze(Table *table, size_t excess)
{
    while (excess > 0) {
        size_t widest = table->count;

        for (size_t i = 0; i < table->count; i++) {
            if (table->columns[i].flexible && table->width[i] > 4 &&
                (widest == table->count || table->width[i] > table->width[widest])) {
                widest = i;
            }
        }
        if (widest == table->count) {
            return;
        }
        table->width[widest]--;
        excess--;
    }
}

static void fit(Table *table, const Terminal *terminal)
{
    size_t width;

    if (!terminal->width) {
        return;
    }
    while (row_width(table, true) > terminal->width && drop_column(table)) {
    }
    width = row_width(table, false);
    if (width > terminal->width) {
        squeeze(table, width - terminal->width);
    }
}

static bool is_last_shown(const Table *table, size_t column)
{
    for (size_t i = column + 1; i < table->count; i++) {
        if (table->width[i]) {
            return false;
        }
    }
    return true;
}

static void print_cell(const Table *table, const Terminal *terminal, size_t column,
                       const char *text, Style style, Text *out)
{
    size_t width = table->width[column];
    size_t columns = terminal_columns(terminal, text);
    size_t padding = columns < width ? width - columns : 0;
    bool left = table->columns[column].align == ALIGN_LEFT;

    text_repeat(out, ' ', left ? 0 : padding);
    terminal_style(terminal, out, style);
    terminal_printable(terminal, out, text, width);
    terminal_plain(terminal, out, style);
    if (left && !is_last_shown(table, column)) {
        text_repeat(out, ' ', padding);
    }
}

static void print_row(const Table *table, const Terminal *terminal, const Cell *cells,
                      Text *out)
{
    bool first = true;

    for (size_t i = 0; i < table->count; i++) {
        if (!table->width[i]) {
            continue;
        }
        text_repeat(out, ' ', first ? 0 : GAP);
        first = false;
        print_cell(table, terminal, i, cells ? cells[i].text : table->columns[i].title,
                   cells ? cells[i].style : STYLE_BOLD, out);
    }
    text_char(out, '\n');
}

void table_print(Table *table, const Terminal *terminal, Text *out)
{
    measure(table, terminal);
    fit(table, terminal);
    print_row(table, terminal, NULL, out);
    for (size_t i = 0; i + table->count <= table->used; i += table->count) {
        print_row(table, terminal, &table->cells[i], out);
    }
}
