#include "subcommand.h"

#include "cache_list.h"
#include "cache_metrics.h"
#include "report_caches.h"
#include "selection.h"

typedef struct CachesOptions {
    Settings settings;
    const char *session, *filter, *name; /* name: of the one to show */
    bool all_sessions, check;
} CachesOptions;

static void print_one(const CachesOptions *options, const Cache *cache,
                      const Selection *selection, Text *out)
{
    CacheList one = {.caches = (Cache *)cache, .count = 1};

    if (options->settings.metrics) {
        cache_metrics_add(&one, out);
        return;
    }
    switch (options->settings.format) {
    case FORMAT_TEXT:
        report_cache_text(cache, selection, &options->settings.terminal, out);
        break;
    case FORMAT_JSON:
        report_caches_json(&one, selection, out);
        break;
    case FORMAT_CSV:
        report_caches_csv(&one, out);
        break;
    }
}

static void print_list(const CachesOptions *options, const CacheList *list,
                       const Selection *selection, Text *out)
{
    if (options->settings.metrics) {
        cache_metrics_add(list, out);
        return;
    }
    switch (options->settings.format) {
    case FORMAT_TEXT:
        report_caches_text(list, selection, &options->settings.terminal, out);
        break;
    case FORMAT_JSON:
        report_caches_json(list, selection, out);
        break;
    case FORMAT_CSV:
        report_caches_csv(list, out);
        break;
    }
}

static bool print(const CachesOptions *options, CacheList *list,
                  const Selection *selection, Text *out, Error *error)
{
    const Cache *cache = NULL;

    if (options->filter) {
        cache_list_filter(list, options->filter);
    }
    if (options->name) {
        cache = cache_list_find(list, options->name);
        if (!cache) {
            return error_set(error, STATUS_FAILURE,
                             "no cache \"%s\" was used; `tka caches` lists those that were",
                             options->name);
        }
        print_one(options, cache, selection, out);
    } else {
        print_list(options, list, selection, out);
    }
    return true;
}

/* What --check looks at: the one cache, or all that are listed. */
static int find_status(const CachesOptions *options, const CacheList *list)
{
    const Cache *one = options->name ? cache_list_find(list, options->name) : NULL;

    for (size_t i = 0; options->check && i < list->count; i++) {
        if ((!one || one == &list->caches[i]) && cache_is_bad(&list->caches[i])) {
            return STATUS_FINDING;
        }
    }
    return 0;
}

static bool show(const CachesOptions *options, Database *database, Text *out, int *status,
                 Error *error)
{
    CacheList list = {0};
    Selection selection = {0};
    bool ok =
        options->all_sessions
            ? selection_all(&selection, database, error)
            : selection_session(&selection, database,
                                options->session ? options->session : "last", error);

    ok = ok && cache_list_load(&list, database, &selection.ids, error) &&
         print(options, &list, &selection, out, error);
    if (ok) {
        *status = find_status(options, &list);
    }
    selection_release(&selection);
    cache_list_release(&list);
    return ok;
}

static bool check_options(CachesOptions *options, const CommandLine *line, Error *error)
{
    if (options->session && options->all_sessions) {
        return error_set(error, STATUS_USAGE,
                         "--session and --all-sessions exclude each other");
    }
    if (line->count > 1) {
        return error_set(error, STATUS_USAGE, "unexpected \"%s\": name one cache",
                         line->arguments[1]);
    }
    options->name = line->count ? line->arguments[0] : NULL;
    return true;
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    CachesOptions options = {0};
    const Option own[] = {
        {"session", 's', OPTION_STRING, &options.session, "ID|NAME|last",
         "a run with its stretches, or a stretch (default: the\nlast run)"},
        {"all-sessions", 'a', OPTION_FLAG, &options.all_sessions, NULL,
         "all sessions together"},
        {"filter", 'f', OPTION_STRING, &options.filter, "GLOB",
         "caches whose name matches; without * or ?: contains the\ntext"},
        {"check", 0, OPTION_FLAG, &options.check, NULL,
         "exit with 1 if one is never hit, useless or thrashing"},
        {0}};
    CommandLine line = {arguments, count, false};
    Parsed parsed = command_parse(self, own, ORDER_ANY, &line, &options.settings, error);
    Database *database;
    Text out = {0};
    int status = 0;
    bool ok;

    if (parsed != PARSED_RUN) {
        return parsed == PARSED_HELP ? 0 : -1;
    }
    if (!check_options(&options, &line, error) ||
        !(database = command_open(&options.settings, NULL, error))) {
        return -1;
    }
    ok = show(&options, database, &out, &status, error);
    database_close(database);
    if (!ok) {
        text_release(&out);
        return -1;
    }
    return command_finish(&out, status, error);
}

const Command cmd_caches = {
    .name = "caches",
    .usage = "[OPTIONS] [NAME]",
    .summary = "what each cache saves, and what another size would give",
    .details =
        "Lists the caches whose functions are marked with TKA_CACHE and the like: hit\n"
        "ratio, time saved, what twice the size would give, and which are never hit,\n"
        "useless (they save no time), thrashing or too small. With NAME: one cache, with\n"
        "its functions and other sizes. --format prometheus prints metrics by the names\n"
        "of Micrometer.",
    .examples =
        "  tka caches                      those of the last run\n"
        "  tka caches pages                one, in detail\n"
        "  tka caches --check              for CI: exit 1 if one is bad\n"
        "  tka caches --format prometheus  for a text file collector\n",
    .run = run,
    .has_metrics = true};
