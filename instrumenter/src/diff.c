#include "diff.h"

#include <stdlib.h>
#include <string.h>

#define CONTEXT 3u

static int compare(const void *left, const void *right)
{
    const DiffInsertion *a = left, *b = right;

    if (a->file != b->file) {
        return a->file < b->file ? -1 : 1;
    }
    if (a->line != b->line) {
        return a->line < b->line ? -1 : 1;
    }
    if (a->column != b->column) {
        return a->column < b->column ? -1 : 1;
    }
    return strcmp(a->text, b->text);
}

static void append_line(Bytes *out, char sign, const SourceFile *source, unsigned line)
{
    size_t length;
    const char *text = source_line(source, line, &length);

    if (text) {
        bytes_append(out, &sign, 1);
        bytes_append(out, text, length);
        bytes_puts(out, "\n");
    }
}

/* The line with the insertions on it; returns how many there were. */
static size_t append_changed(Bytes *out, const SourceFile *source,
                             const DiffInsertion *at, size_t left)
{
    size_t length, done = 0, used;
    const char *text = source_line(source, at->line, &length);

    append_line(out, '-', source, at->line);
    bytes_puts(out, "+");
    for (used = 0; used < left && at[used].file == at->file && at[used].line == at->line;
         used++) {
        if (used && at[used].column == at[used - 1].column) {
            continue;
        }
        bytes_append(out, text + done, at[used].column - done);
        bytes_puts(out, at[used].text);
        done = at[used].column;
    }
    bytes_append(out, text + done, length - done);
    bytes_puts(out, "\n");
    return used;
}

static unsigned last_line(const SourceFile *source)
{
    size_t length;
    unsigned count = (unsigned)source->line_count;

    /* What follows the last newline is a line only when it has something in it. */
    return source_line(source, count, &length) && length == 0 ? count - 1 : count;
}

/* One hunk: insertions whose contexts touch. Returns how many it took. */
static size_t append_hunk(Bytes *out, const SourceFile *source, const DiffInsertion *at,
                          size_t left)
{
    unsigned first = at->line > CONTEXT ? at->line - CONTEXT : 1;
    unsigned last = at->line, end = last_line(source), line;
    size_t used = 0;

    for (size_t i = 0; i < left && at[i].file == at->file; i++) {
        if (at[i].line > last + 2 * CONTEXT) {
            break;
        }
        last = at[i].line;
    }
    last = last + CONTEXT < end ? last + CONTEXT : end;
    bytes_printf(out, "@@ -%u,%u +%u,%u @@\n", first, last - first + 1, first,
                 last - first + 1);
    for (line = first; line <= last; line++) {
        if (used < left && at[used].file == at->file && at[used].line == line) {
            used += append_changed(out, source, at + used, left - used);
        } else {
            append_line(out, ' ', source, line);
        }
    }
    return used;
}

void diff_append(Bytes *out, Sources *sources, DiffInsertion *insertions, size_t count)
{
    size_t i = 0;

    if (count) {
        qsort(insertions, count, sizeof *insertions, compare);
    }
    while (i < count) {
        int file = insertions[i].file;
        const SourceFile *source = sources_get(sources, file);
        const char *path;

        path = strncmp(source->path, "./", 2) == 0 ? source->path + 2 : source->path;
        bytes_printf(out, "--- a/%s\n+++ b/%s\n", path, path);
        while (i < count && insertions[i].file == file) {
            i += append_hunk(out, source, insertions + i, count - i);
        }
    }
}
