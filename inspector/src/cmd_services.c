#include "subcommand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_service_graph.h"
#include "report_services.h"
#include "selection.h"
#include "service_findings.h"
#include "service_list.h"

#define TERMINAL_ROWS 40
#define LIMIT_UNSET   UINT64_MAX
#define THRESHOLD_MS  1.0

typedef struct ServicesOptions {
    Settings settings;
    const char *session, *sort, *filter, *graph, *allow;
    bool all_sessions, tree, timeline, check;
    uint64_t limit;
    double threshold_ms;
    ServiceOrder order;
    bool allowed[FINDING_KINDS];
} ServicesOptions;

static bool graph_is(const ServicesOptions *options, const char *format)
{
    return options->graph && !strcmp(options->graph, format);
}

static void print_rows(const ServicesOptions *options, const ServiceList *list,
                       const ServiceRows *rows, const Selection *selection, Text *out)
{
    const Terminal *terminal = &options->settings.terminal;
    uint64_t limit = options->limit == LIMIT_UNSET ? 0 : options->limit;

    if (graph_is(options, "dot")) {
        report_service_dot(list, rows, out);
    } else if (graph_is(options, "mermaid")) {
        report_service_mermaid(list, rows, out);
    } else if (options->settings.format == FORMAT_JSON) {
        report_services_json(list, rows, selection, out);
    } else if (options->settings.format == FORMAT_CSV) {
        if (options->tree) {
            report_service_tree_csv(list, out);
        } else if (options->timeline) {
            report_services_timeline_csv(list, limit, out);
        } else {
            report_services_csv(list, rows, out);
        }
    } else if (options->tree) {
        report_service_tree_text(list, selection, terminal, out);
    } else if (options->timeline) {
        report_services_timeline_text(list, selection, terminal, limit, out);
    } else {
        report_services_text(list, rows, selection, terminal, out);
    }
}

static void print(const ServicesOptions *options, const ServiceList *list,
                  const Selection *selection, Text *out)
{
    bool scrolls = options->settings.format == FORMAT_TEXT &&
                   options->settings.terminal.is_terminal && !options->graph;
    uint64_t limit = options->limit != LIMIT_UNSET ? options->limit
                     : scrolls                     ? TERMINAL_ROWS
                                                   : 0;
    size_t count;
    size_t *places = service_list_sorted(list, options->order, options->filter, &count);
    ServiceRows rows = {places, count, limit && limit < count ? (size_t)limit : count};

    print_rows(options, list, &rows, selection, out);
    free(places);
}

static int check(const ServicesOptions *options, const ServiceList *list)
{
    for (size_t i = 0; options->check && i < list->finding_count; i++) {
        if (!options->allowed[list->findings[i].kind]) {
            return STATUS_FINDING;
        }
    }
    return 0;
}

static bool show(const ServicesOptions *options, Database *database, Text *out,
                 int *status, Error *error)
{
    ServiceList list = {0};
    Selection selection = {0};
    bool ok =
        options->all_sessions
            ? selection_all(&selection, database, error)
            : selection_session(&selection, database,
                                options->session ? options->session : "last", error);

    ok = ok && service_list_load(&list, database, &selection.ids, error);
    if (ok) {
        service_list_judge(&list, options->threshold_ms * 1e6);
        print(options, &list, &selection, out);
        *status = check(options, &list);
    }
    selection_release(&selection);
    service_list_release(&list);
    return ok;
}

static bool set_order(ServicesOptions *options, Error *error)
{
    static const char *const names[] = {
        [SERVICES_BY_TOTAL] = "total", [SERVICES_BY_SELF] = "self",
        [SERVICES_BY_COUNT] = "count", [SERVICES_BY_P99] = "p99",
        [SERVICES_BY_START] = "start", [SERVICES_BY_NAME] = "name"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!options->sort || !strcmp(options->sort, names[i])) {
            options->order = (ServiceOrder)i;
            return true;
        }
    }
    return error_set(error, STATUS_USAGE,
                     "--sort \"%s\": it is total, self, count, p99, start or name",
                     options->sort);
}

static bool set_allowed(ServicesOptions *options, Error *error)
{
    const char *at = options->allow;

    while (at && *at) {
        size_t length = strcspn(at, ",");
        FindingKind kind;

        if (!finding_kind_from_name(at, length, &kind)) {
            return error_set(error, STATUS_USAGE,
                             "--allow \"%s\": a list of failure, cycle, captive, "
                             "transient, slow",
                             options->allow);
        }
        options->allowed[kind] = true;
        at += length + (at[length] == ',');
    }
    return true;
}

static bool check_options(ServicesOptions *options, Error *error)
{
    if (options->session && options->all_sessions) {
        return error_set(error, STATUS_USAGE,
                         "--session and --all-sessions exclude each other");
    }
    if (options->graph && !graph_is(options, "dot") && !graph_is(options, "mermaid")) {
        return error_set(error, STATUS_USAGE, "--graph \"%s\": it is dot or mermaid",
                         options->graph);
    }
    if (options->tree + options->timeline + (options->graph != NULL) > 1) {
        return error_set(error, STATUS_USAGE,
                         "--tree, --timeline and --graph exclude each other");
    }
    options->check = options->check || options->allow;
    return set_order(options, error) && set_allowed(options, error);
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    ServicesOptions options = {.limit = LIMIT_UNSET, .threshold_ms = THRESHOLD_MS};
    const Option own[] = {
        {"session", 's', OPTION_STRING, &options.session, "ID|NAME|last",
         "a run with its stretches, or a stretch (default: the\nlast run)"},
        {"all-sessions", 'a', OPTION_FLAG, &options.all_sessions, NULL,
         "all sessions together"},
        {"sort", 0, OPTION_STRING, &options.sort, "KEY",
         "total (default), self, count, p99, start (what making\nit took at the start, "
         "without its needs) or name"},
        {"filter", 'f', OPTION_STRING, &options.filter, "GLOB",
         "services whose name, resolver or its file matches;\nwithout * or ?: contains "
         "the "
         "text"},
        {"limit", 'n', OPTION_COUNT, &options.limit, "N",
         "at most N rows; 0: all (default: 40 on a terminal)"},
        {"tree", 't', OPTION_FLAG, &options.tree, NULL, "what needed what, as a tree"},
        {"timeline", 0, OPTION_FLAG, &options.timeline, NULL,
         "what was made when, from the program's start"},
        {"graph", 'g', OPTION_STRING, &options.graph, "dot|mermaid",
         "what needed what, for Graphviz or Mermaid"},
        {"threshold", 0, OPTION_REAL, &options.threshold_ms, "MS",
         "a p99 from which on a service is slow (default: 1)"},
        {"check", 0, OPTION_FLAG, &options.check, NULL,
         "exit 1 if there is a finding: failure, cycle,\ncaptive, transient, slow"},
        {"allow", 0, OPTION_STRING, &options.allow, "KINDS",
         "--check, but for these kinds, separated by commas"},
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
    if (!command_no_operands(self, &line, error) || !check_options(&options, error) ||
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

const Command cmd_services = {
    .name = "services",
    .usage = "[OPTIONS]",
    .summary = "what resolvers hand out: lifetimes, times, failures, needs",
    .details =
        "Per service: how often it was resolved, made and refused, how long that took, "
        "how\n"
        "long what is handed out lives; then cycles, singletons that keep what lives\n"
        "shorter, failures, and services whose p99 is 1 ms and more. TKA_RESOLVES marks\n"
        "resolvers, TKA_CONSTRUCTS factories; see docs/services.md.",
    .examples =
        "  tka services                    the last run, most time first\n"
        "  tka services --sort start       what makes the start slow\n"
        "  tka services --timeline         the start, as it went\n"
        "  tka services --tree             what needed what\n"
        "  tka services -g dot | dot -Tsvg >services.svg\n"
        "  tka services --check            for scripts: 1 if something is wrong\n",
    .run = run};
