#define _GNU_SOURCE
#include "subcommand.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "lab.h"
#include "progress.h"
#include "report_validation.h"
#include "trial.h"
#include "validation.h"

/* The first decides whether the others can be measured. */
static const Trial *const trials[] = {&trial_toolchain, &trial_cost,  &trial_overhead,
                                      &trial_accuracy,  &trial_store, &trial_memory,
                                      &trial_crash};

enum { TRIALS = sizeof trials / sizeof *trials };

#define NAMES "toolchain, cost, overhead, accuracy, store, memory, crash"

typedef struct ValidateOptions {
    Settings settings;
    const char *compiler, *only;
    bool quick, keep;
    bool chosen[TRIALS];
} ValidateOptions;

static bool choose_one(ValidateOptions *options, const char *name, size_t length,
                       Error *error)
{
    for (size_t i = 0; i < TRIALS; i++) {
        if (strlen(trials[i]->name) == length &&
            !strncmp(trials[i]->name, name, length)) {
            options->chosen[i] = true;
            return true;
        }
    }
    return error_set(error, STATUS_USAGE, "--only \"%s\": it is one or more of " NAMES,
                     options->only);
}

/* --only NAME,NAME; the toolchain is always looked at. */
static bool choose(ValidateOptions *options, Error *error)
{
    const char *rest = options->only;

    for (size_t i = 0; i < TRIALS; i++) {
        options->chosen[i] = !rest || i == 0;
    }
    while (rest) {
        size_t length = strcspn(rest, ",");

        if (!choose_one(options, rest, length, error)) {
            return false;
        }
        rest = rest[length] ? rest + length + 1 : NULL;
    }
    return true;
}

static bool check_options(ValidateOptions *options, Error *error)
{
    if (options->settings.database || options->settings.data_dir) {
        return error_set(error, STATUS_USAGE,
                         "--db and --data-dir have no use here: what is measured is "
                         "recorded in a temporary folder");
    }
    return choose(options, error);
}

/* The chosen trials after the first: with a toolchain that does not instrument there
 * is nothing to measure. False when a signal came. */
static bool run_trials(const ValidateOptions *options, Lab *lab, Validation *list,
                       Error *error)
{
    bool broken = validation_count(list, VERDICT_FAIL) > 0;
    Error reason = {.status = STATUS_FAILURE};

    for (size_t i = 1; i < TRIALS; i++) {
        if (!options->chosen[i]) {
            continue;
        }
        progress_stage(trials[i]->name, i + 1, TRIALS);
        if (broken) {
            validation_tell(list, trials[i]->name, trials[i]->what, VERDICT_SKIPPED,
                            "nothing can be instrumented");
        } else if (!trials[i]->run(lab, list, &reason)) {
            if (quiet_child_signal()) {
                *error = reason;
                return false;
            }
            validation_tell(list, trials[i]->name, trials[i]->what, VERDICT_FAIL,
                            reason.text);
        }
    }
    return true;
}

static void print(const ValidateOptions *options, const Validation *list,
                  const char *compiler, Text *out)
{
    switch (options->settings.format) {
    case FORMAT_TEXT:
        validation_text(list, compiler, &options->settings.terminal, out);
        break;
    case FORMAT_JSON:
        validation_json(list, compiler, out);
        break;
    case FORMAT_CSV:
        validation_csv(list, out);
        break;
    }
}

/* Measure, with everything gone that was made for it when this returns. */
static bool measure(const ValidateOptions *options, Validation *list, Text *out,
                    Error *error)
{
    Lab lab;
    bool ok = lab_open(&lab, options->compiler, error);
    int came;

    lab.quick = options->quick;
    progress_stage(trials[0]->name, 1, TRIALS);
    ok =
        ok && trials[0]->run(&lab, list, error) && run_trials(options, &lab, list, error);
    progress_clear();
    if (ok) {
        print(options, list, lab.compiler, out);
    }
    if (options->keep && lab.folder) {
        fprintf(stderr, "kept: %s\n", lab.folder);
    }
    came = lab_close(&lab, options->keep);
    if (came) {
        raise(came); /* as if it had not been caught */
    }
    return ok;
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    ValidateOptions options = {0};
    const Option own[] = {
        {"cc", 0, OPTION_STRING, &options.compiler, "COMPILER",
         "to compile with (default: CC, else cc, gcc or clang)"},
        {"quick", 'q', OPTION_FLAG, &options.quick, NULL,
         "fewer repeats: some 20 seconds instead of a minute"},
        {"only", 0, OPTION_STRING, &options.only, "NAME,...", "of " NAMES},
        {"keep", 0, OPTION_FLAG, &options.keep, NULL,
         "leave the temporary folder and tell where it is"},
        {0}};
    CommandLine line = {arguments, count, false};
    Parsed parsed = command_parse(self, own, ORDER_ANY, &line, &options.settings, error);
    Validation list = {0};
    Text out = {0};
    int status = -1;

    if (parsed != PARSED_RUN) {
        return parsed == PARSED_HELP ? 0 : -1;
    }
    if (!command_no_operands(self, &line, error) || !check_options(&options, error)) {
        return -1;
    }
    if (measure(&options, &list, &out, error)) {
        status = command_finish(
            &out, validation_count(&list, VERDICT_FAIL) ? STATUS_FINDING : 0, error);
    }
    text_release(&out);
    validation_release(&list);
    return status;
}

const Command cmd_validate = {
    .name = "validate",
    .usage = "[OPTIONS]",
    .summary = "measure on this machine what TKA promises",
    .details =
        "Compiles small programs with tka-cc and the compiler, runs them, and measures:\n"
        "what a call and a whole program pay, how true counts and times are, how fast\n"
        "figures are stored, what it takes of memory, and what kill -9 loses. Says of\n"
        "each promise whether it is kept. All of it happens in a temporary folder; your\n"
        "data is not touched. Best on a machine that does nothing else.\n"
        "Exit status 1 when a promise is not kept.",
    .examples =
        "  tka validate                        all of it, with the usual compiler\n"
        "  tka validate --cc clang --quick     less exact, sooner\n"
        "  tka validate --only overhead,crash  two of them\n",
    .run = run};
