#include "subcommand.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "memory_groups.h"
#include "memory_profile.h"
#include "report_memory.h"
#include "report_memory_page.h"
#include "report_memory_tree.h"
#include "selection.h"

/* Rows on a terminal, where more would scroll the heading away. */
#define TERMINAL_ROWS 30
#define LIMIT_UNSET   UINT64_MAX

/* Percent of all bytes below which a branch of the tree is left out in text. */
#define TREE_MIN_SHARE 0.5

typedef struct MemoryOptions {
    Settings settings;
    const char *session, *by_text, *sort_text, *filter;
    bool all_sessions;
    uint64_t limit;
    double min_share; /* percent; negative: not given */
    MemoryBy by;
    MemorySort sort;
    const char *name; /* of one function; NULL: all */
} MemoryOptions;

static bool *keep_all_that_match(const MemoryProfile *profile, const char *glob)
{
    bool *kept = allocate_zeroed(profile->count, sizeof *kept);

    for (size_t i = 0; i < profile->count; i++) {
        kept[i] = !memory_item_is_inherited(&profile->items[i]) &&
                  (!glob || memory_item_matches(profile, &profile->items[i], glob));
    }
    return kept;
}

/* --- all functions ------------------------------------------------------------ */

static void print_groups(const MemoryOptions *options, const MemoryView *view, Text *out)
{
    bool *kept = keep_all_that_match(view->profile, options->filter);
    MemoryGroups groups = {0};

    memory_groups_make(&groups, view->profile, options->by, kept);
    memory_groups_sort(&groups, options->sort);
    switch (options->settings.format) {
    case FORMAT_TEXT:
        report_memory_text(view, &groups, out);
        break;
    case FORMAT_JSON:
        report_memory_json(view, &groups, out);
        break;
    case FORMAT_CSV:
        report_memory_csv(view, &groups, out);
        break;
    }
    memory_groups_release(&groups);
    free(kept);
}

static void print_tree(const MemoryOptions *options, MemoryProfile *profile,
                       const MemoryView *view, Text *out)
{
    Format format = options->settings.format;
    double text_share = options->min_share < 0 ? TREE_MIN_SHARE : options->min_share;

    if (options->filter) {
        calltree_filter(&profile->tree, options->filter);
    }
    calltree_prune(&profile->tree,
                   (format == FORMAT_TEXT || options->min_share >= 0 ? text_share : 0) /
                       100);
    switch (format) {
    case FORMAT_TEXT:
        report_memory_tree_text(view, out);
        break;
    case FORMAT_JSON:
        report_memory_tree_json(view, out);
        break;
    case FORMAT_CSV:
        report_memory_tree_csv(view, out);
        break;
    }
}

/* --- one function --------------------------------------------------------------- */

/* Functions of this name; else those that it is a part of, if that is one. */
static bool *keep_named(const MemoryProfile *profile, const char *name, Error *error)
{
    bool *kept = allocate_zeroed(profile->count, sizeof *kept);
    MemoryGroups groups = {0};
    bool found = false;

    for (size_t i = 0; i < profile->count; i++) {
        kept[i] = !memory_item_is_inherited(&profile->items[i]) &&
                  memory_item_is_of(profile, &profile->items[i], name);
        found = found || kept[i];
    }
    if (found) {
        return kept;
    }
    free(kept);
    kept = keep_all_that_match(profile, name);
    memory_groups_make(&groups, profile, MEMORY_BY_FUNCTION, kept);
    if (groups.count == 0) {
        error_set(error, STATUS_FAILURE, "\"%s\" allocated nothing; see tka memory",
                  name);
    } else if (groups.count > 1) {
        char *first = report_memory_name(
            profile, memory_group_item(&groups, profile, &groups.items[0]));
        char *second = report_memory_name(
            profile, memory_group_item(&groups, profile, &groups.items[1]));

        error_set(error, STATUS_FAILURE, "\"%s\" could be %.100s, %.100s%s; name one",
                  name, first, second, groups.count > 2 ? " or others" : "");
        free(first);
        free(second);
    }
    if (groups.count != 1) {
        free(kept);
        kept = NULL;
    }
    memory_groups_release(&groups);
    return kept;
}

static bool print_page(const MemoryOptions *options, Database *database,
                       const MemoryView *view, Text *out, Error *error)
{
    bool *kept = keep_named(view->profile, options->name, error);
    MemoryPage page = {0};
    bool ok = kept && memory_page_load(&page, view, kept, database, error);

    if (ok) {
        switch (options->settings.format) {
        case FORMAT_TEXT:
            report_memory_page_text(&page, out);
            break;
        case FORMAT_JSON:
            report_memory_page_json(&page, out);
            break;
        case FORMAT_CSV:
            report_memory_page_csv(&page, out);
            break;
        }
    }
    memory_page_release(&page);
    free(kept);
    return ok;
}

/* --- running --------------------------------------------------------------------- */

static bool print(const MemoryOptions *options, Database *database, Text *out,
                  Error *error)
{
    Selection selection = {0};
    MemoryProfile profile = {0};
    bool scrolls =
        options->settings.format == FORMAT_TEXT && options->settings.terminal.is_terminal;
    MemoryView view = {.profile = &profile,
                       .selection = &selection,
                       .terminal = &options->settings.terminal,
                       .by = options->by,
                       .limit = options->limit != LIMIT_UNSET ? options->limit
                                : scrolls                     ? TERMINAL_ROWS
                                                              : 0};
    bool ok =
        options->all_sessions
            ? selection_all(&selection, database, error)
            : selection_session(&selection, database,
                                options->session ? options->session : "last", error);

    ok = ok && memory_profile_load(&profile, database, &selection.ids, error);
    if (ok) {
        memory_profile_symbolize(&profile);
        if (options->name) {
            ok = print_page(options, database, &view, out, error);
        } else if (options->by == MEMORY_BY_PATH) {
            print_tree(options, &profile, &view, out);
        } else {
            print_groups(options, &view, out);
        }
    }
    memory_profile_release(&profile);
    selection_release(&selection);
    return ok;
}

static bool check_options(MemoryOptions *options, const CommandLine *line, Error *error)
{
    static const char *const names[] = {"function", "path", "place"};

    if (options->session && options->all_sessions) {
        return error_set(error, STATUS_USAGE,
                         "--session and --all-sessions exclude each other");
    }
    if (options->sort_text && !memory_sort_key(options->sort_text, &options->sort)) {
        return error_set(error, STATUS_USAGE, "--sort \"%s\": it is one of %s",
                         options->sort_text, memory_sort_keys);
    }
    if (line->count > 1) {
        return error_set(error, STATUS_USAGE, "\"%s\": name one function",
                         line->arguments[1]);
    }
    options->name = line->count ? line->arguments[0] : NULL;
    for (size_t i = 0; options->by_text && i < 3; i++) {
        if (!strcmp(options->by_text, names[i])) {
            options->by = (MemoryBy)i;
            options->by_text = NULL;
        }
    }
    return !options->by_text ||
           error_set(error, STATUS_USAGE, "--by \"%s\": it is function, path or place",
                     options->by_text);
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    MemoryOptions options = {.limit = LIMIT_UNSET, .min_share = -1};
    const Option own[] = {
        {"session", 's', OPTION_STRING, &options.session, "ID|NAME|last",
         "a run with its stretches, or a stretch (default: the\nlast run)"},
        {"all-sessions", 'a', OPTION_FLAG, &options.all_sessions, NULL,
         "all sessions together"},
        {"by", 'b', OPTION_STRING, &options.by_text, "function|path|place",
         "a row per function (default), the call tree, or a row\nper line of code"},
        {"sort", 0, OPTION_STRING, &options.sort_text, "KEY",
         "bytes (default), live, peak, at-peak, allocations,\ncopied"},
        {"filter", 'f', OPTION_STRING, &options.filter, "GLOB",
         "functions whose name or file matches; without * or ?:\ncontains the text"},
        {"limit", 'n', OPTION_COUNT, &options.limit, "N",
         "at most N rows; 0: all (default: 30 on a terminal)"},
        {"min-share", 0, OPTION_REAL, &options.min_share, "PERCENT",
         "of the tree, leave out branches below this share of\nthe bytes (default: 0.5 "
         "in "
         "text, else 0)"},
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
    ok = print(&options, database, &out, error);
    database_close(database);
    if (!ok) {
        text_release(&out);
        return -1;
    }
    return command_finish(&out, 0, error);
}

const Command cmd_memory = {
    .name = "memory",
    .usage = "[OPTIONS] [FUNCTION]",
    .summary = "where memory goes: by function, call path and place",
    .details =
        "Prints one row per function: what it allocated (exact), what of it lives, its\n"
        "peak, how much was freed at once, and what realloc() copied. Memory is "
        "recorded\n"
        "by programs that have libtka-mem, by link or by `tka run --memory=sampled`. "
        "With\n"
        "FUNCTION: its paths and places, sizes, and what lived over time.",
    .examples = "  tka memory                      the last run, most allocated first\n"
                "  tka memory --sort live          what is still there\n"
                "  tka memory --by path            who called whom\n"
                "  tka memory parse_header         everything about one function\n"
                "  tka memory --format json | jq '.functions[0]'\n",
    .run = run};
