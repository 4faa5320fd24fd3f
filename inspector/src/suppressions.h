/* suppressions - which leaks are not to be told of.
 *
 * One rule a line; # begins a comment at a line's start or after a blank:
 *     function:GLOB   the function that allocates, or what its code calls to do so
 *     path:GLOB       the call path: path:main>load*   (blanks around > do not count)
 *     file:GLOB       the file of a function or line: file:/src/vendor*
 *     module:GLOB     the executable or library, with its folder or without
 *     leak:PATTERN    as LeakSanitizer has it: a part of any of these; * any text, ^ $
 * and blocks of valgrind, { NAME Memcheck:Leak fun:GLOB obj:GLOB ... }: all its lines
 * must hold of the place or the path; of those that are no leaks nothing is taken.
 *
 * C++ functions match with their parameters or without, the C library's without their
 * leading underscores. Pure functions.
 */
#ifndef TKA_SUPPRESSIONS_H
#define TKA_SUPPRESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failure.h"

typedef enum SuppressionKind {
    SUPPRESS_FUNCTION,
    SUPPRESS_PATH,
    SUPPRESS_FILE,
    SUPPRESS_MODULE,
    SUPPRESS_LEAK,
    SUPPRESS_BLOCK /* of valgrind */
} SuppressionKind;

typedef struct Suppression {
    SuppressionKind kind;
    char *pattern; /* of a block: its name */
    size_t line;
    char **parts; /* of a block: "fun:..." and "obj:..." */
    size_t part_count, part_capacity;
    uint64_t used; /* findings that it took */
    double blocks, bytes;
} Suppression;

typedef struct Suppressions {
    Suppression *items;
    size_t count, capacity;
} Suppressions;

/* Where a leak is. Texts are borrowed. */
typedef struct LeakSite {
    const char *path, *module;
    const char **functions; /* innermost first: of the place, then of the path */
    size_t function_count;
    size_t own_count;   /* of them, those of the place and the innermost of the path */
    const char **files; /* of these own functions */
    size_t file_count;
} LeakSite;

/* Add the rules of a text. False at a line that is none; error names it by file. */
bool suppressions_parse(Suppressions *rules, const char *text, const char *file,
                        Error *error);
void suppressions_release(Suppressions *rules);

/* The first rule that matches; NULL when none does. */
Suppression *suppressions_find(Suppressions *rules, const LeakSite *site);

/* "leak:PATTERN" as it was written; the caller frees it. */
char *suppression_text(const Suppression *rule);

#endif
