#define _POSIX_C_SOURCE 200809L
#include "subcommand.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <tka/store.h>

#include "allocation.h"
#include "csv_writer.h"
#include "json_writer.h"
#include "prune_forecast.h"
#include "units.h"

#define DEFAULT_DAYS 30
#define DAYS_MOST    36500.0

typedef struct PruneOptions {
    Settings settings;
    double days; /* negative: not given */
    bool dry_run;
} PruneOptions;

typedef struct Outcome {
    const char *path;
    TkaPruned pruned;
    uint64_t bytes_before, bytes_after; /* with the log beside it */
} Outcome;

static uint64_t file_bytes(const char *path)
{
    char *log = format_new("%s-wal", path);
    struct stat status;
    uint64_t bytes = stat(path, &status) == 0 ? (uint64_t)status.st_size : 0;

    bytes += stat(log, &status) == 0 ? (uint64_t)status.st_size : 0;
    free(log);
    return bytes;
}

static Figure size_of(uint64_t bytes)
{
    Figure count = units_short_count((double)bytes), size;

    snprintf(size.text, sizeof size.text, "%.40s%s", count.text,
             bytes < 1000 ? " bytes" : "B");
    return size;
}

/* --- telling ---------------------------------------------------------------- */

static void print_text(const PruneOptions *options, const Outcome *outcome, Text *out)
{
    const TkaPruned *pruned = &outcome->pruned;
    bool dry = options->dry_run;

    terminal_printable(&options->settings.terminal, out, outcome->path, 0);
    if (dry) {
        text_format(out, ": %s; nothing was changed\n",
                    size_of(outcome->bytes_before).text);
    } else {
        text_format(out, ": %s before, ", size_of(outcome->bytes_before).text);
        text_format(out, "%s now\n", size_of(outcome->bytes_after).text);
    }
    text_format(out, "%s runs and stretches that ended more than %g days ago: %s",
                dry ? "Would remove" : "Removed", options->days,
                units_count((uint64_t)pruned->sessions).text);
    text_format(out, ", and %s slow calls\n",
                units_count((uint64_t)pruned->slow_calls).text);
    text_format(out, "%s %s intervals", dry ? "Would roll up" : "Rolled up",
                units_count((uint64_t)pruned->intervals).text);
    text_format(out,
                " and %s sums of minutes and hours, those of removed runs included\n",
                units_count((uint64_t)pruned->rollups).text);
}

static void print_json(const PruneOptions *options, const Outcome *outcome, Text *out)
{
    Json json = {.out = out};

    json_object(&json, NULL);
    json_integer(&json, "schema_version", TKA_SCHEMA_VERSION);
    json_text(&json, "database", outcome->path);
    json_real(&json, "days", options->days);
    json_bool(&json, "dry_run", options->dry_run);
    json_integer(&json, "sessions", outcome->pruned.sessions);
    json_integer(&json, "slow_calls", outcome->pruned.slow_calls);
    json_integer(&json, "intervals", outcome->pruned.intervals);
    json_integer(&json, "rollups", outcome->pruned.rollups);
    json_count(&json, "bytes_before", outcome->bytes_before);
    json_count(&json, "bytes_after", outcome->bytes_after);
    json_end(&json);
}

static void print_csv(const PruneOptions *options, const Outcome *outcome, Text *out)
{
    Csv csv = {.out = out};

    text_put(out, "database,days,dry_run,sessions,slow_calls,intervals,rollups,"
                  "bytes_before,bytes_after\n");
    csv_text(&csv, outcome->path);
    csv_real(&csv, options->days);
    csv_text(&csv, options->dry_run ? "true" : "false");
    csv_integer(&csv, outcome->pruned.sessions);
    csv_integer(&csv, outcome->pruned.slow_calls);
    csv_integer(&csv, outcome->pruned.intervals);
    csv_integer(&csv, outcome->pruned.rollups);
    csv_count(&csv, outcome->bytes_before);
    csv_count(&csv, outcome->bytes_after);
    csv_end_row(&csv);
}

static void print(const PruneOptions *options, const Outcome *outcome, Text *out)
{
    switch (options->settings.format) {
    case FORMAT_TEXT:
        print_text(options, outcome, out);
        break;
    case FORMAT_JSON:
        print_json(options, outcome, out);
        break;
    case FORMAT_CSV:
        print_csv(options, outcome, out);
        break;
    }
}

/* --- doing ------------------------------------------------------------------ */

static bool set_days(PruneOptions *options, Error *error)
{
    const char *text = getenv("TKA_PERFORMANCE_RETENTION_DAYS");
    char *end;

    if (options->days < 0) {
        options->days = DEFAULT_DAYS;
        if (text && *text) {
            options->days = strtod(text, &end);
            if (*end || !(options->days >= 0)) {
                return error_set(
                    error, STATUS_USAGE,
                    "TKA_PERFORMANCE_RETENTION_DAYS \"%s\": it is a number of "
                    "days",
                    text);
            }
        }
    }
    return options->days <= DAYS_MOST ||
           error_set(error, STATUS_USAGE, "%g days are too many: at most %g",
                     options->days, DAYS_MOST);
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The database must not be open here while it is pruned: the log could not be folded
 * into it and the file would not get smaller. */
static bool prune(const PruneOptions *options, Outcome *outcome, Error *error)
{
    char reason[256];

    if (tka_store_prune(outcome->path, options->days, &outcome->pruned, reason,
                        sizeof reason) != 0) {
        return error_set(error, STATUS_FAILURE, "%s", reason);
    }
    outcome->bytes_after = file_bytes(outcome->path);
    return true;
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    PruneOptions options = {.days = -1};
    const Option own[] = {{"days", 'd', OPTION_REAL, &options.days, "N",
                           "remove runs that ended more than N days ago (default:\n"
                           "TKA_PERFORMANCE_RETENTION_DAYS, or 30)"},
                          {"dry-run", 0, OPTION_FLAG, &options.dry_run, NULL,
                           "only tell what would be removed"},
                          {0}};
    CommandLine line = {arguments, count, false};
    Parsed parsed = command_parse(self, own, ORDER_ANY, &line, &options.settings, error);
    Location location = {0};
    Outcome outcome = {0};
    Database *database;
    Text out = {0};
    bool ok;

    if (parsed != PARSED_RUN) {
        return parsed == PARSED_HELP ? 0 : -1;
    }
    if (!command_no_operands(self, &line, error) || !set_days(&options, error)) {
        return -1;
    }
    database = command_open(&options.settings, &location, error);
    ok = database != NULL;
    if (ok) {
        outcome.path = location.database;
        outcome.bytes_before = outcome.bytes_after = file_bytes(location.database);
        ok = !options.dry_run ||
             prune_forecast(database, now_ns(), options.days, &outcome.pruned, error);
    }
    database_close(database);
    ok = ok && (options.dry_run || prune(&options, &outcome, error));
    if (ok) {
        print(&options, &outcome, &out);
    }
    location_release(&location);
    return ok ? command_finish(&out, 0, error) : -1;
}

const Command cmd_prune = {
    .name = "prune",
    .usage = "[OPTIONS]",
    .summary = "remove old runs and roll up old intervals",
    .details =
        "Removes runs that ended more than so many days ago, with all that belongs to "
        "them,\n"
        "and makes minutes, hours and days of the history of the others: their sums and\n"
        "percentiles stay, their resolution in time gets coarser. Programs may run "
        "meanwhile.",
    .examples = "  tka prune --dry-run      what would go\n"
                "  tka prune --days 7       keep a week\n",
    .run = run};
