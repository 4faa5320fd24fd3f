#define _GNU_SOURCE /* memmem */
#include "insertion.h"
#include "macros.h"
#include "roletext.h"

#include <ctype.h>
#include <string.h>

static bool starts(const SourceFile *source, size_t at, const char *word)
{
    size_t length = strlen(word);

    return at + length <= source->content.length &&
           memcmp(source->content.data + at, word, length) == 0;
}

/* Behind line splices: libclang takes them for a part of the token behind. */
static size_t skip_splices(const SourceFile *source, size_t at)
{
    for (;;) {
        if (starts(source, at, "\\\n")) {
            at += 2;
        } else if (starts(source, at, "\\\r\n")) {
            at += 3;
        } else {
            return at;
        }
    }
}

/* Length of the opening brace, digraph or trigraph at `at`; 0: there is none. */
static size_t brace_length(const SourceFile *source, size_t at)
{
    if (starts(source, at, "{")) {
        return 1;
    }
    if (starts(source, at, "<%")) {
        return 2;
    }
    return starts(source, at, "?\?<") ? 3 : 0;
}

/* Behind blanks, comments and line splices. */
static size_t skip_space(const SourceFile *source, size_t at)
{
    const char *data = source->content.data;
    size_t length = source->content.length;

    while (at < length) {
        if (isspace((unsigned char)data[at])) {
            at++;
        } else if (skip_splices(source, at) > at) {
            at = skip_splices(source, at);
        } else if (starts(source, at, "//")) {
            const char *end = memchr(data + at, '\n', length - at);

            at = end ? (size_t)(end - data) : length;
        } else if (starts(source, at, "/*")) {
            const char *end = memmem(data + at + 2, length - at - 2, "*/", 2);

            at = end ? (size_t)(end - data) + 2 : length;
        } else {
            break;
        }
    }
    return at;
}

static bool is_word_at(const SourceFile *source, size_t at, const char *word)
{
    size_t end = at + strlen(word);

    return starts(source, at, word) &&
           !(end < source->content.length &&
             (isalnum((unsigned char)source->content.data[end]) ||
              source->content.data[end] == '_'));
}

/* Behind a pragma line that must be the first thing in a body; 0: it is not one. */
static size_t skip_leading_pragma(const SourceFile *source, size_t at)
{
    static const char *const kinds[] = {"STDC", "clang fp", "float_control"};
    const char *data = source->content.data;
    size_t word;
    const char *end;

    if (!starts(source, at, "#")) {
        return 0;
    }
    word = skip_space(source, at + 1);
    if (!is_word_at(source, word, "pragma")) {
        return 0;
    }
    word = skip_space(source, word + strlen("pragma"));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (is_word_at(source, word, kinds[i])) {
            end = memchr(data + word, '\n', source->content.length - word);
            return end ? (size_t)(end - data) + 1 : 0;
        }
    }
    return 0;
}

/* The last offset from `at` on before which nothing may be declared. */
static size_t skip_leading_lines(const SourceFile *source, size_t at)
{
    for (;;) {
        size_t next = skip_space(source, at);
        size_t behind = skip_leading_pragma(source, next);

        if (is_word_at(source, next, "__label__")) {
            const char *end =
                memchr(source->content.data + next, ';', source->content.length - next);

            behind = end ? (size_t)(end - source->content.data) + 1 : 0;
        }
        if (!behind) {
            return at;
        }
        at = behind;
    }
}

static const char *reason_without_brace(Arena *arena, const SourceFile *source,
                                        const Candidate *candidate)
{
    size_t column;
    unsigned line = source_line_at(source, candidate->brace, &column);

    if (candidate->macro && candidate->macro[0]) {
        return arena_printf(arena, "its brace comes from the macro %s at %s:%u",
                            candidate->macro, source->path, line);
    }
    return "its brace is not in a source file";
}

/* A return in a macro's argument that the program can print. */
static void drop_in_strings(Candidate *candidate, Arena *arena, const Bytes *text)
{
    Role *role = candidate->role;

    for (size_t i = 0; role && i < role->edit_count; i++) {
        const char *macro = role->edits[i].macro;

        if (macro && macros_stringify(text, macro)) {
            roletext_drop_edits(
                arena, role,
                arena_printf(arena, "the macro %s makes a return a string", macro));
        }
    }
}

static void find_point(Candidate *candidate, Arena *arena, const SourceFile *source,
                       const Bytes *text)
{
    size_t length, at;

    candidate->brace = skip_splices(source, candidate->brace);
    length = candidate->brace < source->content.length
                 ? brace_length(source, candidate->brace)
                 : 0;
    if (!length) {
        candidate->reason = reason_without_brace(arena, source, candidate);
        return;
    }
    if (candidate->in_macro_argument && macros_stringify(text, candidate->macro)) {
        candidate->reason = arena_printf(
            arena, "its text is made a string by the macro %s", candidate->macro);
        return;
    }
    drop_in_strings(candidate, arena, text);
    at = skip_leading_lines(source, candidate->brace + length);
    candidate->insert_after_brace = at == candidate->brace + length;
    candidate->insert_line = source_line_at(source, at, &candidate->insert_column);
}

void insertion_find(CandidateList *candidates, Sources *sources, const Bytes *text)
{
    for (size_t i = 0; i < candidates->count; i++) {
        Candidate *candidate = candidates->items[i];
        const SourceFile *source = sources_get(sources, candidate->file);

        if (candidate->decision != DECISION_PROBE) {
            continue;
        }
        if (source) {
            find_point(candidate, candidates->arena, source, text);
        } else {
            candidate->reason = "its body is not in a file";
        }
        if (candidate->reason) {
            candidate->decision = DECISION_SKIP;
        }
    }
}
