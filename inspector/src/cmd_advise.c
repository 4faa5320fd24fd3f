#include "subcommand.h"

#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "profile.h"
#include "report_advice.h"
#include "rules_file.h"
#include "selection.h"

/* Percent, where sessions of different thresholds are taken together. */
#define DEFAULT_BUDGET 1.0

typedef struct AdviseOptions {
    Settings settings;
    const char *session, *rules_file;
    bool all_sessions;
    uint64_t limit;
    double budget; /* percent; negative: not given */
} AdviseOptions;

static bool choose_sessions(const AdviseOptions *options, Database *database,
                            Selection *selection, Error *error)
{
    if (options->all_sessions) {
        return selection_all(selection, database, error);
    }
    if (!selection_session(selection, database,
                           options->session ? options->session : "last", error)) {
        return false;
    }
    return !selection->session.parent_id ||
           error_set(error, STATUS_USAGE,
                     "session %lld is a stretch, whose CPU time is not known; its run is "
                     "--session %lld",
                     (long long)selection->session.id,
                     (long long)selection->session.parent_id);
}

/* The runtime steers timing where it draws the calls that it times. */
static AdviceTerms terms_of(const AdviseOptions *options, const Selection *selection)
{
    const Session *session = &selection->session;
    double threshold = selection->single ? session->overhead_threshold : 0;
    bool sampled = selection->single && !strcmp(session->mode, "sampled");
    double budget = options->budget >= 0 ? options->budget
                    : threshold > 0      ? threshold
                                         : DEFAULT_BUDGET;

    return (AdviceTerms){budget / 100, sampled ? threshold / 100 : 0};
}

static bool write_rules(const AdviseOptions *options, const Advice *advice,
                        const Selection *selection, Error *error)
{
    Text existing = {0}, lines = {0};
    bool ok = rules_file_read(options->rules_file, &existing, error);
    size_t count = 0;

    if (ok) {
        if (existing.size) {
            text_put(&lines, existing.data[existing.size - 1] == '\n' ? "\n" : "\n\n");
        }
        count = advice_rules(advice, selection, existing.data, &lines);
        ok = (existing.data && !count) ||
             rules_file_add(options->rules_file, &lines, error);
    }
    if (ok) {
        fprintf(stderr, "%zu rule%s %s %s\n", count, count == 1 ? "" : "s",
                existing.size ? "added to" : "written to", options->rules_file);
    }
    text_release(&existing);
    text_release(&lines);
    return ok;
}

static void print(const AdviseOptions *options, const Advice *advice,
                  const Profile *profile, const Selection *selection, Text *out)
{
    switch (options->settings.format) {
    case FORMAT_TEXT:
        advice_text(advice, profile, selection, &options->settings.terminal,
                    options->limit, out);
        break;
    case FORMAT_JSON:
        advice_json(advice, profile, selection, options->rules_file, out);
        break;
    case FORMAT_CSV:
        advice_csv(advice, profile, out);
        break;
    }
}

/* 1: above the budget; 0: not; -1: error. */
static int advise(const AdviseOptions *options, Database *database, Text *out,
                  Error *error)
{
    Selection selection = {0};
    Profile profile = {0};
    Advice advice = {0};
    AdviceTerms terms;
    int status = -1;

    if (!choose_sessions(options, database, &selection, error) ||
        !profile_load(&profile, database, &selection.ids, error)) {
        goto out;
    }
    if (overhead_share(&profile.overhead) < 0) {
        error_set(
            error, STATUS_FAILURE,
            "the CPU time of the session is not known, so neither is the share that "
            "probes had");
        goto out;
    }
    terms = terms_of(options, &selection);
    advice_make(&advice, &profile, &terms);
    if (options->rules_file && !write_rules(options, &advice, &selection, error)) {
        goto out;
    }
    print(options, &advice, &profile, &selection, out);
    status = advice.now.share > advice.budget ? STATUS_FINDING : 0;
out:
    advice_release(&advice);
    profile_release(&profile);
    selection_release(&selection);
    return status;
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    AdviseOptions options = {.limit = 20, .budget = -1};
    const Option own[] = {
        {"session", 's', OPTION_STRING, &options.session, "ID|NAME|last",
         "the run to judge by (default: the last)"},
        {"all-sessions", 'a', OPTION_FLAG, &options.all_sessions, NULL,
         "all runs together"},
        {"budget", 'b', OPTION_REAL, &options.budget, "PERCENT",
         "of the CPU time that probes may cost (default: the\nsession's "
         "TKA_PROFILING_OVERHEAD_THRESHOLD, 1)"},
        {"write-rules", 'w', OPTION_STRING, &options.rules_file, "FILE",
         "rules for tka-cc that leave these functions out;\nadded to the rules that FILE "
         "has"},
        {"limit", 'n', OPTION_COUNT, &options.limit, "N",
         "at most N functions in text; 0: all (default: 20)"},
        {0}};
    CommandLine line = {arguments, count, false};
    Parsed parsed = command_parse(self, own, ORDER_ANY, &line, &options.settings, error);
    Database *database;
    Text out = {0};
    int status;

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
    status = advise(&options, database, &out, error);
    database_close(database);
    if (status < 0) {
        text_release(&out);
        return -1;
    }
    return command_finish(&out, status, error);
}

const Command cmd_advise = {
    .name = "advise",
    .usage = "[OPTIONS]",
    .summary = "what to leave uninstrumented, and what probes will cost then",
    .details =
        "Names the functions whose probes cost more than they tell, until the rest "
        "costs\n"
        "less than the budget, and predicts the next run's overhead. Critical paths are\n"
        "never among them. Exit status 1 when the run was above the budget.",
    .examples =
        "  tka advise                          the last run, its own budget\n"
        "  tka advise --budget 5 -w tka.rules  until 5 %, as rules for tka-cc\n"
        "  make CC=\"tka-cc --all --rules tka.rules gcc\"    the build to follow\n",
    .run = run};
