#include "subcommand.h"

#include <stdlib.h>

#include <tka/store.h>

#include "allocation.h"
#include "csv_writer.h"
#include "json_writer.h"
#include "report_json.h"
#include "report_system.h"
#include "report_text.h"
#include "selection.h"
#include "table.h"

#define DEFAULT_LIMIT 20

typedef struct SessionsOptions {
    Settings settings;
    uint64_t limit;
    bool system;
} SessionsOptions;

/* With what each session's measurements add up to, in the order of the list. */
typedef struct Listing {
    SessionList sessions;
    SessionTotals *totals;
} Listing;

static bool load(Listing *listing, Database *database, uint64_t limit, Error *error)
{
    if (!database_sessions(database, limit, &listing->sessions, error)) {
        return false;
    }
    listing->totals = allocate_zeroed(listing->sessions.count, sizeof *listing->totals);
    for (size_t i = 0; i < listing->sessions.count; i++) {
        if (!database_totals(database, listing->sessions.items[i].id, &listing->totals[i],
                             error)) {
            return false;
        }
    }
    return true;
}

static double duration(const Session *session)
{
    return session->ended_at ? (double)(session->ended_at - session->started_at) : -1;
}

static void add_row(Table *table, const Session *session, const SessionTotals *totals,
                    const Terminal *terminal)
{
    char *name = format_new("%s%s", session->parent_id ? "  " : "", session->name);
    char *id = format_new("%lld", (long long)session->id);
    bool failed = *session->exit_kind && session->exit_status != 0 && !session->parent_id;

    table_cell(table, STYLE_PLAIN, id);
    table_cell(table, session->parent_id ? STYLE_PLAIN : STYLE_BOLD, name);
    table_cell(table, STYLE_PLAIN, units_date(session->started_at).text);
    table_cell(table, STYLE_PLAIN, units_time(duration(session), terminal->utf8).text);
    table_cell(table, failed ? STYLE_WARM : STYLE_PLAIN,
               report_text_ending(session).text);
    table_cell(table, STYLE_PLAIN, session->mode);
    table_cell(table, STYLE_PLAIN, units_count(totals->processes).text);
    table_cell(table, STYLE_PLAIN, units_count(totals->functions).text);
    table_cell(table, STYLE_PLAIN, units_count(totals->calls).text);
    table_cell(table, STYLE_DIM, session->host);
    table_cell(table, STYLE_DIM, session->command);
    free(name);
    free(id);
}

static void print_text(const Listing *listing, const Terminal *terminal, Text *out)
{
    static const Column columns[] = {
        {"ID", ALIGN_RIGHT, 0, 0},        {"Name", ALIGN_LEFT, 0, 12},
        {"Started", ALIGN_LEFT, 0, 0},    {"Ran", ALIGN_RIGHT, 0, 0},
        {"End", ALIGN_LEFT, 0, 0},        {"Mode", ALIGN_LEFT, 4, 0},
        {"Processes", ALIGN_RIGHT, 3, 0}, {"Functions", ALIGN_RIGHT, 2, 0},
        {"Calls", ALIGN_RIGHT, 0, 0},     {"Host", ALIGN_LEFT, 5, 0},
        {"Command", ALIGN_LEFT, 1, 16}};
    Table *table = table_new(columns, sizeof columns / sizeof *columns);

    for (size_t i = 0; i < listing->sessions.count; i++) {
        add_row(table, &listing->sessions.items[i], &listing->totals[i], terminal);
    }
    if (listing->sessions.count) {
        table_print(table, terminal, out);
    } else {
        text_put(out, "No session recorded yet.\n");
    }
    table_free(table);
}

static void print_json(const Listing *listing, Text *out)
{
    Json json = {.out = out};

    json_object(&json, NULL);
    json_integer(&json, "schema_version", TKA_SCHEMA_VERSION);
    json_array(&json, "sessions");
    for (size_t i = 0; i < listing->sessions.count; i++) {
        const SessionTotals *totals = &listing->totals[i];

        json_object(&json, NULL);
        report_json_session_members(&json, &listing->sessions.items[i]);
        json_count(&json, "processes", totals->processes);
        json_count(&json, "functions", totals->functions);
        json_count(&json, "calls", totals->calls);
        json_count(&json, "samples", totals->samples);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
}

static void print_csv(const Listing *listing, Text *out)
{
    Csv csv = {.out = out};

    text_put(out, "id,parent_id,name,started,duration_ns,exit_kind,exit_status,mode,"
                  "processes,functions,calls,samples,host,git_commit,command\n");
    for (size_t i = 0; i < listing->sessions.count; i++) {
        const Session *session = &listing->sessions.items[i];
        const SessionTotals *totals = &listing->totals[i];

        csv_integer(&csv, session->id);
        csv_real(&csv, session->parent_id ? (double)session->parent_id : -1);
        csv_text(&csv, session->name);
        csv_text(&csv, units_iso_date(session->started_at).text);
        csv_ns(&csv, duration(session));
        csv_text(&csv, session->exit_kind);
        csv_real(&csv, (double)session->exit_status);
        csv_text(&csv, session->mode);
        csv_count(&csv, totals->processes);
        csv_count(&csv, totals->functions);
        csv_count(&csv, totals->calls);
        csv_count(&csv, totals->samples);
        csv_text(&csv, session->host);
        csv_text(&csv, session->git_commit);
        csv_text(&csv, session->command);
        csv_end_row(&csv);
    }
}

static void print(const SessionsOptions *options, const Listing *listing, Text *out)
{
    switch (options->settings.format) {
    case FORMAT_TEXT:
        print_text(listing, &options->settings.terminal, out);
        break;
    case FORMAT_JSON:
        print_json(listing, out);
        break;
    case FORMAT_CSV:
        print_csv(listing, out);
        break;
    }
}

static bool list(const SessionsOptions *options, Database *database, Text *out,
                 Error *error)
{
    Listing listing = {0};
    bool ok = load(&listing, database, options->limit, error);

    if (ok) {
        print(options, &listing, out);
    }
    session_list_release(&listing.sessions);
    free(listing.totals);
    return ok;
}

/* --- one session and the system --------------------------------------------- */

static void print_system(const SessionsOptions *options, const SystemHistory *history,
                         const Selection *selection, Text *out)
{
    switch (options->settings.format) {
    case FORMAT_TEXT:
        report_system_text(history, selection, &options->settings.terminal, out);
        break;
    case FORMAT_JSON:
        report_system_json(history, selection, out);
        break;
    case FORMAT_CSV:
        report_system_csv(history, out);
        break;
    }
}

static bool show_system(const SessionsOptions *options, const char *wanted,
                        Database *database, Text *out, Error *error)
{
    Selection selection = {0};
    ProcessList processes = {0};
    SystemHistory history = {0};
    bool ok = selection_session(&selection, database, wanted, error) &&
              database_processes(database, selection.session.id, &processes, error) &&
              system_history_load(&history, database, &processes, error);

    if (ok) {
        print_system(options, &history, &selection, out);
    }
    system_history_release(&history);
    process_list_release(&processes);
    selection_release(&selection);
    return ok;
}

static bool check_operands(const Command *self, const SessionsOptions *options,
                           CommandLine *line, Error *error)
{
    CommandLine rest = {line->arguments, line->count, false};

    if (options->system && line->count) {
        rest.arguments++;
        rest.count--;
    }
    return command_no_operands(self, &rest, error);
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    SessionsOptions options = {.limit = DEFAULT_LIMIT};
    const Option own[] = {{"limit", 'n', OPTION_COUNT, &options.limit, "N",
                           "the newest N; 0: all (default: 20)"},
                          {"system", 0, OPTION_FLAG, &options.system, NULL,
                           "CPU, memory, threads and so on of one session over\ntime "
                           "(default: the last run)"},
                          {0}};
    CommandLine line = {arguments, count, false};
    Parsed parsed = command_parse(self, own, ORDER_ANY, &line, &options.settings, error);
    Database *database;
    Text out = {0};
    bool ok;

    if (parsed != PARSED_RUN) {
        return parsed == PARSED_HELP ? 0 : -1;
    }
    if (!check_operands(self, &options, &line, error) ||
        !(database = command_open(&options.settings, NULL, error))) {
        return -1;
    }
    ok = options.system ? show_system(&options, line.count ? line.arguments[0] : "last",
                                      database, &out, error)
                        : list(&options, database, &out, error);
    database_close(database);
    if (!ok) {
        text_release(&out);
        return -1;
    }
    return command_finish(&out, 0, error);
}

const Command cmd_sessions = {
    .name = "sessions",
    .usage = "[OPTIONS] [--system [ID|NAME|last]]",
    .summary = "what was recorded: runs and named stretches",
    .details =
        "Lists runs, newest first, each followed by its named stretches. With --system:\n"
        "what the system saw of one session's processes over time.",
    .examples = "  tka sessions                 the newest 20\n"
                "  tka sessions -n 0 --format csv\n"
                "  tka sessions --system        CPU, memory, threads of the last run\n",
    .run = run};
