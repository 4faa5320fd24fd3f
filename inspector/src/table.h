/* table - rows of text cells, fitted to the terminal.
 *
 *     Table *table = table_new(columns, LENGTH(columns));
 *     table_cell(table, STYLE_PLAIN, "12");
 *     table_cell(table, STYLE_BOLD, name);    (one call per column, row by row)
 *     table_print(table, &terminal, &out);
 *     table_free(table);
 *
 * When a row is too wide, columns go, highest drop rank first; then the flexible
 * columns are shortened in their middle. Cells are copied.
 */
#ifndef TKA_TABLE_H
#define TKA_TABLE_H

#include <stddef.h>

#include "terminal.h"
#include "textbuf.h"

typedef enum Align { ALIGN_RIGHT, ALIGN_LEFT } Align;

typedef struct Column {
    const char *title;
    Align align;
    int drop;        /* 0: always shown; else the higher, the sooner it goes */
    size_t flexible; /* 0: never shortened; else the least useful width */
} Column;

typedef struct Table Table;

Table *table_new(const Column *columns, size_t count); /* columns: borrowed */
void table_free(Table *table);
void table_cell(Table *table, Style style, const char *text);
void table_hide(Table *table, size_t column);
void table_print(Table *table, const Terminal *terminal, Text *out);

#endif
