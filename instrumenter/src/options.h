/* options - tka-cc's own words, before the compiler's, and its environment.
 *
 * Nothing is copied: strings belong to argv or the environment.
 */
#ifndef TKA_CC_OPTIONS_H
#define TKA_CC_OPTIONS_H

#include "arglist.h"

#include <stdbool.h>

typedef enum RuntimeChoice { RUNTIME_SHARED, RUNTIME_STATIC, RUNTIME_NONE } RuntimeChoice;

typedef struct Options {
    const char *rules; /* --rules, TKA_CC_RULES */
    bool all;          /* --all */
    bool strict;       /* --strict, TKA_CC_STRICT */
    bool verbose;      /* --verbose, TKA_CC_VERBOSE */
    bool show;         /* --show */
    bool keep;         /* --keep */
    bool memory;       /* --memory, TKA_CC_MEMORY */
    bool help, version;
    RuntimeChoice runtime; /* --static-runtime, --no-link */
    char **command;        /* what is left: the compiler and its arguments */
} Options;

/* False, and the word, when one is not known. Words live in the arena. */
bool options_parse(Options *options, Arena *arena, char **argv, const char **unknown);

void options_print_help(void);

#endif
