#define _GNU_SOURCE /* memmem */
#include "lambdascan.h"

#include <ctype.h>
#include <string.h>

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Behind a string, a character or a comment that begins at `at`; `at` itself
 * when none does. */
static size_t skip_opaque(const char *text, size_t at, size_t length)
{
    char quote = text[at];

    if (quote == '"' || quote == '\'') {
        for (at++; at < length && text[at] != quote; at++) {
            at += text[at] == '\\';
        }
        return at < length ? at + 1 : length;
    }
    if (quote == '/' && at + 1 < length && (text[at + 1] == '/' || text[at + 1] == '*')) {
        const char *mark = text[at + 1] == '/' ? "\n" : "*/";
        const char *end = memmem(text + at + 2, length - at - 2, mark, strlen(mark));

        return end ? (size_t)(end - text) + strlen(mark) : length;
    }
    return at;
}

/* The string in the parentheses that follow; NULL: none. */
static const char *argument(Arena *arena, const char *text, size_t at, size_t length)
{
    const char *open = memchr(text + at, '(', length - at);
    const char *first = open ? memchr(open, '"', length - (size_t)(open - text)) : NULL;
    const char *last =
        first ? memchr(first + 1, '"', length - (size_t)(first + 1 - text)) : NULL;

    return last ? arena_strndup(arena, first + 1, (size_t)(last - first - 1)) : NULL;
}

static bool read_word(LambdaAnnotation *found, Arena *arena, const char *text, size_t at,
                      size_t end, size_t length)
{
    static const struct {
        const char *word;
        Annotation annotation;
        bool is_named;
    } words[] = {
        {"TKA_PROFILE", ANNOTATION_PROFILE, false},
        {"TKA_PROFILE_AS", ANNOTATION_PROFILE, true},
        {"TKA_CRITICAL_PATH", ANNOTATION_CRITICAL, true},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].word) == end - at &&
            memcmp(text + at, words[i].word, end - at) == 0) {
            *found = (LambdaAnnotation){
                words[i].annotation,
                words[i].is_named ? argument(arena, text, end, length) : NULL, at};
            return true;
        }
    }
    return false;
}

bool lambdascan_find(LambdaAnnotation *found, Arena *arena, const char *text,
                     size_t length)
{
    int depth = 0;

    for (size_t at = 0; at < length;) {
        size_t behind = skip_opaque(text, at, length), end = at;

        if (behind > at) {
            at = behind;
            continue;
        }
        while (end < length && is_word(text[end])) {
            end++;
        }
        if (end > at && depth == 0 && read_word(found, arena, text, at, end, length)) {
            return true;
        }
        depth += strchr("([{", text[at]) && text[at] ? 1 : 0;
        depth -= strchr(")]}", text[at]) && text[at] ? 1 : 0;
        at = end > at ? end : at + 1;
    }
    return false;
}
