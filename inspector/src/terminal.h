/* terminal - what the output goes to: how wide, colours, UTF-8.
 *
 * Text that came from files, programs or databases goes through
 * terminal_printable before it is shown: no control character of theirs reaches
 * the terminal.
 */
#ifndef TKA_TERMINAL_H
#define TKA_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "textbuf.h"

typedef enum ColorWhen { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorWhen;

typedef struct Terminal {
    bool is_terminal;
    size_t width; /* columns; 0: no limit */
    bool color;
    bool utf8;
} Terminal;

typedef enum Style {
    STYLE_PLAIN,
    STYLE_BOLD,
    STYLE_DIM,
    STYLE_HOT,  /* a large share, an error */
    STYLE_WARM, /* a notable one, a warning */
    STYLE_GOOD
} Style;

/* width 0: found out; no limit when file is not a terminal. Uses the locale that
 * main has set. */
Terminal terminal_detect(FILE *file, ColorWhen color, size_t width);

/* Columns that printable text takes. */
size_t terminal_columns(const Terminal *terminal, const char *text);

/* Add text with control characters and invalid bytes replaced by '?'. When it
 * takes more than limit columns (0: no limit) its middle is left out. */
void terminal_printable(const Terminal *terminal, Text *out, const char *text,
                        size_t limit);

void terminal_style(const Terminal *terminal, Text *out, Style style);
void terminal_plain(const Terminal *terminal, Text *out, Style style);

/* printf in a style. */
void terminal_format(const Terminal *terminal, Text *out, Style style, const char *format,
                     ...) __attribute__((format(printf, 4, 5)));

#endif
