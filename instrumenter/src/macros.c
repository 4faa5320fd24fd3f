#define _GNU_SOURCE /* memmem */
#include "macros.h"

#include <ctype.h>
#include <string.h>

/* Macros that hand an argument on are nested a few levels at most. */
#define MAX_DEPTH 6

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The definition's body, spliced lines included; NULL: not a macro with
 * arguments. */
static const char *find_definition(const Bytes *text, const char *name,
                                   size_t name_length, size_t *length)
{
    const char *end = text->data + text->length;
    const char *at = text->data;
    const char *stop;

    while ((at = memmem(at, (size_t)(end - at), "define", 6)) != NULL) {
        at += 6;
        while (at < end && (*at == ' ' || *at == '\t')) {
            at++;
        }
        if ((size_t)(end - at) <= name_length || memcmp(at, name, name_length) != 0 ||
            at[name_length] != '(') {
            continue;
        }
        at += name_length;
        stop = at;
        do {
            stop = memchr(stop + 1, '\n', (size_t)(end - stop - 1));
        } while (stop && stop[-1] == '\\');
        *length = (size_t)((stop ? stop : end) - at);
        return at;
    }
    return NULL;
}

static bool has_hash_operator(const char *body, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (body[i] == '#') {
            if (i + 1 < length && body[i + 1] == '#') {
                i++;
            } else {
                return true;
            }
        }
    }
    return false;
}

static bool stringifies(const Bytes *text, const char *name, size_t name_length,
                        int depth)
{
    size_t length = 0;
    const char *body = find_definition(text, name, name_length, &length);

    if (!body || depth > MAX_DEPTH) {
        return false;
    }
    if (has_hash_operator(body, length)) {
        return true;
    }
    for (size_t i = 0; i < length; i++) {
        size_t start = i;

        while (i < length && is_word(body[i])) {
            i++;
        }
        /* Only a name that is called again hands its arguments on. */
        if (i > start && i < length && body[i] == '(' &&
            !(i - start == name_length && memcmp(body + start, name, name_length) == 0) &&
            stringifies(text, body + start, i - start, depth + 1)) {
            return true;
        }
    }
    return false;
}

bool macros_stringify(const Bytes *text, const char *name)
{
    return stringifies(text, name, strlen(name), 0);
}
