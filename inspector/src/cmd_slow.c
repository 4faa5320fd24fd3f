#include "subcommand.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_slow.h"
#include "selection.h"
#include "slow_list.h"
#include "slow_trace.h"

/* Rows on a terminal, where more would scroll the heading away. */
#define TERMINAL_ROWS 30
#define LIMIT_UNSET   UINT64_MAX

typedef struct SlowOptions {
    Settings settings;
    const char *session, *sort, *filter, *export_file;
    bool all_sessions;
    uint64_t limit;
    SlowOrder order;
    int64_t id; /* of the call to show; 0: the list */
} SlowOptions;

static bool write_trace(const SlowOptions *options, const Text *trace, Error *error)
{
    FILE *file;
    bool ok;

    if (!strcmp(options->export_file, "-")) {
        return text_write(trace, stdout, error);
    }
    file = fopen(options->export_file, "w");
    if (!file) {
        return error_set(error, STATUS_FAILURE, "%s: %s", options->export_file,
                         strerror(errno));
    }
    ok = text_write(trace, file, error);
    if (fclose(file) != 0 && ok) {
        ok = error_set(error, STATUS_FAILURE, "%s: %s", options->export_file,
                       strerror(errno));
    }
    if (ok) {
        fprintf(stderr,
                "Written to %s; https://ui.perfetto.dev and chrome://tracing show it\n",
                options->export_file);
    }
    return ok;
}

static void print_one(const SlowOptions *options, const SlowList *list,
                      const Selection *selection, Text *out)
{
    switch (options->settings.format) {
    case FORMAT_TEXT:
        report_slow_one_text(list, selection, &options->settings.terminal, out);
        break;
    case FORMAT_JSON:
        report_slow_one_json(list, selection, out);
        break;
    case FORMAT_CSV:
        report_slow_one_csv(list, out);
        break;
    }
}

static bool show_one(const SlowOptions *options, Database *database, Text *out,
                     Error *error)
{
    SlowList list = {0};
    Selection selection = {0};
    Text trace = {0};
    char id[24];
    bool ok = slow_list_load_one(&list, database, options->id, error);

    if (ok) {
        snprintf(id, sizeof id, "%lld", (long long)list.items[0].call.session_id);
        ok = selection_session(&selection, database, id, error);
    }
    if (ok && options->export_file) {
        slow_trace_add(&list, &selection.session, &trace);
        ok = write_trace(options, &trace, error);
    } else if (ok) {
        print_one(options, &list, &selection, out);
    }
    text_release(&trace);
    selection_release(&selection);
    slow_list_release(&list);
    return ok;
}

static void print_list(const SlowOptions *options, const SlowList *list,
                       const Selection *selection, Text *out)
{
    bool scrolls =
        options->settings.format == FORMAT_TEXT && options->settings.terminal.is_terminal;
    uint64_t limit = options->limit != LIMIT_UNSET ? options->limit
                     : scrolls                     ? TERMINAL_ROWS
                                                   : 0;

    switch (options->settings.format) {
    case FORMAT_TEXT:
        report_slow_text(list, selection, &options->settings.terminal, limit, out);
        break;
    case FORMAT_JSON:
        report_slow_json(list, selection, limit, out);
        break;
    case FORMAT_CSV:
        report_slow_csv(list, limit, out);
        break;
    }
}

static bool show_list(const SlowOptions *options, Database *database, Text *out,
                      Error *error)
{
    SlowList list = {0};
    Selection selection = {0};
    bool ok =
        options->all_sessions
            ? selection_all(&selection, database, error)
            : selection_session(&selection, database,
                                options->session ? options->session : "last", error);

    ok = ok && slow_list_load(&list, database, &selection.ids, error);
    if (ok) {
        if (options->filter) {
            slow_list_filter(&list, options->filter);
        }
        slow_list_sort(&list, options->order);
        print_list(options, &list, &selection, out);
    }
    selection_release(&selection);
    slow_list_release(&list);
    return ok;
}

static bool set_id(SlowOptions *options, const CommandLine *line, Error *error)
{
    char *end;

    if (line->count == 0) {
        return !options->export_file ||
               error_set(error, STATUS_USAGE,
                         "--export is of one call: tka slow --export "
                         "FILE ID");
    }
    errno = 0;
    options->id = strtoll(line->arguments[0], &end, 10);
    if (line->count > 1 || errno || *end || options->id < 1) {
        return error_set(error, STATUS_USAGE,
                         "\"%s\": name one slow call by its number, as `tka slow` lists "
                         "them",
                         line->arguments[line->count > 1 ? 1 : 0]);
    }
    return true;
}

static bool check_options(SlowOptions *options, const CommandLine *line, Error *error)
{
    if (options->session && options->all_sessions) {
        return error_set(error, STATUS_USAGE,
                         "--session and --all-sessions exclude each other");
    }
    if (options->sort && strcmp(options->sort, "duration") != 0 &&
        strcmp(options->sort, "time") != 0) {
        return error_set(error, STATUS_USAGE, "--sort \"%s\": it is duration or time",
                         options->sort);
    }
    options->order =
        options->sort && !strcmp(options->sort, "time") ? SLOW_BY_TIME : SLOW_BY_DURATION;
    return set_id(options, line, error);
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    SlowOptions options = {.limit = LIMIT_UNSET};
    const Option own[] = {
        {"session", 's', OPTION_STRING, &options.session, "ID|NAME|last",
         "a run with its stretches, or a stretch (default: the\nlast run)"},
        {"all-sessions", 'a', OPTION_FLAG, &options.all_sessions, NULL,
         "all sessions together"},
        {"sort", 0, OPTION_STRING, &options.sort, "duration|time",
         "longest first (default), or oldest first"},
        {"filter", 'f', OPTION_STRING, &options.filter, "GLOB",
         "functions whose name or file matches; without * or ?:\ncontains the text"},
        {"limit", 'n', OPTION_COUNT, &options.limit, "N",
         "at most N calls; 0: all (default: 30 on a terminal)"},
        {"export", 'e', OPTION_STRING, &options.export_file, "FILE",
         "write the call ID for Perfetto and chrome://tracing; -:\nto standard output"},
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
    ok = options.id ? show_one(&options, database, &out, error)
                    : show_list(&options, database, &out, error);
    database_close(database);
    if (!ok) {
        text_release(&out);
        return -1;
    }
    return command_finish(&out, 0, error);
}

const Command cmd_slow = {
    .name = "slow",
    .usage = "[OPTIONS] [ID]",
    .summary = "calls over the bottleneck threshold, and what led to each",
    .details =
        "Lists the calls that took longer than TKA_PROFILING_BOTTLENECK_THRESHOLD (50 "
        "ms):\n"
        "when, how long, how much of it was computing, in which thread, by which path.\n"
        "With ID: what that call's thread did before its end, as a timeline.",
    .examples =
        "  tka slow                        the last run, slowest first\n"
        "  tka slow -f 'db::*' --sort time the database's, in the order they came\n"
        "  tka slow 12                     what led to call 12\n"
        "  tka slow 12 --export call.json  for https://ui.perfetto.dev\n",
    .run = run};
