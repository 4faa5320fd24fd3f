#include "expand.h"
#include "depfile.h"
#include "process.h"

#include <string.h>

static bool is_dropped(const Command *command, const CommandArg *arg)
{
    switch (arg->role) {
    case ROLE_SOURCE:
    case ROLE_INPUT:
    case ROLE_OUTPUT:
    case ROLE_MODE:
    case ROLE_LANGUAGE:
    case ROLE_LINK:
    case ROLE_BACK_END:
    case ROLE_PRECOMPILED:
        return true;
    case ROLE_DEPEND:
        return !command->dependencies || strncmp(arg->text, "-MF", 3) == 0;
    default:
        return false;
    }
}

/* A check writes nothing. */
static bool is_dropped_for_check(const Command *command, const CommandArg *arg)
{
    return is_dropped(command, arg) || arg->role == ROLE_DEPEND ||
           strncmp(arg->text, "-Wp,-M", 6) == 0;
}

static void add_source(ArgList *words, const CommandArg *source)
{
    if (source->forced) {
        args_add(words, "-x");
        args_add(words, source->forced);
    }
    args_add(words, source->text);
}

bool expand_source(const Command *command, Arena *arena, const CommandArg *source,
                   const char *include_directory, Bytes *text, Bytes *messages)
{
    static const char *const gcc[] = {"-E", "-fdirectives-only", "-Wno-unused-macros",
                                      NULL};
    static const char *const clang[] = {"-E", "-frewrite-includes", "-Qunused-arguments",
                                        NULL};
    ArgList words = {.arena = arena};

    args_add(&words, command->compiler);
    args_add(&words, "-include");
    args_add(&words, arena_printf(arena, "%s/tka/probe.h", include_directory));
    args_add(&words, "-include");
    args_add(&words, arena_printf(arena, "%s/tka/roles.h", include_directory));
    if (command_has(command, "-masm=intel")) {
        args_add(&words, "-DTKA_PROBE_PORTABLE_"); /* the others speak AT&T's */
    }
    command_add_args(command, &words, is_dropped);
    if (command->dependencies) {
        depfile_add_names(&words, command, source);
    } else if (command->is_clang && command_has(command, "-Wp,-M*")) {
        /* clang makes its own -MD of it, and names the target after -o. */
        depfile_add_target(&words, command, source);
    }
    args_add(&words, "-idirafter");
    args_add(&words, include_directory);
    args_add_all(&words, command->is_clang ? clang : gcc);
    add_source(&words, source);
    return process_run(args_vector(&words), &(Capture){text, messages}) == 0 &&
           text->length > 0;
}

bool expand_works_otherwise(const Command *command, Arena *arena,
                            const CommandArg *source, const char *include_directory)
{
    ArgList words = {.arena = arena};
    Bytes messages = {0};
    int status;

    args_add(&words, command->compiler);
    command_add_args(command, &words, is_dropped_for_check);
    args_add(&words, "-idirafter");
    args_add(&words, include_directory);
    args_add(&words, "-E");
    args_add(&words, "-o");
    args_add(&words, "/dev/null");
    add_source(&words, source);
    status = process_run(args_vector(&words), &(Capture){NULL, &messages});
    bytes_release(&messages);
    return status == 0;
}
