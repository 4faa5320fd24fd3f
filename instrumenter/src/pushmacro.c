#define _GNU_SOURCE /* memmem */
#include "pushmacro.h"
#include "linewalk.h"

#include <string.h>

/* What gcc leaves of "#pragma pop_macro" at least, beside the indentation. */
#define BLANK_LENGTH 7

static bool is_blank_line(const LineWalk *walk)
{
    size_t blanks = 0;

    while (blanks < walk->length && strchr(" \t\f\v\r", walk->text[blanks])) {
        blanks++;
    }
    return blanks == walk->length && blanks >= BLANK_LENGTH;
}

static bool is_undef(const LineWalk *walk)
{
    return walk->length > 7 && memcmp(walk->text, "#undef ", 7) == 0;
}

/* Appends the pragma of the original line, without what is around it; for an #undef
 * that stands for a pop appends nothing. False: there is no such pragma. */
static bool append_pragma(const LineWalk *walk, Bytes *out)
{
    static const char *const names[] = {"push_macro", "pop_macro"};
    const SourceFile *source = sources_get(walk->sources, walk->file);
    size_t length;
    const char *line = source ? source_line(source, walk->line, &length) : NULL;
    const char *end = line ? line + length : NULL;

    if (!line || !memmem(line, length, "pragma", 6)) {
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        const char *name = memmem(line, length, names[i], strlen(names[i]));
        const char *quote = name ? memchr(name, '"', (size_t)(end - name)) : NULL;
        const char *last =
            quote ? memchr(quote + 1, '"', (size_t)(end - quote - 1)) : NULL;

        if (last) {
            if (!is_undef(walk)) {
                bytes_printf(out, "#pragma %s(%.*s)", names[i], (int)(last + 1 - quote),
                             quote);
            }
            return true;
        }
    }
    return false;
}

void pushmacro_restore(Sources *sources, Bytes *text)
{
    size_t done = 0;
    Bytes out = {0};
    LineWalk walk;

    linewalk_start(&walk, sources, text->data, text->length, DIALECT_GCC);
    while (linewalk_next(&walk)) {
        size_t start = (size_t)(walk.text - text->data);

        if (walk.is_marker || walk.file < 0 ||
            !(is_undef(&walk) || is_blank_line(&walk))) {
            continue;
        }
        bytes_append(&out, text->data + done, start - done);
        done = start;
        if (append_pragma(&walk, &out)) {
            done += walk.length;
        }
    }
    if (done) {
        bytes_append(&out, text->data + done, text->length - done);
        bytes_release(text);
        *text = out;
    }
}
