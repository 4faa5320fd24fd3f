#define _GNU_SOURCE /* memmem */
#include "prefilter.h"
#include "needles.h"

#include <ctype.h>
#include <string.h>

static const char *const tokens[] = {
    "TKA_PROFILE",     "TKA_PROFILE_AS",        "TKA_CRITICAL_PATH",
    "TKA_BLOCK",       "TKA_PROFILE_FILE",      "TKA_CACHE",
    "TKA_CACHE_PUT",   "TKA_CACHE_EVICT",       "TKA_CACHE_LOAD",
    "TKA_CACHE_KEY",   "TKA_RESOLVES",          "TKA_CONSTRUCTS",
    "TKA_SERVICE_KEY", "TKA_SERVICE_KEY_FIELD", "TKA_MEMORY_INTENSIVE",
};

/* Where the scan is within the language, from line to line. */
typedef struct Lexer {
    bool in_comment;
    bool in_directive;   /* continued by a backslash */
    const char *raw_end; /* of a raw string: )delimiter" */
} Lexer;

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Behind a string or character constant that begins at `at`. */
static size_t skip_quoted(const char *text, size_t at, size_t length)
{
    char quote = text[at++];

    while (at < length && text[at] != quote) {
        at += text[at] == '\\' ? 2 : 1;
    }
    return at < length ? at + 1 : length;
}

/* Behind the opening of a raw string at the quote `at`; sets what ends it. */
static size_t enter_raw_string(Lexer *lexer, Arena *arena, const char *text, size_t at,
                               size_t length)
{
    size_t open = at + 1;

    while (open < length && text[open] != '(') {
        open++;
    }
    lexer->raw_end = arena_printf(arena, ")%.*s\"", (int)(open - at - 1), text + at + 1);
    return open < length ? open + 1 : length;
}

/* Behind what is inside a comment or raw string, or `length`. */
static size_t skip_inside(Lexer *lexer, const char *text, size_t at, size_t length)
{
    const char *end_mark = lexer->in_comment ? "*/" : lexer->raw_end;
    const char *end = memmem(text + at, length - at, end_mark, strlen(end_mark));

    if (!end) {
        return length;
    }
    lexer->in_comment = false;
    lexer->raw_end = NULL;
    return (size_t)(end - text) + strlen(end_mark);
}

static void scan_word(Prefilter *result, const LineWalk *walk, size_t at, size_t length)
{
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        if (strlen(tokens[i]) == length &&
            memcmp(walk->text + at, tokens[i], length) == 0) {
            Mention mention = {walk->file, walk->line, at, tokens[i], walk->is_system};

            mentions_add(&result->mentions, &mention);
        }
    }
}

static size_t scan_token(Prefilter *result, Lexer *lexer, const LineWalk *walk, size_t at)
{
    const char *text = walk->text;
    size_t length = walk->length, start = at;

    if (text[at] == '/' && at + 1 < length && text[at + 1] == '/') {
        return length;
    }
    if (text[at] == '/' && at + 1 < length && text[at + 1] == '*') {
        lexer->in_comment = true;
        return at + 2;
    }
    if (text[at] == '"' || text[at] == '\'') {
        return skip_quoted(text, at, length);
    }
    if (!is_word(text[at])) {
        return at + 1;
    }
    /* Digit separators keep a number's quotes inside the number. */
    while (at < length && (is_word(text[at]) ||
                           (text[at] == '\'' && isdigit((unsigned char)text[start])))) {
        at++;
    }
    if (at < length && text[at] == '"' && text[at - 1] == 'R' && at - start <= 3) {
        return enter_raw_string(lexer, walk->sources->arena, text, at, length);
    }
    scan_word(result, walk, start, at - start);
    return at;
}

static void scan_line(Prefilter *result, Lexer *lexer, const LineWalk *walk)
{
    size_t length = walk->length, at = 0;

    if (!lexer->in_comment && !lexer->raw_end && !lexer->in_directive) {
        while (at < length && isblank((unsigned char)walk->text[at])) {
            at++;
        }
        lexer->in_directive = at < length && walk->text[at] == '#';
    }
    if (lexer->in_directive) {
        lexer->in_directive = length && walk->text[length - 1] == '\\';
        return;
    }
    while (at < length) {
        at = lexer->in_comment || lexer->raw_end
                 ? skip_inside(lexer, walk->text, at, length)
                 : scan_token(result, lexer, walk, at);
    }
}

void prefilter_scan(Prefilter *result, Sources *sources, const Bytes *text,
                    Dialect dialect)
{
    LineWalk walk;
    Lexer lexer = {0};

    *result = (Prefilter){.mentions = {.arena = sources->arena}};
    result->uses_header = memmem(text->data, text->length, "tka/tka.h\"", 10) != NULL;
    if (!needles_in(text->data, text->length)) {
        return;
    }
    linewalk_start(&walk, sources, text->data, text->length, dialect);
    while (linewalk_next(&walk)) {
        if (walk.is_marker || walk.is_tka) {
            continue;
        }
        if (needles_in(walk.text, walk.length)) {
            result->any = true;
            result->in_system |= walk.is_system;
            result->blocks |= memmem(walk.text, walk.length, "TKA_BLOCK", 9) != NULL;
            result->scopes |= memmem(walk.text, walk.length, "TKA_SCOPE_", 10) != NULL;
        }
        scan_line(result, &lexer, &walk);
    }
}
