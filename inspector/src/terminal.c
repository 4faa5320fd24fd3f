#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "terminal.h"

#include <langinfo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

/* Of a terminal that does not tell. */
#define DEFAULT_WIDTH 80

static size_t terminal_width(int descriptor)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;

    if (columns && atoi(columns) > 0) {
        return (size_t)atoi(columns);
    }
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    return DEFAULT_WIDTH;
}

static bool wants_color(void)
{
    const char *no_color = getenv("NO_COLOR");
    const char *kind = getenv("TERM");

    return !(no_color && *no_color) && kind && strcmp(kind, "dumb") != 0;
}

Terminal terminal_detect(FILE *file, ColorWhen color, size_t width)
{
    int descriptor = fileno(file);
    Terminal terminal = {.is_terminal = isatty(descriptor) != 0, .width = width};

    terminal.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    terminal.color = color == COLOR_ALWAYS ||
                     (color == COLOR_AUTO && terminal.is_terminal && wants_color());
    if (!width && terminal.is_terminal) {
        terminal.width = terminal_width(descriptor);
    }
    return terminal;
}

/* One character at text: its bytes (at least 1) and its columns; -1 columns when
 * it must not be printed. */
static size_t next_character(const Terminal *terminal, const char *text, int *columns)
{
    mbstate_t state = {0};
    wchar_t wide;
    size_t bytes;
    unsigned char first = (unsigned char)*text;

    if (first < 0x80 || !terminal->utf8) {
        *columns = first >= 0x20 && first < 0x7f ? 1 : -1;
        return 1;
    }
    bytes = mbrtowc(&wide, text, strnlen(text, 8), &state);
    if (bytes == 0 || bytes > 8) {
        *columns = -1;
        return 1;
    }
    *columns = wcwidth(wide);
    return bytes;
}

size_t terminal_columns(const Terminal *terminal, const char *text)
{
    size_t sum = 0;

    while (*text) {
        int columns;

        text += next_character(terminal, text, &columns);
        sum += columns < 0 ? 1 : (size_t)columns;
    }
    return sum;
}

/* Add the characters that end before column stop, from column start on. */
static void add_slice(const Terminal *terminal, Text *out, const char *text, size_t start,
                      size_t stop)
{
    size_t at = 0;

    while (*text) {
        int columns;
        size_t bytes = next_character(terminal, text, &columns);
        size_t wide = columns < 0 ? 1 : (size_t)columns;

        if (at >= start && at + wide <= stop) {
            text_add(out, columns < 0 ? "?" : text, columns < 0 ? 1 : bytes);
        }
        at += wide;
        text += bytes;
    }
}

void terminal_printable(const Terminal *terminal, Text *out, const char *text,
                        size_t limit)
{
    const char *gap = terminal->utf8 ? "\u2026" : "..";
    size_t columns = terminal_columns(terminal, text);
    size_t gap_columns = terminal->utf8 ? 1 : 2, head;

    if (!limit || columns <= limit) {
        add_slice(terminal, out, text, 0, columns);
        return;
    }
    if (limit <= gap_columns) {
        add_slice(terminal, out, text, 0, limit);
        return;
    }
    head = (limit - gap_columns + 1) / 2;
    add_slice(terminal, out, text, 0, head);
    text_put(out, gap);
    add_slice(terminal, out, text, columns - (limit - gap_columns - head), columns);
}

void terminal_style(const Terminal *terminal, Text *out, Style style)
{
    static const char *const codes[] = {[STYLE_BOLD] = "\033[1m",
                                        [STYLE_DIM] = "\033[2m",
                                        [STYLE_HOT] = "\033[1;31m",
                                        [STYLE_WARM] = "\033[33m",
                                        [STYLE_GOOD] = "\033[32m"};

    if (terminal->color && style != STYLE_PLAIN) {
        text_put(out, codes[style]);
    }
}

void terminal_plain(const Terminal *terminal, Text *out, Style style)
{
    if (terminal->color && style != STYLE_PLAIN) {
        text_put(out, "\033[0m");
    }
}

void terminal_format(const Terminal *terminal, Text *out, Style style, const char *format,
                     ...)
{
    char line[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    terminal_style(terminal, out, style);
    text_put(out, line);
    terminal_plain(terminal, out, style);
}
