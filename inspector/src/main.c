/* tka - the inspector of TKA: reads what profiled programs recorded.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "subcommand.h"

static const Command *const commands[] = {
    &cmd_run,
    &cmd_report,
    &cmd_show,
    &cmd_slow,
    &cmd_memory,
    &cmd_leaks,
    &cmd_caches,
    &cmd_services,
    &cmd_sessions,
    &cmd_top,
    &cmd_ctl,
    &cmd_advise,
    &cmd_doctor,
    &cmd_validate,
    &cmd_prune,
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static void print_usage(FILE *file)
{
    fputs("Usage: tka COMMAND [OPTIONS]\n\n"
          "Reads what programs built with tka-cc recorded.\n\nCommands:\n",
          file);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        fprintf(file, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    }
    fputs("  help       this text, or that of a command: tka help report\n\n"
          "`tka COMMAND --help` tells a command's options, with examples.\n\n"
          "Examples:\n"
          "  tka run -- ./app --fast     run a program, then show its profile\n"
          "  tka report --sort p99       the last run again, slowest calls first\n"
          "  tka show parse_header       everything about one function\n"
          "  tka top                     a running program, live\n"
          "  tka ctl server mode exact   time every call of it from now on\n"
          "  tka slow                    the slowest calls, and what led to each\n"
          "  tka memory                  where memory goes\n"
          "  tka leaks                   what was lost, what grows\n"
          "  tka caches                  what each cache saves\n"
          "  tka services                what is resolved, how it lives, what it costs\n"
          "  tka advise                  what to leave uninstrumented\n"
          "  tka doctor                  what is instrumented, what is wrong\n"
          "  tka validate                what TKA costs on this machine, how true it is\n\n"
          "Exit status: 0 done, 1 a finding (advise, caches --check, doctor, leaks,\n"
          "services --check, validate), 2 wrong usage, 3 failure; tka run: the program's own.\n",
          file);
}

static const Command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (!strcmp(commands[i]->name, name)) {
            return commands[i];
        }
    }
    return NULL;
}

static int fail(const char *command, const Error *error)
{
    fflush(stdout);
    fprintf(stderr, "tka%s%s: %s\n", command ? " " : "", command ? command : "",
            error->text);
    return error->status;
}

static int run_command(const char *name, int count, char **arguments)
{
    const Command *command = find_command(name);
    Error error = {.status = STATUS_FAILURE};
    int status;

    if (!command) {
        error_set(&error, STATUS_USAGE, "unknown command \"%s\"; see tka help", name);
        return fail(NULL, &error);
    }
    status = command->run(command, count, arguments, &error);
    return status < 0 ? fail(name, &error) : status;
}

int main(int argc, char **argv)
{
    static char help[] = "--help";
    const char *name = argc > 1 ? argv[1] : NULL;

    setlocale(LC_CTYPE, "");
    if (!name) {
        print_usage(stderr);
        return STATUS_USAGE;
    }
    if (!strcmp(name, "--version")) {
        puts("tka " TKA_VERSION);
        return 0;
    }
    if (!strcmp(name, "help") && argc > 2) {
        char *arguments[] = {help, NULL};

        return run_command(argv[2], 1, arguments);
    }
    if (!strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h")) {
        print_usage(stdout);
        return 0;
    }
    return run_command(name, argc - 2, argv + 2);
}
