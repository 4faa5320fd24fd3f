#include "subcommand.h"

#include <stdio.h>
#include <string.h>

#include "profile.h"
#include "report_csv.h"
#include "report_json.h"
#include "report_text.h"
#include "selection.h"

/* Rows of a table on a terminal, where more would scroll the heading away. */
#define TERMINAL_ROWS 30
#define LIMIT_UNSET   UINT64_MAX

typedef struct ReportOptions {
    Settings settings;
    const char *session, *sort, *filter;
    bool all_sessions;
    uint64_t limit;
    SortKey key;
} ReportOptions;

static void print(const ReportOptions *options, const Profile *profile,
                  const Selection *selection, Text *out)
{
    const Terminal *terminal = &options->settings.terminal;
    bool fits = options->settings.format == FORMAT_TEXT && terminal->is_terminal;
    uint64_t limit = options->limit != LIMIT_UNSET ? options->limit
                     : fits                        ? TERMINAL_ROWS
                                                   : 0;

    switch (options->settings.format) {
    case FORMAT_TEXT:
        report_text(profile, selection, terminal, limit, out);
        break;
    case FORMAT_JSON:
        report_json(profile, selection, limit, out);
        break;
    case FORMAT_CSV:
        report_csv(profile, limit, out);
        break;
    }
}

static bool make_report(const ReportOptions *options, Database *database, Text *out,
                        Error *error)
{
    Selection selection = {0};
    Profile profile = {0};
    bool ok =
        options->all_sessions
            ? selection_all(&selection, database, error)
            : selection_session(&selection, database,
                                options->session ? options->session : "last", error);

    ok = ok && profile_load(&profile, database, &selection.ids, error);
    if (ok) {
        if (options->filter) {
            profile_filter(&profile, options->filter);
        }
        profile_sort(&profile, options->key);
        print(options, &profile, &selection, out);
    }
    profile_release(&profile);
    selection_release(&selection);
    return ok;
}

static bool check_options(ReportOptions *options, const CommandLine *line, Error *error)
{
    if (line->count > 0) {
        return error_set(error, STATUS_USAGE,
                         "report takes no \"%s\"; see tka report --help",
                         line->arguments[0]);
    }
    if (options->session && options->all_sessions) {
        return error_set(error, STATUS_USAGE,
                         "--session and --all-sessions exclude each "
                         "other");
    }
    if (options->sort && !profile_sort_key(options->sort, &options->key)) {
        return error_set(error, STATUS_USAGE, "--sort \"%s\": it is one of %s",
                         options->sort, profile_sort_keys);
    }
    return true;
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    ReportOptions options = {.limit = LIMIT_UNSET, .key = SORT_SELF};
    const Option own[] = {
        {"session", 's', OPTION_STRING, &options.session, "ID|NAME|last",
         "one session: a run with its stretches and forked\n"
         "processes, or a stretch (default: the last run)"},
        {"all-sessions", 'a', OPTION_FLAG, &options.all_sessions, NULL,
         "all sessions together"},
        {"sort", 0, OPTION_STRING, &options.sort, "KEY",
         "self (default), total, calls, mean, p50, p90, p95,\np99, max, overhead, name"},
        {"filter", 'f', OPTION_STRING, &options.filter, "GLOB",
         "functions whose name or file matches; without * or ?:\ncontains the text"},
        {"limit", 'n', OPTION_COUNT, &options.limit, "N",
         "at most N functions; 0: all (default: 30 on a terminal)"},
        {0}};
    CommandLine line = {arguments, count, false};
    Parsed parsed = command_parse(self, own, ORDER_ANY, &line, &options.settings, error);
    Database *database;
    Text out = {0};
    bool ok;

    if (parsed != PARSED_RUN) {
        return parsed == PARSED_HELP ? 0 : -1;
    }
    if (!check_options(&options, &line, error) ||
        !(database = command_open(&options.settings, NULL, error))) {
        return -1;
    }
    ok = make_report(&options, database, &out, error);
    database_close(database);
    if (!ok) {
        text_release(&out);
        return -1;
    }
    return command_finish(&out, 0, error);
}

const Command cmd_report = {
    .name = "report",
    .usage = "[OPTIONS]",
    .summary = "where the time went, function by function",
    .details =
        "Prints one row per function: calls (exact), self and total time, mean with its\n"
        "95 % error bound, percentiles, and what the probes themselves cost. Times are\n"
        "estimated from the timed calls unless all were timed.",
    .examples =
        "  tka report                          the last run, most self time first\n"
        "  tka report --sort p99 -n 10         the ten slowest at the 99th percentile\n"
        "  tka report -s nightly -f 'parse_*'  one session, some functions\n"
        "  tka report --format json | jq '.functions[0]'\n",
    .run = run};
