#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "tka-cc - compile with the functions marked TKA_PROFILE instrumented\n"
    "\n"
    "usage: tka-cc [OPTION...] COMPILER ARGUMENT...\n"
    "       tka-cc [OPTION...] --show FILE... -- COMPILER ARGUMENT...\n"
    "\n"
    "  --all             instrument every function outside system headers\n"
    "  --rules FILE      select by file, function and size; see below\n"
    "  --strict          an annotation that cannot be instrumented is an error\n"
    "  --show            print what would be inserted as a diff; compile nothing\n"
    "  --memory          link the allocation hooks, too: where memory goes, and leaks\n"
    "  --static-runtime  link the runtime into the program, not as a shared library\n"
    "  --no-link         leave link steps as they are\n"
    "  --keep            keep the rewritten text as OBJECT.tka.i\n"
    "  --verbose         say for every file what was done\n"
    "  --version, --help\n"
    "\n"
    "COMPILER is gcc, g++, clang or clang++, also with a prefix or version, and may\n"
    "follow ccache or distcc. A file without an annotation and without a rule that\n"
    "applies is compiled by the very command that was given; so is a file that\n"
    "cannot be instrumented, after one line that says why.\n"
    "\n"
    "Rules, one a line, of which the last that matches a function decides:\n"
    "  ALL                          every function outside system headers\n"
    "  INCLUDE FILE GLOB            EXCLUDE FILE GLOB\n"
    "  INCLUDE FUNCTION GLOB        EXCLUDE FUNCTION GLOB\n"
    "  MIN_STATEMENTS N             leave out smaller functions\n"
    "  # comment\n"
    "\n"
    "Environment: TKA_CC_RULES=FILE, TKA_CC_STRICT=1, TKA_CC_VERBOSE=1,\n"
    "TKA_CC_MEMORY=1, TKA_CC_LIBCLANG=PATH.\n"
    "\n"
    "Examples:\n"
    "  tka-cc gcc -O2 -c parse.c\n"
    "  make CC=\"tka-cc gcc\"\n"
    "  tka-cc --all gcc -O2 main.c -o main && ./main\n"
    "  tka-cc --show parse.c -- gcc -Iinclude\n"
    "  cmake -DCMAKE_C_COMPILER_LAUNCHER=tka-cc ...\n";

void options_print_help(void)
{
    fputs(help, stdout);
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);

    return value && *value && strcmp(value, "0") != 0;
}

static bool take_option(Options *options, char ***at)
{
    const char *word = **at;

    if (strcmp(word, "--all") == 0) {
        options->all = true;
    } else if (strcmp(word, "--strict") == 0) {
        options->strict = true;
    } else if (strcmp(word, "--show") == 0) {
        options->show = true;
    } else if (strcmp(word, "--verbose") == 0) {
        options->verbose = true;
    } else if (strcmp(word, "--keep") == 0) {
        options->keep = true;
    } else if (strcmp(word, "--memory") == 0) {
        options->memory = true;
    } else if (strcmp(word, "--no-link") == 0) {
        options->runtime = RUNTIME_NONE;
    } else if (strcmp(word, "--static-runtime") == 0) {
        options->runtime = RUNTIME_STATIC;
    } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        options->help = true;
    } else if (strcmp(word, "--version") == 0) {
        options->version = true;
    } else if (strcmp(word, "--rules") == 0 && (*at)[1]) {
        options->rules = *++*at;
    } else if (strncmp(word, "--rules=", 8) == 0) {
        options->rules = word + 8;
    } else {
        return false;
    }
    return true;
}

/* `FILE... -- COMPILER ARGUMENT...` becomes `COMPILER ARGUMENT... -c FILE...`. */
static char **reorder_show(Arena *arena, char **argv)
{
    ArgList words = {.arena = arena};
    char **dashes = argv;

    while (*dashes && strcmp(*dashes, "--") != 0) {
        dashes++;
    }
    if (!*dashes) {
        return argv;
    }
    args_add_all(&words, (const char *const *)dashes + 1);
    args_add(&words, "-c");
    for (; argv < dashes; argv++) {
        args_add(&words, *argv);
    }
    return args_vector(&words);
}

bool options_parse(Options *options, Arena *arena, char **argv, const char **unknown)
{
    char **at = argv + 1;

    *options = (Options){.rules = getenv("TKA_CC_RULES"),
                         .strict = is_set("TKA_CC_STRICT"),
                         .verbose = is_set("TKA_CC_VERBOSE"),
                         .memory = is_set("TKA_CC_MEMORY")};
    if (options->rules && !*options->rules) {
        options->rules = NULL;
    }
    for (; *at && **at == '-' && strcmp(*at, "--") != 0; at++) {
        if (!take_option(options, &at)) {
            *unknown = *at;
            return false;
        }
    }
    if (*at && strcmp(*at, "--") == 0) {
        at++;
    }
    options->command = options->show ? reorder_show(arena, at) : at;
    return true;
}
