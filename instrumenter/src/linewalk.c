#define _GNU_SOURCE /* memmem */
#include "linewalk.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct Marker {
    long line;
    const char *name; /* in the arena; NULL: none given */
    bool enters, leaves, is_system;
} Marker;

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    return at;
}

/* The quoted file name at *at, escapes undone; NULL when there is none. */
static char *parse_name(Arena *arena, const char **at, const char *end)
{
    const char *from = *at;
    char *name, *to;

    if (from >= end || *from++ != '"') {
        return NULL;
    }
    name = to = arena_alloc(arena, (size_t)(end - from) + 1);
    while (from < end && *from != '"') {
        if (*from == '\\' && from + 1 < end) {
            from++;
            if (*from == 'n' || *from == 't') {
                *to++ = *from++ == 'n' ? '\n' : '\t';
                continue;
            }
            if (*from >= '0' && *from <= '7' && from + 2 < end) {
                *to++ =
                    (char)((from[0] - '0') * 64 + (from[1] - '0') * 8 + from[2] - '0');
                from += 3;
                continue;
            }
        }
        *to++ = *from++;
    }
    *at = from < end ? from + 1 : end;
    return name;
}

/* `# 12 "name" 1 3`, or with `directive` also `#line 12 "name"`. */
static bool parse_marker(Arena *arena, const char *text, size_t length, bool directive,
                         Marker *marker)
{
    const char *end = text + length;
    const char *at = skip_blanks(text, end);

    *marker = (Marker){0};
    if (at >= end || *at++ != '#') {
        return false;
    }
    at = skip_blanks(at, end);
    if (directive && end - at > 4 && memcmp(at, "line", 4) == 0) {
        at = skip_blanks(at + 4, end);
    }
    if (at >= end || !isdigit((unsigned char)*at)) {
        return false;
    }
    while (at < end && isdigit((unsigned char)*at)) {
        marker->line = marker->line * 10 + (*at++ - '0');
    }
    at = skip_blanks(at, end);
    marker->name = parse_name(arena, &at, end);
    for (; marker->name && at < end; at++) {
        marker->enters |= *at == '1';
        marker->leaves |= *at == '2';
        marker->is_system |= *at == '3';
    }
    return marker->name || directive;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static WalkFrame *top(LineWalk *walk)
{
    return &walk->frames[walk->depth - 1];
}

static void set_frame(LineWalk *walk, WalkFrame *frame, const Marker *marker)
{
    frame->name = frame->presumed = marker->name;
    frame->file = marker->name[0] == '<' ? -1 : sources_find(walk->sources, marker->name);
    frame->is_system = marker->is_system;
    frame->is_tka = ends_with(marker->name, "tka/tka.h") ||
                    ends_with(marker->name, "tka/probe.h") ||
                    ends_with(marker->name, "tka/roles.h");
    frame->is_lost = false;
    frame->next_line = marker->line;
    frame->shift = 0;
}

static void push_frame(LineWalk *walk, const Marker *marker)
{
    if (walk->depth == walk->capacity) {
        walk->frames = arena_grow(walk->sources->arena, walk->frames, walk->depth,
                                  &walk->capacity, sizeof *walk->frames);
    }
    walk->depth++;
    set_frame(walk, top(walk), marker);
}

/* The physical line of the user's directive that set the presumed line, looked
 * for from where we are; 0 when there is none. */
static long find_directive(LineWalk *walk, const WalkFrame *frame, long number)
{
    const SourceFile *source = sources_get(walk->sources, frame->file);
    const char *text;
    size_t length;
    Marker marker;

    for (long line = frame->next_line; source && line > 0; line++) {
        text = source_line(source, (unsigned)line, &length);
        if (!text) {
            break;
        }
        if (memchr(text, '#', length) &&
            parse_marker(walk->sources->arena, text, length, true, &marker) &&
            marker.line == number) {
            return line;
        }
    }
    return 0;
}

/* gcc goes back by a line to write the #undef of a pragma pop_macro. */
static bool goes_back_to_pop(LineWalk *walk, const WalkFrame *frame, const Marker *marker)
{
    long line = marker->line - frame->shift;
    const SourceFile *source;
    size_t length;
    const char *text;

    if (line != frame->next_line - 1 || line <= 0 ||
        !(source = sources_get(walk->sources, frame->file))) {
        return false;
    }
    text = source_line(source, (unsigned)line, &length);
    return text && memmem(text, length, "pop_macro", strlen("pop_macro"));
}

/* A gcc marker without flags: lines were left out, or the user's #line. */
static void resynchronise(LineWalk *walk, WalkFrame *frame, const Marker *marker)
{
    bool same_name = strcmp(marker->name, frame->presumed) == 0;
    bool forward = marker->line >= frame->next_line + frame->shift ||
                   goes_back_to_pop(walk, frame, marker);
    long directive = 0;

    if (frame->file < 0 || marker->name[0] == '<') {
        set_frame(walk, frame, marker);
        return;
    }
    if (!same_name || !forward || frame->shift != 0) {
        directive = find_directive(walk, frame, marker->line);
    }
    frame->is_lost = !directive && !(same_name && forward) &&
                     !(frame->is_lost && strcmp(marker->name, frame->name) == 0);
    if (directive) {
        frame->next_line = directive + 1;
        frame->shift = marker->line - frame->next_line;
        frame->presumed = marker->name;
    } else {
        frame->next_line = marker->line - frame->shift;
    }
}

static void return_to_frame(LineWalk *walk, const Marker *marker)
{
    WalkFrame *frame;

    walk->leaves_tka = top(walk)->is_tka;
    if (walk->depth > 1) {
        walk->depth--;
    }
    frame = top(walk);
    if (frame->file < 0 || marker->name[0] == '<') {
        set_frame(walk, frame, marker);
        return;
    }
    frame->is_system = marker->is_system;
    frame->next_line =
        walk->dialect == DIALECT_GCC ? marker->line - frame->shift : marker->line;
}

static void follow_marker(LineWalk *walk, const Marker *marker)
{
    WalkFrame *frame;

    /* With -g gcc names its working directory: # 1 "/home/me//" */
    if (ends_with(marker->name, "//")) {
        return;
    }
    if (walk->depth == 0 || marker->enters) {
        push_frame(walk, marker);
    } else if (marker->leaves) {
        return_to_frame(walk, marker);
    } else if (walk->dialect == DIALECT_GCC) {
        resynchronise(walk, top(walk), marker);
    } else if (strcmp(top(walk)->name, marker->name) != 0) {
        set_frame(walk, top(walk), marker);
    } else {
        top(walk)->next_line = marker->line;
        top(walk)->is_system = marker->is_system;
    }
    frame = top(walk);
    if (walk->dialect == DIALECT_CLANG && frame->presumed != frame->name) {
        walk->renumber = true;
        walk->presumed_line = marker->line + frame->shift;
        walk->presumed_name = frame->presumed;
    }
}

/* In clang's text the user's directive is still there. */
static void follow_directive(LineWalk *walk, WalkFrame *frame)
{
    Marker marker;

    if (walk->length < 6 ||
        !memchr(walk->text, '#', 8 < walk->length ? 8 : walk->length) ||
        !parse_marker(walk->sources->arena, walk->text, walk->length, true, &marker)) {
        return;
    }
    frame->shift = marker.line - frame->next_line;
    /* A copy: the pointer differs from the frame's own name. */
    frame->presumed =
        arena_strdup(walk->sources->arena, marker.name ? marker.name : frame->presumed);
}

void linewalk_start(LineWalk *walk, Sources *sources, const char *text, size_t length,
                    Dialect dialect)
{
    *walk = (LineWalk){.sources = sources,
                       .begin = text,
                       .end = text + length,
                       .at = text,
                       .dialect = dialect,
                       .file = -1};
}

static void take_line(LineWalk *walk)
{
    const char *newline = memchr(walk->at, '\n', (size_t)(walk->end - walk->at));

    walk->text = walk->at;
    walk->length = (size_t)((newline ? newline : walk->end) - walk->at);
    walk->at = newline ? newline + 1 : walk->end;
}

/* gcc prints the blanks before a directive and then, on their line, the marker. */
static bool looks_like_marker(const LineWalk *walk)
{
    const char *end = walk->text + walk->length;
    const char *at = skip_blanks(walk->text, end);

    return end - at > 4 && at[0] == '#' && at[1] == ' ' && isdigit((unsigned char)at[2]);
}

bool linewalk_next(LineWalk *walk)
{
    Marker marker;
    WalkFrame *frame;

    if (walk->at >= walk->end) {
        return false;
    }
    take_line(walk);
    walk->is_marker = walk->leaves_tka = walk->renumber = false;
    if (looks_like_marker(walk) &&
        parse_marker(walk->sources->arena, walk->text, walk->length, false, &marker)) {
        walk->is_marker = true;
        walk->file = -1;
        follow_marker(walk, &marker);
        return true;
    }
    if (walk->depth == 0) {
        walk->file = -1;
        return true;
    }
    frame = top(walk);
    walk->file = frame->is_lost || frame->next_line <= 0 ? -1 : frame->file;
    walk->line = (unsigned)frame->next_line++;
    walk->is_system = frame->is_system;
    walk->is_tka = frame->is_tka;
    if (walk->dialect == DIALECT_CLANG) {
        follow_directive(walk, frame);
    }
    return true;
}
