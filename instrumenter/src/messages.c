#define _GNU_SOURCE /* memmem */
#include "messages.h"

#include <stdio.h>
#include <string.h>

static const char *line_end(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));

    return newline ? newline + 1 : end;
}

static bool is_headline(const char *at, const char *end)
{
    size_t length = (size_t)(end - at);

    return memmem(at, length, "warning:", 8) || memmem(at, length, "error:", 6);
}

static bool holds(const Bytes *bytes, const char *at, const char *end)
{
    return bytes->length && memmem(bytes->data, bytes->length, at, (size_t)(end - at));
}

void messages_difference(Bytes *out, const Bytes *first, const Bytes *second)
{
    const char *at = first->data;
    const char *end = at + first->length;
    bool copy = true;

    while (at < end) {
        const char *next = line_end(at, end);

        if (is_headline(at, next)) {
            copy = !holds(second, at, next);
        }
        if (copy) {
            bytes_append(out, at, (size_t)(next - at));
        }
        at = next;
    }
}

void messages_forward(const Bytes *expanding, const Bytes *compiling, bool is_clang)
{
    Bytes out = {0};

    /* In JSON nothing is a list, too. */
    if (!is_clang && expanding->length && strcmp(expanding->data, "[]\n") != 0) {
        messages_difference(&out, expanding, compiling);
    }
    bytes_append(&out, compiling->data, compiling->length);
    fwrite(out.data, 1, out.length, stderr);
    bytes_release(&out);
}
