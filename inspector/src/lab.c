#define _GNU_SOURCE
#include "lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tka/store.h>

#include "allocation.h"
#include "program_path.h"
#include "progress.h"
#include "selection.h"
#include "temp_folder.h"

#define OUTPUT_MOST 4095
#define MINUTE_MS   60000

/* A compiler gets more: two thousand functions on a machine with other things to do. */
#define COMPILE_MS (5 * MINUTE_MS)

/* The user's settings must not reach the programs, nor the programs the user's data. */
#define FORGOTTEN                                                                        \
    {"TKA_PROFILING_ENABLED", NULL}, {"TKA_PROFILING_OVERHEAD_THRESHOLD", NULL},         \
        {"TKA_PROFILING_BOTTLENECK_THRESHOLD", NULL},                                    \
        {"TKA_PROFILING_MEMORY_THRESHOLD", NULL},                                        \
        {"TKA_MONITORING_SYSTEM_METRICS", NULL}, {"TKA_MONITORING_QT_METRICS", NULL},    \
        {"TKA_MONITORING_MEMORY_TRACKING", NULL},                                        \
        {"TKA_MONITORING_HARDWARE_COUNTERS", NULL},                                      \
        {"TKA_PERFORMANCE_RETENTION_DAYS", NULL}, {"TKA_SESSION_NAME", NULL},            \
        {"TKA_RUN_ID", NULL},                                                            \
    {                                                                                    \
        "TKA_CC_RULES", NULL                                                             \
    }

/* --- the compiler --------------------------------------------------------- */

static bool is_there(const char *program)
{
    char *found = strchr(program, '/') ? NULL : program_in_path(program);
    bool there = found || (strchr(program, '/') && access(program, X_OK) == 0);

    free(found);
    return there;
}

/* Words of the text, separated by blanks; ends in NULL. Writes into text. */
static char **split(char *text, size_t *count)
{
    char **words = allocate_zeroed(strlen(text) / 2 + 2, sizeof *words);

    *count = 0;
    for (char *word; (word = strsep(&text, " \t"));) {
        if (*word) {
            words[(*count)++] = word;
        }
    }
    return words;
}

static bool choose_compiler(Lab *lab, const char *wanted, Error *error)
{
    static const char *const usual[] = {"cc", "gcc", "clang"};
    const char *variable = getenv("CC");
    const char *from = wanted ? "--cc" : "CC";

    if (!wanted && variable && variable[strspn(variable, " \t")]) {
        wanted = variable;
    }
    for (size_t i = 0; !wanted && i < sizeof usual / sizeof *usual; i++) {
        wanted = is_there(usual[i]) ? usual[i] : NULL;
    }
    if (!wanted) {
        return error_set(error, STATUS_FAILURE,
                         "no compiler: neither cc nor gcc nor clang is in PATH; install "
                         "one or name it with --cc");
    }
    lab->compiler = duplicate_text(wanted);
    lab->word_text = duplicate_text(wanted);
    lab->words = split(lab->word_text, &lab->word_count);
    if (!lab->word_count || !is_there(lab->words[0])) {
        return error_set(error, STATUS_FAILURE, "no compiler: %s \"%s\" is not there",
                         from, wanted);
    }
    return true;
}

bool lab_open(Lab *lab, const char *wanted, Error *error)
{
    *lab = (Lab){0};
    if (!choose_compiler(lab, wanted, error)) {
        return false;
    }
    quiet_child_signals_begin();
    lab->folder = temp_folder_make(error);
    lab->instrumenter = program_tka_cc();
    lab->output = allocate_zeroed(OUTPUT_MOST + 1, 1);
    if (lab->folder) {
        lab->data = format_new("%s/data", lab->folder);
        lab->database = format_new("%s/performance.db", lab->data);
    } else {
        quiet_child_signals_end();
    }
    return lab->folder != NULL;
}

int lab_close(Lab *lab, bool keep)
{
    int came = 0;

    if (lab->folder) {
        if (keep) {
            temp_folder_keep();
        } else {
            temp_folder_remove();
        }
        came = quiet_child_signals_end();
    }
    free(lab->words);
    free(lab->word_text);
    free(lab->compiler);
    free(lab->instrumenter);
    free(lab->data);
    free(lab->database);
    free(lab->output);
    *lab = (Lab){0};
    return came;
}

/* --- running -------------------------------------------------------------- */

static void read_text(const char *path, char *text)
{
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(text, 1, OUTPUT_MOST, file) : 0;

    text[size] = '\0';
    if (file) {
        fclose(file);
    }
}

/* With the output in lab->output: standard output, or the messages. */
static bool run_here(Lab *lab, QuietRun *run, bool messages, Error *error)
{
    char *output = format_new("%s/output", lab->folder);
    char *errors = format_new("%s/messages", lab->folder);
    bool ok;

    run->directory = lab->folder;
    run->output = output;
    run->messages = errors;
    ok = quiet_child_run(run, &lab->end, error);
    read_text(messages ? errors : output, lab->output);
    free(output);
    free(errors);
    return ok;
}

static void say_why(const Lab *lab, const char *what, Error *error)
{
    char line[400];

    snprintf(line, sizeof line, "%.*s", (int)strcspn(lab->output, "\n"), lab->output);
    error_set(error, STATUS_FAILURE, "%s %s %d%s%s", what,
              lab->end.timed_out   ? "took too long: killed by signal"
              : lab->end.by_signal ? "was ended by signal"
                                   : "ended with status",
              lab->end.status, *line ? ": " : "", line);
}

static bool is_good(const Lab *lab)
{
    return !lab->end.by_signal && lab->end.status == 0;
}

static bool write_source(const char *path, const char *source, Error *error)
{
    FILE *file = fopen(path, "w");
    bool ok = file && fputs(source, file) >= 0;

    ok = (!file || fclose(file) == 0) && ok;
    return ok || error_set(error, STATUS_FAILURE, "cannot write %s", path);
}

static char *program_file(const Lab *lab, const char *name, Build build)
{
    return format_new("%s/%s.%s", lab->folder, name,
                      build == BUILD_PLAIN ? "plain" : "tka");
}

bool lab_build(Lab *lab, const char *name, const char *source, Build build, Error *error)
{
    const QuietVariable variables[] = {{"TMPDIR", lab->folder}, FORGOTTEN, {NULL, NULL}};
    char *file = format_new("%s/%s.c", lab->folder, name);
    char *program = program_file(lab, name, build);
    char **arguments = allocate_zeroed(lab->word_count + 10, sizeof *arguments);
    QuietRun run = {arguments, .variables = variables, .limit_ms = COMPILE_MS};
    char *const own[] = {
        (char *)"-O2",
        (char *)"-pthread",
        (char *)(build == BUILD_PLAIN ? "-DTKA_PLAIN" : "-DTKA_PROFILED"),
        file,
        (char *)"-o",
        program};
    char **next = arguments;
    bool ok;

    if (build == BUILD_INSTRUMENTED) {
        *next++ = lab->instrumenter;
    }
    memcpy(next, lab->words, lab->word_count * sizeof *next);
    memcpy(next + lab->word_count, own, sizeof own);
    ok = build == BUILD_PLAIN || lab->instrumenter ||
         error_set(error, STATUS_FAILURE, "tka-cc is neither beside tka nor in PATH");
    ok = ok && write_source(file, source, error) && run_here(lab, &run, true, error);
    if (ok && !is_good(lab)) {
        char what[256];

        snprintf(what, sizeof what, "%.100s%.100s", build == BUILD_PLAIN ? "" : "tka-cc ",
                 lab->compiler);
        say_why(lab, what, error);
        ok = false;
    }
    free(arguments);
    free(program);
    free(file);
    return ok;
}

bool lab_run(Lab *lab, const LabRun *run, Error *error)
{
    bool stores = !run->interval || strcmp(run->interval, "0") != 0;
    const QuietVariable variables[] = {
        FORGOTTEN,
        {"TKA_PERFORMANCE_DATA_DIR", lab->data},
        {"TKA_PERFORMANCE_DB_PATH", lab->database},
        {"TKA_PROFILING_MODE", run->mode},
        {"TKA_MONITORING_ENABLED", stores ? NULL : "false"},
        {"TKA_MONITORING_INTERVAL", stores ? run->interval : NULL},
        {NULL, NULL}};
    char *program = program_file(lab, run->program, run->build);
    char *arguments[] = {program, (char *)run->arguments[0], (char *)run->arguments[1],
                         (char *)run->arguments[2], NULL};
    QuietRun quiet = {arguments, .variables = variables,
                      .limit_ms = run->limit_ms ? run->limit_ms : MINUTE_MS};
    bool ok;

    progress_step();
    temp_folder_clear(lab->data);
    ok = run_here(lab, &quiet, false, error);
    if (ok && run->killed && lab->end.by_signal) {
        ok = lab->end.status == 9;
    } else if (ok && !is_good(lab)) {
        say_why(lab, run->program, error);
        ok = false;
    }
    free(program);
    return ok;
}

/* --- reading -------------------------------------------------------------- */

bool lab_profile(Lab *lab, Profile *profile, Error *error)
{
    Selection selection = {0};
    TkaFoldResult result = {0};
    Database *database;
    bool ok;

    if (access(lab->data, F_OK) != 0) {
        return error_set(error, STATUS_FAILURE,
                         "the instrumented program recorded nothing");
    }
    if (tka_store_fold(lab->data, lab->database, TKA_FOLD_DEAD, &result) != 0) {
        return error_set(error, STATUS_FAILURE, "%s", result.error);
    }
    database = database_open(lab->database, error);
    ok = database && selection_session(&selection, database, "last", error) &&
         profile_load(profile, database, &selection.ids, error);
    selection_release(&selection);
    database_close(database);
    return ok;
}

const ProfileRow *lab_function(const Profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->count; i++) {
        if (!strcmp(profile->rows[i].function.name, name)) {
            return &profile->rows[i];
        }
    }
    return NULL;
}
