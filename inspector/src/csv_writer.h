/* csv_writer - rows of comma-separated values (RFC 4180, lines end in LF).
 *
 *     Csv csv = {.out = &text};
 *     csv_text(&csv, name);
 *     csv_count(&csv, calls);
 *     csv_end_row(&csv);
 *
 * Figures are raw: ns, counts, shares of 1. What is not known is an empty field.
 */
#ifndef TKA_CSV_WRITER_H
#define TKA_CSV_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "textbuf.h"

typedef struct Csv {
    Text *out;
    bool filled; /* the row has a field */
} Csv;

void csv_text(Csv *csv, const char *value);
void csv_count(Csv *csv, uint64_t value);
void csv_integer(Csv *csv, int64_t value);
void csv_ns(Csv *csv, double ns);      /* rounded; negative: empty */
void csv_real(Csv *csv, double value); /* negative or NaN: empty */
void csv_end_row(Csv *csv);

#endif
