/* command - what a compiler command line asks for.
 *
 *     Command command;
 *     command_parse(&command, &arena, argv);
 *     if (command.mode == MODE_PASS) ... run argv as it is
 *
 * Words are sorted into roles, so that later stages can build their own command
 * lines by leaving roles out or in; none of them looks at spellings again. The
 * struct borrows argv; what response files held lives in the arena.
 */
#ifndef TKA_CC_COMMAND_H
#define TKA_CC_COMMAND_H

#include "arena.h"
#include "arglist.h"

#include <stdbool.h>

typedef enum CommandMode {
    MODE_PASS,     /* nothing for us: run as it is */
    MODE_COMPILE,  /* -c */
    MODE_ASSEMBLY, /* -S */
    MODE_LINK      /* ends in a linked file; may compile sources on the way */
} CommandMode;

typedef enum ArgRole {
    ROLE_PLAIN,       /* kept wherever a source is read */
    ROLE_SOURCE,      /* a C or C++ source file */
    ROLE_INPUT,       /* another input: object, archive, assembler source */
    ROLE_OUTPUT,      /* -o FILE */
    ROLE_MODE,        /* -c, -S */
    ROLE_DEPEND,      /* -M...: writes the dependency file */
    ROLE_FORCED_FILE, /* -include, -imacros */
    ROLE_PRECOMPILED, /* -include-pch: the original command's only */
    ROLE_LANGUAGE,    /* -x LANGUAGE */
    ROLE_LINK,        /* the linker's */
    ROLE_BACK_END     /* only for the real compilation: dumps, -save-temps, -v */
} ArgRole;

typedef enum Language {
    LANGUAGE_BY_NAME, /* by the file's extension */
    LANGUAGE_C,
    LANGUAGE_CXX,
    LANGUAGE_OTHER
} Language;

/* One option with its separate value, or one input. */
typedef struct CommandArg {
    ArgRole role;
    const char *text;
    const char *value;  /* NULL: none, or joined to the text */
    Language language;  /* of a source */
    const char *forced; /* the -x that governs a source, or NULL */
} CommandArg;

typedef struct Command {
    char **argv;       /* as given, from the first launcher or compiler on */
    ArgList launchers; /* ccache and the like, before the compiler */
    const char *compiler;
    bool is_clang;
    CommandMode mode;
    CommandArg *args;
    size_t count, capacity;
    size_t source_count, input_count; /* the latter: with the former */
    const char *output;          /* of -o, or NULL */
    bool dependencies;           /* -MD or -MMD */
    bool dependency_target;      /* -MT or -MQ given */
    const char *dependency_file; /* of -MF, or NULL */
    const char *unknown_header;  /* precompiled, and of what is not known; or NULL */
    const char *standard_target; /* cross compiler's prefix, or NULL */
} Command;

void command_parse(Command *command, Arena *arena, char **argv);

/* Whether an option occurs, alone or (with a trailing '*') as a beginning. */
bool command_has(const Command *command, const char *option);

/* Whether a command of ours leaves an argument out. */
typedef bool CommandFilter(const Command *command, const CommandArg *arg);

/* For libclang and clang: past the driver, which would take the file's precompiled
 * form, and warn where it cannot. */
void command_add_include(ArgList *words, const char *file);

/* What -include names; NULL: another argument. */
const char *command_included(const CommandArg *arg);

/* The arguments as words of a command of ours, without those that are left out. */
void command_add_args(const Command *command, ArgList *words, CommandFilter *is_dropped);

/* One argument as words. */
void command_add_arg(ArgList *words, const CommandArg *arg);

/* The last component of a path. */
const char *command_basename(const char *path);

/* `path` without folder and extension. */
char *command_stem(Arena *arena, const char *path);

/* Where the object (or assembler text) of this source goes. */
char *command_object_path(const Command *command, Arena *arena, const CommandArg *source);

#endif
