/* tka-cc - a compiler launcher that instruments what the source or a rules file
 * selects, and otherwise runs the command it was given.
 *
 * For each source: expand, pre-filter, parse, select, find the places, edit
 * (unit), then compile the rewritten text; at a link step add the runtime.
 * Whatever fails on our side, the original command runs.
 */
#include "command.h"
#include "compile.h"
#include "depfile.h"
#include "link.h"
#include "messages.h"
#include "options.h"
#include "paths.h"
#include "precompiled.h"
#include "process.h"
#include "quickscan.h"
#include "rules.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Launcher {
    Arena arena;
    Options options;
    Command command;
    Rules rules;
    const char *include_directory, *library_directory;
    const char **objects;  /* per argument: what replaces a compiled source */
    const char **failures; /* per argument: why a source could not be rewritten */
    bool needs_header;     /* an untouched source includes tka/tka.h */
    bool failed;           /* --strict: something was refused */
} Launcher;

static void add_compiler(const Launcher *launcher, ArgList *words)
{
    for (size_t i = 0; i < launcher->command.launchers.count; i++) {
        args_add(words, launcher->command.launchers.items[i]);
    }
    args_add(words, launcher->command.compiler);
}

/* The command as given, so that it does exactly what it would have done. Returns
 * only if something is to be done after it. */
static int run_original(Launcher *launcher)
{
    ArgList words = {.arena = &launcher->arena};
    const char *const *argv = (const char *const *)launcher->command.argv;

    if (launcher->needs_header) {
        add_compiler(launcher, &words);
        argv += words.count;
        args_add(&words, "-idirafter");
        args_add(&words, launcher->include_directory);
    }
    args_add_all(&words, argv);
    if (launcher->options.rules && launcher->command.source_count) {
        return process_run(args_vector(&words), &(Capture){0});
    }
    process_exec(args_vector(&words));
}

/* The command with one of its several sources only. */
static int run_original_source(Launcher *launcher, const CommandArg *source)
{
    const Command *command = &launcher->command;
    ArgList words = {.arena = &launcher->arena};

    add_compiler(launcher, &words);
    for (size_t i = 0; i < command->count; i++) {
        const CommandArg *arg = &command->args[i];

        if (arg == source || (arg->role != ROLE_SOURCE && arg->role != ROLE_INPUT)) {
            command_add_arg(&words, arg);
        }
    }
    args_add(&words, "-idirafter");
    args_add(&words, launcher->include_directory);
    return process_run(args_vector(&words), &(Capture){0});
}

/* Say what was not instrumented although its original compiles. */
static void report_failures(Launcher *launcher)
{
    for (size_t i = 0; i < launcher->command.count; i++) {
        if (launcher->failures[i]) {
            fprintf(stderr, "tka: %s: not instrumented (%s)\n",
                    launcher->command.args[i].text, launcher->failures[i]);
            launcher->failed |= launcher->options.strict;
        }
    }
}

/* Where a source of a compile-and-link command is compiled to. */
static const char *temporary_object(Launcher *launcher, const CommandArg *source)
{
    const char *base = getenv("TMPDIR");
    char *path = arena_printf(&launcher->arena, "%s/tka-cc-%s-XXXXXX.o",
                              base && *base ? base : "/tmp",
                              command_stem(&launcher->arena, source->text));
    int fd = mkstemps(path, 2);

    if (fd < 0) {
        return NULL;
    }
    close(fd);
    process_remove_on_signal(path);
    return path;
}

static void keep_text(Launcher *launcher, const Unit *unit, const char *object)
{
    Bytes text = {0};

    if (bytes_read_file(&text, unit->text_path)) {
        bytes_write_file(&text, arena_printf(&launcher->arena, "%s.tka.i", object));
    }
    bytes_release(&text);
}

/* The object is made of the rules and by this program, too. */
static void add_inputs(Launcher *launcher, const CommandArg *source)
{
    Arena *arena = &launcher->arena;
    const char *path = depfile_path(&launcher->command, arena, source);
    ArgList names = {.arena = arena};

    if (path) {
        args_add(&names,
                 arena_printf(arena, "%s/tka-cc", paths_program_directory(arena)));
        if (launcher->options.rules) {
            args_add(&names, launcher->options.rules);
        }
        depfile_add(path, arena, &names);
    }
}

/* What rules left alone was made of them, too: others may select something in it. */
static void add_inputs_of_rest(Launcher *launcher)
{
    for (size_t i = 0; i < launcher->command.count; i++) {
        const CommandArg *arg = &launcher->command.args[i];

        if (launcher->options.rules && arg->role == ROLE_SOURCE &&
            !(launcher->objects && launcher->objects[i])) {
            add_inputs(launcher, arg);
        }
    }
}

/* Compile a rewritten source. Returns the object, or NULL when the original has
 * to be compiled after all. */
static const char *compile_unit(Launcher *launcher, Unit *unit)
{
    const Command *command = &launcher->command;
    const CommandArg *source = unit->source;
    const char *object = command->mode == MODE_LINK
                             ? temporary_object(launcher, source)
                             : command_object_path(command, &launcher->arena, source);
    Bytes messages = {0};
    int status;

    if (!object) {
        unit->reason = "no temporary file could be made";
        return NULL;
    }
    status = unit->copy.definitions_path
                 ? compile_copy(command, &launcher->arena, source, &unit->copy, object,
                                &messages)
                 : compile_text(command, &launcher->arena, source, unit->text_path,
                                object, &messages);
    if (launcher->options.keep) {
        keep_text(launcher, unit, object);
    }
    if (status == 0) {
        messages_forward(&unit->messages, &messages, command->is_clang);
        add_inputs(launcher, source);
    } else {
        if (command->mode == MODE_LINK) {
            unlink(object);
        }
        if (launcher->options.verbose) {
            messages_forward(&unit->messages, &messages, command->is_clang);
        }
        /* When the original fails as well, its errors are all there is to say. */
        unit->reason = "the compiler rejects the rewritten text";
        object = NULL;
    }
    bytes_release(&messages);
    return object;
}

/* What a precompiled header holds cannot be put into the text. */
static void refuse_header(Launcher *launcher, size_t index)
{
    const Command *command = &launcher->command;

    if (launcher->rules.count ||
        quickscan_may_be_annotated(command, &launcher->arena, &command->args[index])) {
        launcher->failures[index] = arena_printf(
            &launcher->arena, "the header of %s is not known", command->unknown_header);
        launcher->needs_header = true;
    }
}

/* A second attempt, with probes alone; said only when it succeeds: else the original
 * fails, too, most likely. */
static const char *compile_without_roles(Launcher *launcher, const Unit *rejected)
{
    Unit unit = {.arena = rejected->arena,
                 .options = rejected->options,
                 .command = rejected->command,
                 .source = rejected->source,
                 .rules = rejected->rules,
                 .include_directory = rejected->include_directory,
                 .without_roles = true};
    const char *object = NULL;

    unit_process(&unit);
    if (unit.outcome == UNIT_REWRITTEN) {
        object = compile_unit(launcher, &unit);
    }
    if (object) {
        fprintf(stderr, "tka: %s: roles are not recorded (the compiler rejects what is "
                        "inserted for them)\n", unit.source->text);
        launcher->failed |= launcher->options.strict;
    }
    unit_release(&unit);
    return object;
}

/* Take one source through the stages; objects[index] is set when it is done. */
static void process_source(Launcher *launcher, size_t index)
{
    Unit unit = {.arena = &launcher->arena,
                 .options = &launcher->options,
                 .command = &launcher->command,
                 .source = &launcher->command.args[index],
                 .rules = &launcher->rules,
                 .include_directory = launcher->include_directory};

    if (launcher->command.unknown_header) {
        refuse_header(launcher, index);
        return;
    }
    unit_process(&unit);
    if (unit.refused && launcher->options.strict) {
        launcher->failed = true;
    }
    if (unit.outcome == UNIT_REWRITTEN && !launcher->failed) {
        launcher->objects[index] = compile_unit(launcher, &unit);
        if (!launcher->objects[index] && unit.has_roles) {
            launcher->objects[index] = compile_without_roles(launcher, &unit);
            unit.reason = launcher->objects[index] ? NULL : unit.reason;
        }
    }
    launcher->failures[index] = unit.reason;
    launcher->needs_header |= unit.uses_header || unit.outcome == UNIT_FAILED;
    unit_release(&unit);
}

static void add_argument(ArgList *words, const Launcher *launcher, size_t index)
{
    const CommandArg *arg = &launcher->command.args[index];

    if (!launcher->objects[index]) {
        command_add_arg(words, arg);
        return;
    }
    /* An -x in force would make the compiler read the object as source. */
    if (arg->forced) {
        args_add(words, "-x");
        args_add(words, "none");
    }
    args_add(words, launcher->objects[index]);
    if (arg->forced) {
        args_add(words, "-x");
        args_add(words, arg->forced);
    }
}

static void report_runtime(Launcher *launcher, const char *problem)
{
    fprintf(stderr, "tka: the runtime %s %s; the program will not be profiled\n", problem,
            launcher->library_directory);
    launcher->failed |= launcher->options.strict;
}

/* Another machine's program, say, cannot have it: it links as without us. plain: the
 * words of that. */
static int link_with_runtime(Launcher *launcher, ArgList *words, ArgList *plain)
{
    Bytes messages = {0};
    int status;

    if (!link_add_runtime(words, &launcher->command, launcher->options.runtime,
                          launcher->library_directory)) {
        report_runtime(launcher, "is not in");
        return process_run(args_vector(plain), &(Capture){0});
    }
    status = process_run(args_vector(words), &(Capture){NULL, &messages});
    if (status != 0 && strstr(messages.data ? messages.data : "", "libtka")) {
        report_runtime(launcher, "cannot be linked from");
        status = process_run(args_vector(plain), &(Capture){0});
    } else if (messages.length) {
        fwrite(messages.data, 1, messages.length, stderr);
    }
    bytes_release(&messages);
    return status;
}

/* The allocation hooks, where they are asked for. */
static bool add_memory(Launcher *launcher, ArgList *words)
{
    const char *why = link_refuses_memory(&launcher->command);

    if (!launcher->options.memory || (why && !*why)) {
        return false;
    }
    if (why) {
        fprintf(stderr, "tka: memory is not tracked in a program with -fsanitize=%s, which "
                        "has an allocator of its own\n", why);
    } else if (!link_add_memory(words, &launcher->command, launcher->library_directory)) {
        fprintf(stderr, "tka: libtka-mem is not in %s; memory will not be tracked\n",
                launcher->library_directory);
    } else {
        return true;
    }
    launcher->failed |= launcher->options.strict;
    return false;
}

static void remove_objects(const Launcher *launcher)
{
    for (size_t i = 0; i < launcher->command.count; i++) {
        if (launcher->objects[i]) {
            unlink(launcher->objects[i]);
        }
    }
}

/* What follows the compiler's name, but for what we link. */
static void add_link_words(const Launcher *launcher, bool compiled, ArgList *words)
{
    for (size_t i = 0; i < launcher->command.count; i++) {
        add_argument(words, launcher, i);
    }
    if (launcher->needs_header) {
        args_add(words, "-idirafter");
        args_add(words, launcher->include_directory);
    }
    if (launcher->command.is_clang && compiled) {
        args_add(words, "-Qunused-arguments"); /* those of the sources */
    }
}

/* A link step, with the sources that were compiled replaced by their objects. */
static int link_program(Launcher *launcher)
{
    const Command *command = &launcher->command;
    ArgList words = {.arena = &launcher->arena}, plain = {.arena = &launcher->arena};
    bool instrumented = link_has_instrumented_input(command, &launcher->arena);
    bool compiled = false, failed = false, runtime;
    int status;

    for (size_t i = 0; i < command->count; i++) {
        compiled |= launcher->objects[i] != NULL;
        failed |= launcher->failures[i] != NULL;
    }
    instrumented |= compiled;
    runtime = launcher->options.runtime != RUNTIME_NONE && !command_has(command, "-r") &&
              !command_has(command, "-nostdlib");
    add_compiler(launcher, &words);
    add_compiler(launcher, &plain);
    instrumented |= runtime && add_memory(launcher, &words);
    if (!instrumented && !failed) {
        return run_original(launcher);
    }
    add_link_words(launcher, compiled, &words);
    add_link_words(launcher, compiled, &plain);
    if (instrumented && runtime) {
        status = link_with_runtime(launcher, &words, &plain);
    } else {
        status = process_run(args_vector(&words), &(Capture){0});
    }
    remove_objects(launcher);
    return status;
}

/* -c or -S: compile (or assemble) what was not rewritten as the original command
 * would have. */
static int compile_rest(Launcher *launcher)
{
    const Command *command = &launcher->command;
    int worst = 0;

    for (size_t i = 0; i < command->count; i++) {
        const CommandArg *arg = &command->args[i];
        int status;

        if ((arg->role != ROLE_SOURCE && arg->role != ROLE_INPUT) ||
            launcher->objects[i]) {
            continue;
        }
        status = command->input_count == 1 && !launcher->failures[i]
                     ? run_original(launcher)
                     : run_original_source(launcher, arg);
        worst = status > worst ? status : worst;
    }
    return worst;
}

/* Not ours, but what it reads may include our header. */
static int pass_through(Launcher *launcher)
{
    const Command *command = &launcher->command;
    bool asks = command_has(command, "-v") || command_has(command, "-###") ||
                command_has(command, "-cc1*");

    for (size_t i = 0; i < command->count && !asks; i++) {
        const CommandArg *arg = &command->args[i];

        launcher->needs_header |=
            (arg->role == ROLE_SOURCE || arg->role == ROLE_INPUT) &&
            quickscan_may_be_annotated(command, &launcher->arena, arg);
    }
    return run_original(launcher);
}

static void process_sources(Launcher *launcher)
{
    size_t count = launcher->command.count;

    launcher->objects = arena_alloc(&launcher->arena, (count + 1) * sizeof(char *));
    launcher->failures = arena_alloc(&launcher->arena, (count + 1) * sizeof(char *));
    for (size_t i = 0; i < count; i++) {
        if (launcher->command.args[i].role == ROLE_SOURCE) {
            process_source(launcher, i);
        }
    }
}

/* A kernel or a program without a C library is not profiled unasked. */
static bool is_hosted(const Command *command)
{
    return !command_has(command, "-nostdlib") && !command_has(command, "-nostartfiles") &&
           !command_has(command, "-mcmodel=kernel");
}

static bool read_rules(Launcher *launcher)
{
    const char *error = NULL;

    if (launcher->options.all) {
        rules_add_all(&launcher->rules, &launcher->arena);
    }
    if (launcher->options.rules && !rules_read(&launcher->rules, &launcher->arena,
                                               launcher->options.rules, &error)) {
        fprintf(stderr, "tka: %s\n", error);
        return false;
    }
    if (!is_hosted(&launcher->command)) {
        launcher->rules.count = 0;
    }
    return true;
}

static int build(Launcher *launcher)
{
    int status;

    if (!read_rules(launcher)) {
        if (launcher->options.strict) {
            return 1;
        }
        launcher->needs_header = true;
        status = run_original(launcher);
        if (status == 0) {
            add_inputs_of_rest(launcher);
        }
        return status;
    }
    process_sources(launcher);
    if (launcher->options.show) {
        report_failures(launcher);
        return launcher->failed;
    }
    if (launcher->failed) {
        remove_objects(launcher);
        return 1;
    }
    status = launcher->command.mode == MODE_LINK ? link_program(launcher)
                                                 : compile_rest(launcher);
    if (status == 0) {
        add_inputs_of_rest(launcher);
        report_failures(launcher);
    }
    return status ? status : launcher->failed;
}

static int answer(const Options *options)
{
    if (options->version) {
        puts("tka-cc " TKA_VERSION);
        return 0;
    }
    if (options->help) {
        options_print_help();
        return 0;
    }
    fputs("tka-cc: no compiler given; try tka-cc --help\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    Launcher launcher = {0};
    const char *unknown, *directory;
    int status;

    (void)argc;
    if (!options_parse(&launcher.options, &launcher.arena, argv, &unknown)) {
        fprintf(stderr, "tka-cc: unknown option %s; try tka-cc --help\n", unknown);
        return 2;
    }
    if (launcher.options.help || launcher.options.version ||
        !launcher.options.command[0]) {
        return answer(&launcher.options);
    }
    command_parse(&launcher.command, &launcher.arena, launcher.options.command);
    directory = paths_program_directory(&launcher.arena);
    launcher.include_directory = paths_absolute(&launcher.arena, directory, "../include");
    launcher.library_directory = paths_absolute(&launcher.arena, directory, "../lib");
    precompiled_replace(&launcher.command, &launcher.arena);
    status =
        launcher.command.mode == MODE_PASS ? pass_through(&launcher) : build(&launcher);
    arena_release(&launcher.arena);
    process_exit_as(status);
}
