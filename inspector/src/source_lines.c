#define _GNU_SOURCE
#include "source_lines.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINES_BEFORE 2
#define LINES_AFTER  8

/* Only a regular file: a database may name anything. */
static FILE *open_source(const char *file, struct stat *status)
{
    int descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    FILE *source = NULL;

    if (descriptor >= 0 && fstat(descriptor, status) == 0 && S_ISREG(status->st_mode)) {
        source = fdopen(descriptor, "r");
    }
    if (descriptor >= 0 && !source) {
        close(descriptor);
    }
    return source;
}

static void expand_tabs(const char *line, Text *out)
{
    size_t column = 0;

    for (; *line && *line != '\n' && *line != '\r'; line++) {
        size_t width = *line == '\t' ? 8 - column % 8 : 1;

        text_repeat(out, (char)(*line == '\t' ? ' ' : *line), width);
        column += width;
    }
}

static void add_line(long long number, bool marked, const char *line,
                     const Terminal *terminal, Text *out)
{
    Text expanded = {0};

    text_put(&expanded, "");
    expand_tabs(line, &expanded);
    terminal_format(terminal, out, marked ? STYLE_BOLD : STYLE_DIM, "%s%6lld ",
                    marked ? ">" : " ", number);
    terminal_printable(terminal, out, expanded.data,
                       terminal->width > 20 ? terminal->width - 8 : 160);
    text_char(out, '\n');
    text_release(&expanded);
}

bool source_lines_add(const char *file, int64_t line, int64_t since,
                      const Terminal *terminal, Text *out)
{
    struct stat status;
    FILE *source = open_source(file, &status);
    char *buffer = NULL;
    size_t capacity = 0;
    int64_t number = 0;

    if (!source) {
        return false;
    }
    if ((int64_t)status.st_mtim.tv_sec > since / 1000000000) {
        terminal_format(terminal, out, STYLE_WARM, "  (changed since this session)");
        text_char(out, '\n');
    }
    while (number < line + LINES_AFTER && getline(&buffer, &capacity, source) >= 0) {
        number++;
        if (number >= line - LINES_BEFORE) {
            add_line((long long)number, number == line, buffer, terminal, out);
        }
    }
    free(buffer);
    fclose(source);
    return true;
}
