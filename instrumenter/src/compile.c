#include "compile.h"
#include "depfile.h"
#include "paths.h"
#include "process.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_dropped(const Command *command, const CommandArg *arg)
{
    switch (arg->role) {
    case ROLE_SOURCE:
    case ROLE_INPUT:
    case ROLE_OUTPUT:
    case ROLE_MODE:
    case ROLE_LANGUAGE:
    case ROLE_DEPEND:
    case ROLE_PRECOMPILED:
        return true;
    case ROLE_FORCED_FILE:
        /* clang's text lacks what -imacros defines. */
        return !command->is_clang || command_included(arg);
    case ROLE_LINK:
        return command->mode == MODE_LINK;
    default:
        /* The dependency file and gcc's list of headers; the expansion has done it. */
        return strncmp(arg->text, "-Wp,-M", 6) == 0 ||
               (!command->is_clang && strcmp(arg->text, "-H") == 0);
    }
}

/* Of a program made in one command clang names these files after the source, in the
 * working folder; of an object, after that, and ours is in a temporary folder. */
static void add_coverage_names(ArgList *words, const Command *command,
                               const CommandArg *source)
{
    const char *name = command_basename(source->text), *dot = strrchr(name, '.');
    int length = (int)(dot ? (size_t)(dot - name) : strlen(name));
    const char *folder = paths_working_directory(words->arena);

    if (command_has(command, "--coverage") || command_has(command, "-coverage") ||
        command_has(command, "-ftest-coverage") ||
        command_has(command, "-fprofile-arcs")) {
        args_add(words, "-Xclang");
        args_add(words, arena_printf(words->arena, "-coverage-notes-file=%s/%.*s.gcno",
                                     folder, length, name));
        args_add(words, "-Xclang");
        args_add(words, arena_printf(words->arena, "-coverage-data-file=%s/%.*s.gcda",
                                     folder, length, name));
    }
}

static void add_names(ArgList *words, const Command *command, const CommandArg *source,
                      const char *text_path)
{
    Arena *arena = words->arena;
    int folder_length = (int)(command_basename(text_path) - text_path);

    if (command->is_clang) {
        /* A relative main file name is joined to the text's folder first. */
        args_add(words, arena_printf(arena, "-fdebug-prefix-map=%.*s=", folder_length,
                                     text_path));
        args_add(words, "-Xclang");
        args_add(words, "-main-file-name");
        args_add(words, "-Xclang");
        args_add(words, source->text);
        args_add(words, "-Qunused-arguments");
        if (command->mode == MODE_LINK) {
            add_coverage_names(words, command, source);
        }
    } else if (command->mode == MODE_LINK) {
        /* gcc names side outputs of such a command PROGRAM-SOURCE.*. */
        args_add(words, "-dumpdir");
        args_add(words,
                 command->output ? arena_printf(arena, "%s-", command->output) : "a-");
        args_add(words, "-dumpbase");
        args_add(words, command_basename(source->text));
        args_add(words, "-dumpbase-ext");
        args_add(words, strrchr(source->text, '.') ? strrchr(source->text, '.') : "");
    }
}

/* A terminal is what the compiler would have looked at. */
static void add_colour(ArgList *words, const Command *command)
{
    if (isatty(STDERR_FILENO) && !command_has(command, "-fdiagnostics-color*") &&
        !command_has(command, "-fno-diagnostics-color") &&
        !command_has(command, "-f*color-diagnostics")) {
        args_add(words, command->is_clang ? "-fcolor-diagnostics"
                                          : "-fdiagnostics-color=always");
    }
}

/* gcc would add the temporary text to the files that these name; the expansion has
 * added the source. */
static void add_environment(ArgList *words)
{
    static const char *const names[] = {"DEPENDENCIES_OUTPUT", "SUNPRO_DEPENDENCIES"};

    if (getenv(names[0]) || getenv(names[1])) {
        args_add(words, "env");
        for (size_t i = 0; i < 2; i++) {
            args_add(words, "-u");
            args_add(words, names[i]);
        }
    }
}

int compile_text(const Command *command, Arena *arena, const CommandArg *source,
                 const char *text_path, const char *object, Bytes *messages)
{
    ArgList words = {.arena = arena};

    add_environment(&words);
    args_add(&words, command->compiler);
    command_add_args(command, &words, is_dropped);
    add_names(&words, command, source, text_path);
    add_colour(&words, command);
    if (command_has(command, "-Wsystem-headers")) {
        args_add(&words, "-Wno-builtin-macro-redefined"); /* __BASE_FILE__ */
    }
    if (!command->is_clang) {
        args_add(&words, "-fpreprocessed");
        args_add(&words, "-Wno-unused-macros"); /* gcc refuses the pair */
        args_add(&words, "-fdirectives-only");
    }
    args_add(&words, command->mode == MODE_ASSEMBLY ? "-S" : "-c");
    args_add(&words, "-o");
    args_add(&words, object);
    args_add(&words, "-x");
    args_add(&words, source->language == LANGUAGE_CXX ? "c++" : "c");
    args_add(&words, text_path);
    return process_run(args_vector(&words), &(Capture){NULL, messages});
}

/* What the copy's command leaves out: it reads the source's own options anew. */
static bool is_dropped_for_copy(const Command *command, const CommandArg *arg)
{
    switch (arg->role) {
    case ROLE_DEPEND:
        return !command->dependencies || strncmp(arg->text, "-MF", 3) == 0;
    case ROLE_FORCED_FILE:
        return false;
    default:
        return is_dropped(command, arg) && strncmp(arg->text, "-Wp,-M", 6) != 0;
    }
}

/* gcc looks for quoted headers where the source lies, then in these folders. */
static void add_copy_folders(ArgList *words, const CommandArg *source,
                             const MainCopy *copy)
{
    int length = (int)(command_basename(source->text) - source->text);

    args_add(words, "-iquote");
    args_add(words,
             length ? arena_printf(words->arena, "%.*s", length, source->text) : ".");
    args_add(words, "-include");
    args_add(words,
             arena_printf(words->arena, "%s/tka/probe.h", copy->include_directory));
    args_add(words, "-include");
    args_add(words,
             arena_printf(words->arena, "%s/tka/roles.h", copy->include_directory));
    args_add(words, "-include");
    args_add(words, copy->definitions_path);
}

static void patch_depfile(const Command *command, Arena *arena, const CommandArg *source,
                          const MainCopy *copy)
{
    const char *path = depfile_path(command, arena, source);

    if (path) {
        depfile_replace(path, arena, copy->definitions_path, NULL);
        depfile_replace(path, arena, copy->text_path, source->text);
    }
}

int compile_copy(const Command *command, Arena *arena, const CommandArg *source,
                 const MainCopy *copy, const char *object, Bytes *messages)
{
    ArgList words = {.arena = arena};
    int status;

    args_add(&words, command->compiler);
    add_copy_folders(&words, source, copy);
    command_add_args(command, &words, is_dropped_for_copy);
    if (command->dependencies) {
        depfile_add_names(&words, command, source);
    }
    add_names(&words, command, source, copy->text_path);
    add_colour(&words, command);
    args_add(&words, arena_printf(arena, "-ffile-prefix-map=%s=%s", copy->text_path,
                                  source->text));
    args_add(&words, "-idirafter");
    args_add(&words, copy->include_directory);
    args_add(&words, command->mode == MODE_ASSEMBLY ? "-S" : "-c");
    args_add(&words, "-o");
    args_add(&words, object);
    args_add(&words, "-x");
    args_add(&words, source->language == LANGUAGE_CXX ? "c++" : "c");
    args_add(&words, copy->text_path);
    status = process_run(args_vector(&words), &(Capture){NULL, messages});
    if (status == 0) {
        patch_depfile(command, arena, source, copy);
    }
    return status;
}
