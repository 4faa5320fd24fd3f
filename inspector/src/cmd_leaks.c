#include "subcommand.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "leak_baseline.h"
#include "leak_list.h"
#include "memory_profile.h"
#include "report_leaks.h"
#include "rules_file.h"
#include "selection.h"
#include "suppressions.h"

typedef struct LeakOptions {
    Settings settings;
    const char *session, *suppressions, *baseline, *write_baseline;
    bool all_sessions, reachable, no_growth, strict;
    uint64_t min_bytes;
} LeakOptions;

/* The leaks of some sessions, and what they were made from. */
typedef struct Leaks {
    Selection selection;
    MemoryProfile profile;
    LeakList list;
} Leaks;

static void leaks_release(Leaks *leaks)
{
    leak_list_release(&leaks->list);
    memory_profile_release(&leaks->profile);
    selection_release(&leaks->selection);
}

/* session NULL: all. */
static bool leaks_load(Leaks *leaks, const LeakOptions *options, Database *database,
                       const char *session, Error *error)
{
    const SessionIds *ids = &leaks->selection.ids;

    if (!(session ? selection_session(&leaks->selection, database, session, error)
                  : selection_all(&leaks->selection, database, error)) ||
        !memory_profile_load(&leaks->profile, database, ids, error)) {
        return false;
    }
    memory_profile_symbolize(&leaks->profile);
    leak_list_make(&leaks->list, &leaks->profile);
    return options->no_growth || leak_list_add_growth(&leaks->list, database, ids, error);
}

/* --- files ---------------------------------------------------------------------- */

static bool read_file(const char *path, Text *text, Error *error)
{
    if (!rules_file_read(path, text, error)) {
        return false;
    }
    return text->data ||
           error_set(error, STATUS_FAILURE, "%.500s: not there, or no file", path);
}

static bool read_suppressions(Suppressions *rules, const char *path, Error *error)
{
    Text text = {0};
    bool ok = !path || (read_file(path, &text, error) &&
                        suppressions_parse(rules, text.data, path, error));

    text_release(&text);
    return ok;
}

/* A file where there is one, or where it is named as one; else a session. */
static bool read_baseline(LeakBaseline *baseline, const LeakOptions *options,
                          Database *database, Error *error)
{
    const char *name = options->baseline, *suffix = strrchr(name, '.');
    Leaks before = {0};
    Text text = {0};
    bool ok;

    if ((suffix && !strcmp(suffix, ".json")) || access(name, F_OK) == 0) {
        ok = read_file(name, &text, error) &&
             leak_baseline_parse(baseline, text.data, text.size, name, error);
        text_release(&text);
        return ok;
    }
    ok = leaks_load(&before, options, database, name, error);
    if (ok) {
        leak_baseline_add_list(baseline, &before.list);
    }
    leaks_release(&before);
    return ok;
}

/* Before the known ones are left out: the next baseline has these, too. */
static bool write_baseline(const LeakView *view, const char *path, Error *error)
{
    Text text = {0};
    FILE *file = fopen(path, "w");
    bool ok = file != NULL ||
              error_set(error, STATUS_FAILURE, "%.500s: %s", path, strerror(errno));

    if (file) {
        report_leaks_json(view, &text);
        ok = text_write(&text, file, error);
        if (fclose(file) != 0 && ok) {
            ok = error_set(error, STATUS_FAILURE, "%.500s: %s", path, strerror(errno));
        }
    }
    text_release(&text);
    return ok;
}

/* --- running --------------------------------------------------------------------- */

static void print(const LeakOptions *options, const LeakView *view, Text *out)
{
    switch (options->settings.format) {
    case FORMAT_TEXT:
        report_leaks_text(view, out);
        break;
    case FORMAT_JSON:
        report_leaks_json(view, out);
        break;
    case FORMAT_CSV:
        report_leaks_csv(view, out);
        break;
    }
}

static bool report(const LeakOptions *options, Database *database, Leaks *leaks,
                   Text *out, Error *error)
{
    LeakBaseline baseline = {0};
    Suppressions rules = {0};
    LeakView view = {.list = &leaks->list,
                     .selection = &leaks->selection,
                     .rules = &rules,
                     .terminal = &options->settings.terminal,
                     .with_growth = !options->no_growth};
    const char *session = options->all_sessions ? NULL
                          : options->session    ? options->session
                                                : "last";
    bool ok =
        read_suppressions(&rules, options->suppressions, error) &&
        (!options->baseline || read_baseline(&baseline, options, database, error)) &&
        leaks_load(leaks, options, database, session, error);

    if (ok) {
        if (!options->reachable) {
            leak_list_leave_reachable(&leaks->list);
        }
        leak_list_suppress(&leaks->list, &rules);
        leak_list_finish(&leaks->list, (double)options->min_bytes);
    }
    if (ok && options->write_baseline) {
        ok = write_baseline(&view, options->write_baseline, error);
    }
    if (ok) {
        view.has_baseline = options->baseline != NULL;
        if (view.has_baseline) {
            leak_baseline_subtract(&baseline, &leaks->list);
        }
        print(options, &view, out);
    }
    leak_baseline_release(&baseline);
    suppressions_release(&rules);
    return ok;
}

/* Whether each process has a verdict, and there is one. */
static bool is_judged(const Leaks *leaks)
{
    return leaks->profile.process_count > 0 &&
           leaks->list.with_verdict == leaks->profile.process_count;
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    LeakOptions options = {0};
    const Option own[] = {
        {"session", 's', OPTION_STRING, &options.session, "ID|NAME|last",
         "a run with its stretches, or a stretch (default: the\nlast run)"},
        {"all-sessions", 'a', OPTION_FLAG, &options.all_sessions, NULL,
         "all sessions together"},
        {"reachable", 'r', OPTION_FLAG, &options.reachable, NULL,
         "also what was not freed, but can be reached"},
        {"no-growth", 0, OPTION_FLAG, &options.no_growth, NULL,
         "only what was lost at the exit, not what grows"},
        {"strict", 0, OPTION_FLAG, &options.strict, NULL,
         "exit status 1 also where there is no verdict"},
        {"min-bytes", 0, OPTION_COUNT, &options.min_bytes, "N",
         "leave out what is smaller (default: 0)"},
        {"suppressions", 0, OPTION_STRING, &options.suppressions, "FILE",
         "leave out what its rules match: function:GLOB, path:,\nfile:, module:, "
         "leak:PART; valgrind's blocks"},
        {"baseline", 'b', OPTION_STRING, &options.baseline, "SESSION|FILE",
         "leave out what that session or file has, unless it is\nlarger now"},
        {"write-baseline", 0, OPTION_STRING, &options.write_baseline, "FILE",
         "write what is found, for --baseline"},
        {0}};
    CommandLine line = {arguments, count, false};
    Parsed parsed = command_parse(self, own, ORDER_ANY, &line, &options.settings, error);
    Database *database;
    Leaks leaks = {0};
    Text out = {0};
    int status = -1;

    if (parsed != PARSED_RUN) {
        return parsed == PARSED_HELP ? 0 : -1;
    }
    if (options.session && options.all_sessions) {
        error_set(error, STATUS_USAGE, "--session and --all-sessions exclude each other");
        return -1;
    }
    if (!command_no_operands(self, &line, error) ||
        !(database = command_open(&options.settings, NULL, error))) {
        return -1;
    }
    if (report(&options, database, &leaks, &out, error)) {
        status = command_finish(
            &out,
            leak_list_has_finding(&leaks.list) || (options.strict && !is_judged(&leaks))
                ? STATUS_FINDING
                : 0,
            error);
    } else {
        text_release(&out);
    }
    leaks_release(&leaks);
    database_close(database);
    return status;
}

const Command cmd_leaks = {
    .name = "leaks",
    .usage = "[OPTIONS]",
    .summary = "what was lost at the exit, and what grows without end",
    .details =
        "Lists the blocks that nothing pointed to when the program ended, by call path "
        "and\n"
        "place, of runs with `tka run --memory=exact`; and the call paths whose live "
        "bytes\n"
        "grow, in any mode. Exit status 1 when there is one of either.",
    .examples =
        "  tka run --memory=exact -- ./app && tka leaks\n"
        "  tka leaks --reachable              what was not freed, but could have been\n"
        "  tka leaks --suppressions known.txt with rules such as function:strdup\n"
        "  tka leaks --write-baseline ok.json then, for CI: tka leaks --baseline "
        "ok.json\n",
    .run = run};
