#define _GNU_SOURCE /* memmem */
#include "returntext.h"

#include <ctype.h>
#include <string.h>

#define KEYWORD        "return"
#define KEYWORD_LENGTH 6

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static size_t skip_quoted(const char *text, size_t at, size_t length)
{
    char quote = text[at++];

    while (at < length && text[at] != quote) {
        at += text[at] == '\\' ? 2 : 1;
    }
    return at < length ? at + 1 : length;
}

static size_t skip_raw(Arena *arena, const char *text, size_t at, size_t length)
{
    size_t open = at + 1;
    const char *mark, *end;

    while (open < length && text[open] != '(') {
        open++;
    }
    mark = arena_printf(arena, ")%.*s\"", (int)(open - at - 1), text + at + 1);
    end = memmem(text + open, length - open, mark, strlen(mark));
    return end ? (size_t)(end - text) + strlen(mark) : length;
}

static size_t skip_comment(const char *text, size_t at, size_t length)
{
    const char *mark = text[at + 1] == '/' ? "\n" : "*/";
    const char *end = memmem(text + at + 2, length - at - 2, mark, strlen(mark));

    return end ? (size_t)(end - text) + strlen(mark) : length;
}

static bool is_comment(const char *text, size_t at, size_t length)
{
    return text[at] == '/' && at + 1 < length &&
           (text[at + 1] == '/' || text[at + 1] == '*');
}

/* Behind a word or a number, and the raw string that it may begin. */
static size_t skip_word(Arena *arena, const char *text, size_t at, size_t length)
{
    size_t start = at;

    while (at < length && (is_word(text[at]) ||
                           (text[at] == '\'' && isdigit((unsigned char)text[start])))) {
        at++;
    }
    return at < length && text[at] == '"' && text[at - 1] == 'R' && at - start <= 3
               ? skip_raw(arena, text, at, length)
               : at;
}

/* The semicolon that ends the statement; `length`: there is none. */
static size_t find_semicolon(Arena *arena, const char *text, size_t at, size_t length)
{
    int depth = 0;

    while (at < length) {
        char c = text[at];

        if (c == ';' && depth == 0) {
            return at;
        }
        if (is_word(c)) {
            at = skip_word(arena, text, at, length);
        } else if (c == '"' || c == '\'') {
            at = skip_quoted(text, at, length);
        } else if (is_comment(text, at, length)) {
            at = skip_comment(text, at, length);
        } else {
            depth += c == '(' || c == '[' || c == '{';
            depth -= c == ')' || c == ']' || c == '}';
            if (depth < 0) {
                return length;
            }
            at++;
        }
    }
    return length;
}

/* Whether nothing but blanks, comments and line splices is between. */
static bool is_space(const char *text, size_t from, size_t to)
{
    while (from < to) {
        if (isspace((unsigned char)text[from]) || text[from] == '\\') {
            from++;
        } else if (is_comment(text, from, to)) {
            from = skip_comment(text, from, to);
        } else {
            return false;
        }
    }
    return from == to;
}

/* Where a text without blanks and comments at its end has its end. */
static size_t trimmed_end(Arena *arena, const char *text, size_t from, size_t to)
{
    size_t end = from;

    while (from < to) {
        char c = text[from];

        if (is_comment(text, from, to)) {
            from = skip_comment(text, from, to);
            continue;
        }
        if (is_word(c)) {
            from = skip_word(arena, text, from, to);
        } else if (c == '"' || c == '\'') {
            from = skip_quoted(text, from, to);
        } else {
            from++;
        }
        end = isspace((unsigned char)c) ? end : from;
    }
    return end < to ? end : to;
}

static void trim(ReturnText *parts, Arena *arena, const char *text)
{
    size_t from = parts->expression, to = parts->semicolon, inner, word;

    for (;;) {
        while (from < to && isspace((unsigned char)text[from])) {
            from++;
        }
        if (from == to || !is_comment(text, from, to)) {
            break;
        }
        from = skip_comment(text, from, to);
    }
    to = trimmed_end(arena, text, from, to);
    /* To C++ a name in parentheses is the name. */
    for (inner = from; inner < to && text[inner] == '(';) {
        inner++;
    }
    for (word = inner; word < to && is_word(text[word]);) {
        word++;
    }
    if (word > inner && to - word == inner - from &&
        strspn(text + word, ")") >= to - word) {
        from = inner;
        to = word;
    }
    parts->value = arena_strndup(arena, text + from, to - from);
    parts->is_braced = parts->value[0] == '{';
    parts->is_name = parts->value[0] != '\0' && !isdigit((unsigned char)parts->value[0]);
    for (const char *at = parts->value; *at; at++) {
        parts->is_name &= is_word(*at);
    }
}

bool returntext_read(ReturnText *parts, Arena *arena, const SourceFile *source,
                     size_t keyword, size_t end)
{
    const char *text = source->content.data;
    size_t length = source->content.length;

    if (keyword + KEYWORD_LENGTH >= length ||
        memcmp(text + keyword, KEYWORD, KEYWORD_LENGTH) != 0 ||
        is_word(text[keyword + KEYWORD_LENGTH]) ||
        (keyword && is_word(text[keyword - 1]))) {
        return false;
    }
    parts->keyword = keyword;
    parts->expression = keyword + KEYWORD_LENGTH;
    parts->semicolon = find_semicolon(arena, text, parts->expression, length);
    if (parts->semicolon == length ||
        (end && (end < parts->expression || end > parts->semicolon ||
                 !is_space(text, end, parts->semicolon)))) {
        return false;
    }
    trim(parts, arena, text);
    return parts->value[0] != '\0';
}

size_t returntext_count(Arena *arena, const SourceFile *source, size_t from, size_t to)
{
    const char *text = source->content.data;
    size_t count = 0;

    while (from < to) {
        size_t start = from;

        if (is_word(text[from])) {
            from = skip_word(arena, text, from, to);
            count += from - start == KEYWORD_LENGTH &&
                     memcmp(text + start, KEYWORD, KEYWORD_LENGTH) == 0;
        } else if (text[from] == '"' || text[from] == '\'') {
            from = skip_quoted(text, from, to);
        } else if (is_comment(text, from, to)) {
            from = skip_comment(text, from, to);
        } else {
            from++;
        }
    }
    return count;
}
