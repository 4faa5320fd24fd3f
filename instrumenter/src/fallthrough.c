#define _GNU_SOURCE /* memmem */
#include "fallthrough.h"
#include "linewalk.h"

#include <string.h>

static bool mentions_fall(const char *text, size_t length)
{
    return memmem(text, length, "fall", 4) || memmem(text, length, "Fall", 4) ||
           memmem(text, length, "FALL", 4);
}

/* The lines that backslashes join, as one. */
static void join_lines(const SourceFile *source, unsigned line, Bytes *out)
{
    const char *text;
    size_t length;

    while ((text = source_line(source, line++, &length)) != NULL) {
        length -= length && text[length - 1] == '\r';
        if (!length || text[length - 1] != '\\') {
            bytes_append(out, text, length);
            return;
        }
        bytes_append(out, text, length - 1);
    }
}

/* Behind the string or character constant at `at`. */
static const char *skip_quoted(const char *at)
{
    char quote = *at++;

    while (*at && *at != quote) {
        at += *at == '\\' && at[1] ? 2 : 1;
    }
    return *at ? at + 1 : at;
}

/* The comment's text, and in *next what follows; NULL: it ends on another line. */
static const char *comment_end(const char *at, const char **next)
{
    const char *end = at[1] == '*' ? strstr(at + 2, "*/") : at + strlen(at);

    *next = end && at[1] == '*' ? end + 2 : end;
    return end;
}

/* A definition with no comments but those that say something falls through, and
 * with none at all. False: a comment does not end. */
static bool split_comments(const char *at, Bytes *with, Bytes *without)
{
    while (*at) {
        const char *next = *at == '"' || *at == '\'' ? skip_quoted(at) : at + 1;

        if (at[0] == '/' && (at[1] == '*' || at[1] == '/')) {
            const char *end = comment_end(at, &next);

            if (!end) {
                return false;
            }
            if (mentions_fall(at, (size_t)(end - at)) &&
                !memmem(at + 2, (size_t)(end - at - 2), "*/", 2)) {
                bytes_printf(with, "/*%.*s*/", (int)(end - at - 2), at + 2);
            } else {
                bytes_puts(with, " ");
            }
        } else {
            bytes_append(with, at, (size_t)(next - at));
            bytes_append(without, at, (size_t)(next - at));
        }
        at = next;
    }
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\v';
}

static bool same_but_blanks(const Bytes *left, const char *right, size_t length)
{
    const char *a = left->data, *a_end = a + left->length, *b = right,
               *b_end = b + length;

    for (;;) {
        while (a < a_end && is_blank(*a)) {
            a++;
        }
        while (b < b_end && is_blank(*b)) {
            b++;
        }
        if (a == a_end || b == b_end) {
            return a == a_end && b == b_end;
        }
        if (*a++ != *b++) {
            return false;
        }
    }
}

static void append_definition(const LineWalk *walk, const SourceFile *source, Bytes *out)
{
    Bytes line = {0}, with = {0}, without = {0};

    join_lines(source, walk->line, &line);
    if (line.length && mentions_fall(line.data, line.length) &&
        split_comments(line.data, &with, &without) && without.length &&
        same_but_blanks(&without, walk->text, walk->length)) {
        bytes_append(out, with.data, with.length);
    } else {
        bytes_append(out, walk->text, walk->length);
    }
    bytes_release(&line);
    bytes_release(&with);
    bytes_release(&without);
}

static bool wants_comments(const Command *command)
{
    return !command->is_clang &&
           (command_has(command, "-Wextra") || command_has(command, "-W") ||
            command_has(command, "-Wimplicit-fallthrough*"));
}

void fallthrough_restore(const Command *command, Sources *sources, Bytes *text)
{
    const SourceFile *source = NULL; /* of `last`, if it mentions any */
    size_t done = 0;
    Bytes out = {0};
    LineWalk walk;
    int last = -1;

    if (!wants_comments(command)) {
        return;
    }
    linewalk_start(&walk, sources, text->data, text->length, DIALECT_GCC);
    while (linewalk_next(&walk)) {
        size_t start = (size_t)(walk.text - text->data);

        if (walk.is_marker || walk.is_system || walk.file < 0) {
            continue;
        }
        if (walk.file != last) {
            last = walk.file;
            source = sources_get(sources, last);
            if (source && !mentions_fall(source->content.data, source->content.length)) {
                source = NULL;
            }
        }
        if (source && walk.length > 8 && memcmp(walk.text, "#define ", 8) == 0) {
            bytes_append(&out, text->data + done, start - done);
            append_definition(&walk, source, &out);
            done = start + walk.length;
        }
    }
    if (done) {
        bytes_append(&out, text->data + done, text->length - done);
        bytes_release(text);
        *text = out;
    }
}
