#include "subcommand.h"

#include <stdio.h>
#include <string.h>

#include "calltree.h"
#include "memory_profile.h"
#include "profile.h"
#include "report_csv.h"
#include "report_groups.h"
#include "report_json.h"
#include "report_text.h"
#include "report_tree.h"
#include "selection.h"

/* Rows of a table on a terminal, where more would scroll the heading away. */
#define TERMINAL_ROWS 30
#define LIMIT_UNSET   UINT64_MAX

/* Percent of the whole below which a branch of the tree is left out in text. */
#define TREE_MIN_SHARE 0.5

typedef struct ReportOptions {
    Settings settings;
    const char *session, *sort, *filter, *group_by;
    bool all_sessions, tree;
    uint64_t limit;
    double min_share; /* percent; negative: not given */
    SortKey key;
    GroupBy group;
} ReportOptions;

/* What a report is made from. */
typedef struct Material {
    Selection selection;
    Profile profile;
    CallTree tree;
    MemoryProfile memory; /* for JSON */
} Material;

static void print_rows(const ReportOptions *options, const Material *material,
                       uint64_t limit, Text *out)
{
    const Terminal *terminal = &options->settings.terminal;

    switch (options->settings.format) {
    case FORMAT_TEXT:
        report_text(&material->profile, &material->selection, terminal, limit, out);
        break;
    case FORMAT_JSON:
        report_json(&material->profile, &material->selection, &material->memory, limit,
                    out);
        break;
    case FORMAT_CSV:
        report_csv(&material->profile, limit, out);
        break;
    }
}

static void print_groups(const ReportOptions *options, const Material *material,
                         uint64_t limit, Text *out)
{
    const Profile *profile = &material->profile;
    GroupList groups = {0};

    groups_make(profile, options->group, &groups);
    switch (options->settings.format) {
    case FORMAT_TEXT:
        groups_text(&groups, profile, &material->selection, &options->settings.terminal,
                    limit, out);
        break;
    case FORMAT_JSON:
        groups_json(&groups, profile, &material->selection, limit, out);
        break;
    case FORMAT_CSV:
        groups_csv(&groups, profile, limit, out);
        break;
    }
    groups_release(&groups);
}

static void print_tree(const ReportOptions *options, Material *material, Text *out)
{
    Format format = options->settings.format;
    double text_share = options->min_share < 0 ? TREE_MIN_SHARE : options->min_share;

    if (options->filter) {
        calltree_filter(&material->tree, options->filter);
    }
    calltree_prune(&material->tree,
                   (format == FORMAT_TEXT || options->min_share >= 0 ? text_share : 0) /
                       100);
    switch (format) {
    case FORMAT_TEXT:
        report_tree_text(&material->tree, &material->profile, &material->selection,
                         &options->settings.terminal, out);
        break;
    case FORMAT_JSON:
        report_tree_json(&material->tree, &material->profile, &material->selection, out);
        break;
    case FORMAT_CSV:
        report_tree_csv(&material->tree, out);
        break;
    }
}

static void print(const ReportOptions *options, Material *material, Text *out)
{
    bool scrolls =
        options->settings.format == FORMAT_TEXT && options->settings.terminal.is_terminal;
    uint64_t limit = options->limit != LIMIT_UNSET ? options->limit
                     : scrolls                     ? TERMINAL_ROWS
                                                   : 0;

    if (options->tree) {
        print_tree(options, material, out);
        return;
    }
    if (options->filter) {
        profile_filter(&material->profile, options->filter);
    }
    profile_sort(&material->profile, options->key);
    if (options->group != GROUP_NONE) {
        print_groups(options, material, limit, out);
    } else {
        print_rows(options, material, limit, out);
    }
}

static bool make_report(const ReportOptions *options, Database *database, Text *out,
                        Error *error)
{
    Material material = {.tree.first_root = NO_NODE};
    Selection *selection = &material.selection;
    bool ok =
        options->all_sessions
            ? selection_all(selection, database, error)
            : selection_session(selection, database,
                                options->session ? options->session : "last", error);

    ok = ok && profile_load(&material.profile, database, &selection->ids, error) &&
         (!options->tree ||
          calltree_load(&material.tree, database, &selection->ids, error));
    if (ok && options->settings.format == FORMAT_JSON) {
        ok = memory_profile_load(&material.memory, database, &selection->ids, error);
    }
    if (ok) {
        print(options, &material, out);
    }
    memory_profile_release(&material.memory);
    calltree_release(&material.tree);
    profile_release(&material.profile);
    selection_release(selection);
    return ok;
}

static bool set_group(ReportOptions *options, Error *error)
{
    if (!options->group_by) {
        return true;
    }
    if (options->tree) {
        return error_set(error, STATUS_USAGE, "--tree and --group-by exclude each other");
    }
    options->group = !strcmp(options->group_by, "file")        ? GROUP_FILE
                     : !strcmp(options->group_by, "class")     ? GROUP_CLASS
                     : !strcmp(options->group_by, "namespace") ? GROUP_NAMESPACE
                                                               : GROUP_NONE;
    return options->group != GROUP_NONE ||
           error_set(error, STATUS_USAGE,
                     "--group-by \"%s\": it is file, class or namespace",
                     options->group_by);
}

static bool check_options(ReportOptions *options, Error *error)
{
    if (options->session && options->all_sessions) {
        return error_set(error, STATUS_USAGE,
                         "--session and --all-sessions exclude each "
                         "other");
    }
    if (options->sort && !profile_sort_key(options->sort, &options->key)) {
        return error_set(error, STATUS_USAGE, "--sort \"%s\": it is one of %s",
                         options->sort, profile_sort_keys);
    }
    return set_group(options, error);
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    ReportOptions options = {.limit = LIMIT_UNSET, .min_share = -1, .key = SORT_SELF};
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
        {"tree", 't', OPTION_FLAG, &options.tree, NULL, "call paths as a tree"},
        {"min-share", 0, OPTION_REAL, &options.min_share, "PERCENT",
         "of the tree, leave out branches below this share of\nthe time (default: 0.5 in "
         "text, else 0)"},
        {"group-by", 'g', OPTION_STRING, &options.group_by, "file|class|namespace",
         "self time by source file, or by class or namespace"},
        {0}};
    CommandLine line = {arguments, count, false};
    Parsed parsed = command_parse(self, own, ORDER_ANY, &line, &options.settings, error);
    Database *database;
    Text out = {0};
    bool ok;

    if (parsed != PARSED_RUN) {
        return parsed == PARSED_HELP ? 0 : -1;
    }
    if (!command_no_operands(self, &line, error) || !check_options(&options, error) ||
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
        "  tka report --tree                   who called whom\n"
        "  tka report --format json | jq '.functions[0]'\n",
    .run = run};
