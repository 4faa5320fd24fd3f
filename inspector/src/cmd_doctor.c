#define _GNU_SOURCE
#include "subcommand.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tka/store.h>

#include "allocation.h"
#include "binary_scan.h"
#include "coverage.h"
#include "coverage_summary.h"
#include "csv_writer.h"
#include "database_events.h"
#include "database_memory.h"
#include "installation.h"
#include "profile.h"
#include "recovery.h"
#include "report_coverage.h"
#include "report_json.h"
#include "report_text.h"
#include "selection.h"

typedef struct DoctorOptions {
    Settings settings;
    const char *session;
    bool all_sessions, strict;
    uint64_t limit;
} DoctorOptions;

/* All that doctor found out. */
typedef struct Diagnosis {
    CheckList checks;
    Selection selection;
    Profile profile;
    Coverage coverage;
    CoverageSummary summary;
    ScanCount scan;
    bool has_profile;
} Diagnosis;

static void diagnosis_release(Diagnosis *diagnosis)
{
    check_list_release(&diagnosis->checks);
    selection_release(&diagnosis->selection);
    profile_release(&diagnosis->profile);
    coverage_release(&diagnosis->coverage);
    coverage_summary_release(&diagnosis->summary);
}

/* --- finding out ---------------------------------------------------------- */

static void finish_coverage(Diagnosis *diagnosis)
{
    coverage_summarize(&diagnosis->summary, &diagnosis->coverage);
    coverage_finish(&diagnosis->coverage);
}

static void check_losses(Diagnosis *diagnosis)
{
    for (size_t i = 0; i < diagnosis->profile.processes.count; i++) {
        const Process *process = &diagnosis->profile.processes.items[i];

        if (*process->note) {
            check_add(&diagnosis->checks, CHECK_BAD, "recording", "process %lld: %s",
                      (long long)process->pid, process->note);
        }
        if (process->lost_calls || process->lost_samples) {
            check_add(&diagnosis->checks, CHECK_BAD, "recording",
                      "process %lld lost %llu calls and %llu timings",
                      (long long)process->pid, (unsigned long long)process->lost_calls,
                      (unsigned long long)process->lost_samples);
        }
        if (process->lost_paths) {
            check_add(&diagnosis->checks, CHECK_WARN, "recording",
                      "process %lld cut %llu call paths short", (long long)process->pid,
                      (unsigned long long)process->lost_paths);
        }
    }
}

/* Functions whose calls are not counted any more. */
static void check_switched_off(Diagnosis *diagnosis)
{
    for (size_t i = 0; i < diagnosis->profile.count; i++) {
        const ProfileRow *row = &diagnosis->profile.rows[i];

        if (row->off_reason == OFF_BUDGET) {
            check_add(
                &diagnosis->checks, CHECK_WARN, "suspended",
                "%s: counting cost more than the budget; leave it out (tka advise), or "
                "raise TKA_PROFILING_OVERHEAD_THRESHOLD",
                row->function.name);
        } else if (row->off_reason == OFF_REQUEST) {
            check_add(&diagnosis->checks, CHECK_WARN, "switched off",
                      "%s: on request; its later calls were not counted",
                      row->function.name);
        }
    }
}

static bool note_sample(void *context, const SystemSample *sample)
{
    (void)sample;
    *(bool *)context = true;
    return false;
}

/* A process that ran for less may have ended before its first interval. */
#define METRICS_EXPECTED_NS 1000000000

static bool check_events(Diagnosis *diagnosis, Database *database, Error *error)
{
    const SessionIds *ids = &diagnosis->selection.ids;
    SlowCounts counts = {0};
    bool ok = true;

    for (size_t i = 0; ok && i < ids->count; i++) {
        ok = database_slow_counts(database, ids->items[i], &counts, error);
    }
    if (counts.counted > counts.captured) {
        check_add(&diagnosis->checks, CHECK_WARN, "slow calls",
                  "%llu over the bottleneck threshold, %llu of them kept for tka slow",
                  (unsigned long long)counts.counted,
                  (unsigned long long)counts.captured);
    }
    for (size_t i = 0; ok && i < diagnosis->profile.processes.count; i++) {
        const Process *process = &diagnosis->profile.processes.items[i];
        bool has_metrics = false;

        ok = database_system_samples(database, process->id, note_sample, &has_metrics,
                                     error);
        if (ok && !has_metrics && process->wall_ns >= METRICS_EXPECTED_NS) {
            check_add(&diagnosis->checks, CHECK_WARN, "system",
                      "process %lld has no system metrics: switched off, or it did not "
                      "get to store any",
                      (long long)process->pid);
        }
    }
    return ok;
}

/* The mode of each process with memory, and what it could not note. */
static bool check_memory(void *context, const MemoryProcess *process)
{
    CheckList *checks = context;

    check_add(checks, CHECK_OK, "memory", "process %lld: %s, %lld frees noted, %s",
              (long long)process->pid, process->mode, (long long)process->released,
              process->has_verdict ? "leaks told" : "no verdict on leaks");
    if (process->lost_rows || process->lost_samples) {
        check_add(checks, CHECK_BAD, "memory",
                  "process %lld could not note %lld allocations and %lld samples",
                  (long long)process->pid, (long long)process->lost_rows,
                  (long long)process->lost_samples);
    }
    return true;
}

static bool load_sessions(const DoctorOptions *options, Database *database,
                          Diagnosis *diagnosis, Error *error)
{
    Selection *selection = &diagnosis->selection;
    bool ok =
        options->all_sessions
            ? selection_all(selection, database, error)
            : selection_session(selection, database,
                                options->session ? options->session : "last", error);

    ok = ok && profile_load(&diagnosis->profile, database, &selection->ids, error) &&
         coverage_load(&diagnosis->coverage, database, &selection->ids, error);
    if (ok) {
        diagnosis->has_profile = true;
        profile_sort(&diagnosis->profile, SORT_OVERHEAD);
        finish_coverage(diagnosis);
        check_losses(diagnosis);
        check_switched_off(diagnosis);
        ok = check_events(diagnosis, database, error);
    }
    if (ok && selection->single) {
        ok = database_memory_processes(database, selection->ids.items[0], check_memory,
                                       &diagnosis->checks, error);
    }
    return ok;
}

/* Without a database, or with one that has no run yet, there is still the
 * installation to look at: only a session asked for must exist. */
static bool diagnose_data(const DoctorOptions *options, Diagnosis *diagnosis,
                          Error *error)
{
    Location location = {0};
    Database *database;
    Text notes = {0};
    bool ok = true;

    if (!location_find(options->settings.database, options->settings.data_dir, &location,
                       error)) {
        check_add(&diagnosis->checks, CHECK_WARN, "data folder", "%s", error->text);
        return !options->session;
    }
    recovery_fold(&location, &notes);
    for (char *rest = notes.data, *line; rest && (line = strsep(&rest, "\n")) && *line;) {
        check_add(&diagnosis->checks, strstr(line, "could not") ? CHECK_BAD : CHECK_OK,
                  "recovery", "%s", line + strlen("tka: "));
    }
    text_release(&notes);
    database = database_open(location.database, error);
    installation_check_data(&diagnosis->checks, &location, database, error->text);
    if (database) {
        ok = load_sessions(options, database, diagnosis, error) || !options->session;
    }
    database_close(database);
    location_release(&location);
    return ok;
}

/* --- telling -------------------------------------------------------------- */

static void add_checks_text(const CheckList *checks, const Terminal *terminal, Text *out)
{
    static const char *const words[] = {"ok  ", "warn", "bad "};
    static const Style styles[] = {STYLE_GOOD, STYLE_WARM, STYLE_HOT};

    terminal_format(terminal, out, STYLE_BOLD, "Installation");
    text_char(out, '\n');
    for (size_t i = 0; i < checks->count; i++) {
        const Check *check = &checks->items[i];

        text_put(out, "  ");
        terminal_format(terminal, out, styles[check->state], "%s", words[check->state]);
        text_format(out, "  %-12s ", check->title);
        terminal_printable(terminal, out, check->text, 0);
        text_char(out, '\n');
    }
}

static void add_coverage_text(const DoctorOptions *options, const Diagnosis *diagnosis,
                              bool ran, Text *out)
{
    const Terminal *terminal = &options->settings.terminal;

    coverage_heading(&diagnosis->coverage, ran, terminal, out);
    coverage_summary_text(&diagnosis->summary, options->limit, terminal, out);
    coverage_text(&diagnosis->coverage, ran, options->limit, terminal, out);
}

static void add_checks_json(Json *json, const CheckList *checks)
{
    static const char *const words[] = {"ok", "warn", "bad"};

    json_array(json, "checks");
    for (size_t i = 0; i < checks->count; i++) {
        json_object(json, NULL);
        json_text(json, "state", words[checks->items[i].state]);
        json_text(json, "title", checks->items[i].title);
        json_text(json, "text", checks->items[i].text);
        json_end(json);
    }
    json_end(json);
}

static void print_json(const DoctorOptions *options, const Diagnosis *diagnosis,
                       Text *out)
{
    Json json = {.out = out};

    if (diagnosis->has_profile) {
        report_json_begin(&json, &diagnosis->profile, &diagnosis->selection);
    } else {
        json_object(&json, NULL);
        json_integer(&json, "schema_version", TKA_SCHEMA_VERSION);
    }
    add_checks_json(&json, &diagnosis->checks);
    coverage_json(&json, &diagnosis->coverage, diagnosis->has_profile);
    coverage_summary_json(&json, &diagnosis->summary);
    if (diagnosis->has_profile) {
        probes_json(&json, &diagnosis->profile, options->limit);
    }
    json_end(&json);
}

static void print_text(const DoctorOptions *options, const Diagnosis *diagnosis,
                       Text *out)
{
    const Terminal *terminal = &options->settings.terminal;

    add_checks_text(&diagnosis->checks, terminal, out);
    if (diagnosis->has_profile) {
        text_char(out, '\n');
        report_text_heading(&diagnosis->profile, &diagnosis->selection, terminal, out);
        add_coverage_text(options, diagnosis, true, out);
        probes_text(&diagnosis->profile, options->limit, terminal, out);
    }
}

static int conclude(const DoctorOptions *options, Diagnosis *diagnosis, Error *error)
{
    bool finding = diagnosis->checks.bad || diagnosis->scan.damaged ||
                   (options->strict && diagnosis->coverage.skipped);
    Text out = {0};

    switch (options->settings.format) {
    case FORMAT_TEXT:
        print_text(options, diagnosis, &out);
        break;
    case FORMAT_JSON:
        print_json(options, diagnosis, &out);
        break;
    case FORMAT_CSV:
        coverage_csv(&diagnosis->coverage, diagnosis->has_profile, &out);
        break;
    }
    return command_finish(&out, finding ? STATUS_FINDING : 0, error);
}

/* --- files ---------------------------------------------------------------- */

static void add_scan_text(const ScanCount *scan, Text *out)
{
    text_format(out, "%zu file%s read, %zu with annotations", scan->files,
                scan->files == 1 ? "" : "s", scan->with);
    if (scan->damaged) {
        text_format(out, ", %zu damaged", scan->damaged);
    }
    if (scan->foreign) {
        text_format(out, ", %zu not 64-bit little-endian", scan->foreign);
    }
    if (scan->lto) {
        text_format(out, ", %zu compiled at link time (look at the linked file)",
                    scan->lto);
    }
    if (scan->unknown) {
        text_format(out, ", %zu annotations of another version of TKA", scan->unknown);
    }
    text_char(out, '\n');
    if (scan->memory) {
        text_format(out, "%zu with libtka-mem, which notes allocations\n", scan->memory);
    }
    if (scan->runtimeless) {
        text_format(out,
                    "%zu program%s probes but not the runtime, and will record nothing: "
                    "link with tka-cc\n",
                    scan->runtimeless, scan->runtimeless == 1 ? " has" : "s have");
    }
}

static void add_scan_json(Json *json, const ScanCount *scan)
{
    json_object(json, "files");
    json_count(json, "read", scan->files);
    json_count(json, "annotated", scan->with);
    json_count(json, "damaged", scan->damaged);
    json_count(json, "foreign", scan->foreign);
    json_count(json, "link_time", scan->lto);
    json_count(json, "unknown_annotations", scan->unknown);
    json_count(json, "without_runtime", scan->runtimeless);
    json_count(json, "with_memory", scan->memory);
    json_end(json);
}

static int print_scan(const DoctorOptions *options, const Diagnosis *diagnosis,
                      Error *error)
{
    bool finding = diagnosis->scan.damaged || diagnosis->scan.unknown ||
                   diagnosis->scan.runtimeless ||
                   (options->strict && diagnosis->coverage.skipped);
    Text out = {0};
    Json json = {.out = &out};

    switch (options->settings.format) {
    case FORMAT_TEXT:
        add_scan_text(&diagnosis->scan, &out);
        add_coverage_text(options, diagnosis, false, &out);
        break;
    case FORMAT_JSON:
        json_object(&json, NULL);
        json_integer(&json, "schema_version", TKA_SCHEMA_VERSION);
        add_scan_json(&json, &diagnosis->scan);
        coverage_json(&json, &diagnosis->coverage, false);
        coverage_summary_json(&json, &diagnosis->summary);
        json_end(&json);
        break;
    case FORMAT_CSV:
        coverage_csv(&diagnosis->coverage, false, &out);
        break;
    }
    return command_finish(&out, finding ? STATUS_FINDING : 0, error);
}

static int examine_files(const DoctorOptions *options, const CommandLine *line,
                         Diagnosis *diagnosis, Error *error)
{
    for (int i = 0; i < line->count; i++) {
        if (!binary_scan(line->arguments[i], &diagnosis->coverage, &diagnosis->scan,
                         error)) {
            return -1;
        }
    }
    finish_coverage(diagnosis);
    return print_scan(options, diagnosis, error);
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    DoctorOptions options = {.limit = 10};
    const Option own[] = {{"session", 's', OPTION_STRING, &options.session,
                           "ID|NAME|last",
                           "which session's annotations (default: the last run)"},
                          {"all-sessions", 'a', OPTION_FLAG, &options.all_sessions, NULL,
                           "annotations and calls of all sessions"},
                          {"limit", 'n', OPTION_COUNT, &options.limit, "N",
                           "rows of each list in text; 0: all (default: 10)"},
                          {"strict", 0, OPTION_FLAG, &options.strict, NULL,
                           "a skipped annotation is a finding: exit status 1"},
                          {0}};
    CommandLine line = {arguments, count, false};
    Parsed parsed = command_parse(self, own, ORDER_ANY, &line, &options.settings, error);
    Diagnosis diagnosis = {0};
    int status = -1;

    if (parsed != PARSED_RUN) {
        return parsed == PARSED_HELP ? 0 : -1;
    }
    if (line.count) {
        status = examine_files(&options, &line, &diagnosis, error);
    } else {
        installation_check(&diagnosis.checks);
        if (diagnose_data(&options, &diagnosis, error)) {
            status = conclude(&options, &diagnosis, error);
        }
    }
    diagnosis_release(&diagnosis);
    return status;
}

const Command cmd_doctor = {
    .name = "doctor",
    .usage = "[OPTIONS] [FILE|FOLDER...]",
    .summary = "what is instrumented, what is skipped and why, what is wrong",
    .details =
        "Without a file: checks the installation and the data, and lists what the last\n"
        "run's build annotated: instrumented, skipped with the reason, never called, "
        "and\n"
        "whose probes cost most. With files or folders: reads programs, libraries,\n"
        "objects and archives and tells what is annotated in them, without a run.\n"
        "Exit status 1 when something is wrong.",
    .examples = "  tka doctor                  the installation and the last run\n"
                "  tka doctor build/           everything that was built\n"
                "  tka doctor --strict ./app   exit 1 if an annotation was skipped\n",
    .run = run};
