#include "report_service_graph.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "csv_writer.h"
#include "report_text.h"
#include "table.h"
#include "units.h"

/* --- the tree ------------------------------------------------------------------- */

typedef struct Tree {
    const ServiceList *list;
    const Terminal *terminal;
    Table *table;
    bool *unfolded; /* by service */
} Tree;

typedef struct Guides {
    const char *branch, *last, *line, *space;
} Guides;

static const Guides ascii_guides = {"|- ", "`- ", "|  ", "   "};
static const Guides utf8_guides = {"\u251c\u2500 ", "\u2514\u2500 ", "\u2502  ", "   "};

/* Deeper than containers nest; a graph as deep as this is cut. */
#define DEPTH_MOST 60

/* A lifetime that only addresses tell is a guess. */
static const char *guess_mark(const Service *service)
{
    return service->by_address && service->lifetime != LIFETIME_UNKNOWN ? "~" : "";
}

static void add_edge_row(const Tree *tree, const ServiceEdge *edge, const char *guides,
                         bool again)
{
    const Service *service = &tree->list->items[edge->service];
    const ServiceFigures *f = &edge->figures;
    bool timed = f->samples > 0;
    Text name = {0}, lifetime = {0};

    text_format(&name, "%s%s%s%s%s", guides, service->name, f->cycles ? " [cycle]" : "",
                edge->is_captive ? " [captive]" : "", again ? " (above)" : "");
    table_cell(tree->table, edge->is_captive || f->cycles ? STYLE_HOT : STYLE_PLAIN,
               name.data);
    text_format(&lifetime, "%s%s", guess_mark(service), lifetime_name(service->lifetime));
    table_cell(tree->table, STYLE_DIM, lifetime.data);
    text_release(&lifetime);
    table_cell(tree->table, STYLE_PLAIN, units_count(f->resolutions).text);
    table_cell(tree->table, STYLE_PLAIN,
               service->figures.factories ? units_count(f->constructed).text : "-");
    table_cell(tree->table, STYLE_PLAIN,
               units_time(timed ? f->total_ns : -1, tree->terminal->utf8).text);
    table_cell(tree->table, STYLE_PLAIN,
               units_time(timed && f->total_ns > f->child_ns ? f->total_ns - f->child_ns
                          : timed                            ? 0
                                                             : -1,
                          tree->terminal->utf8)
                   .text);
    text_release(&name);
}

typedef struct Child {
    const ServiceEdge *edge;
    const char *name;
} Child;

static int compare_children(const void *a, const void *b)
{
    const Child *x = a, *y = b;
    double first = x->edge->figures.total_ns, second = y->edge->figures.total_ns;

    return first < second ? 1 : first > second ? -1 : strcmp(x->name, y->name);
}

static Child *children_of(const ServiceList *list, size_t parent, size_t *count)
{
    Child *children = NULL;
    size_t capacity = 0;

    *count = 0;
    for (size_t i = 0; i < list->edge_count; i++) {
        if (list->edges[i].parent == parent) {
            children = grow_array(children, *count, &capacity, sizeof *children);
            children[(*count)++] =
                (Child){&list->edges[i], list->items[list->edges[i].service].name};
        }
    }
    if (*count) {
        qsort(children, *count, sizeof *children, compare_children);
    }
    return children;
}

static void add_children(Tree *tree, size_t parent, const char *guides, size_t depth)
{
    const Guides *set = tree->terminal->utf8 ? &utf8_guides : &ascii_guides;
    size_t count;
    Child *children = children_of(tree->list, parent, &count);

    for (size_t i = 0; i < count; i++) {
        const ServiceEdge *edge = children[i].edge;
        bool again = tree->unfolded[edge->service], last = i + 1 == count;
        Text own = {0}, below = {0};

        text_put(&own, "");
        text_put(&below, "");
        text_format(&own, "%s%s", guides,
                    depth == 0 ? ""
                    : last     ? set->last
                               : set->branch);
        text_format(&below, "%s%s", guides,
                    depth == 0 ? ""
                    : last     ? set->space
                               : set->line);
        add_edge_row(tree, edge, own.data, again);
        if (!again && depth < DEPTH_MOST) {
            tree->unfolded[edge->service] = true;
            add_children(tree, edge->service, below.data, depth + 1);
        }
        text_release(&own);
        text_release(&below);
    }
    free(children);
}

void report_service_tree_text(const ServiceList *list, const Selection *selection,
                              const Terminal *terminal, Text *out)
{
    static const Column columns[] = {
        {"Service", ALIGN_LEFT, 0, 24},  {"Lifetime", ALIGN_LEFT, 1, 0},
        {"Resolved", ALIGN_RIGHT, 0, 0}, {"Made", ALIGN_RIGHT, 0, 0},
        {"Total", ALIGN_RIGHT, 0, 0},    {"Self", ALIGN_RIGHT, 0, 0}};
    Tree tree = {list, terminal, table_new(columns, sizeof columns / sizeof *columns),
                 allocate_zeroed(list->count + 1, sizeof(bool))};

    if (selection->single) {
        report_text_session(&selection->session, 1, terminal, out);
        text_char(out, '\n');
    }
    if (list->edge_count == 0) {
        text_put(out, "No service was resolved.\n");
    } else {
        add_children(&tree, NO_SERVICE, "", 0);
        table_print(tree.table, terminal, out);
    }
    table_free(tree.table);
    free(tree.unfolded);
}

void report_service_tree_csv(const ServiceList *list, Text *out)
{
    Csv csv = {.out = out};

    text_put(out, "parent,service,resolutions,constructed,failures,total_ns,child_ns,"
                  "construct_ns,construct_self_ns,cycles,captive\n");
    for (size_t i = 0; i < list->edge_count; i++) {
        const ServiceEdge *edge = &list->edges[i];
        const ServiceFigures *f = &edge->figures;

        csv_text(&csv, edge->parent == NO_SERVICE ? "" : list->items[edge->parent].name);
        csv_text(&csv, list->items[edge->service].name);
        csv_count(&csv, f->resolutions);
        csv_count(&csv, f->constructed);
        csv_count(&csv, f->failures);
        csv_ns(&csv, f->total_ns);
        csv_ns(&csv, f->child_ns);
        csv_ns(&csv, f->construct_ns);
        csv_ns(&csv, f->construct_self_ns);
        csv_count(&csv, f->cycles);
        csv_text(&csv, edge->is_captive ? "true" : "false");
        csv_end_row(&csv);
    }
}

/* --- graphs ---------------------------------------------------------------------- */

/* Which services are in the graph: by service. */
static bool *chosen(const ServiceList *list, const ServiceRows *rows)
{
    bool *wanted = allocate_zeroed(list->count + 1, sizeof(bool));
    bool *all = allocate_zeroed(list->count + 1, sizeof(bool));

    for (size_t i = 0; i < rows->shown; i++) {
        wanted[rows->places[i]] = all[rows->places[i]] = true;
    }
    for (size_t i = 0; i < list->edge_count; i++) {
        const ServiceEdge *edge = &list->edges[i];

        if (edge->parent != NO_SERVICE &&
            (wanted[edge->parent] || wanted[edge->service])) {
            all[edge->parent] = all[edge->service] = true;
        }
    }
    free(wanted);
    return all;
}

static void add_figures(const Service *service, const char *line_break, Text *out)
{
    const ServiceFigures *f = &service->figures;

    text_format(out, "%s%s%s, %s times", line_break, guess_mark(service),
                lifetime_name(service->lifetime), units_count(f->resolutions).text);
    if (f->samples) {
        text_format(out, "%s%s", line_break,
                    units_time(service_self(service), false).text);
    }
}

static void add_dot_label(const char *text, Text *out)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            text_char(out, '\\');
        }
        text_char(out, *text);
    }
}

void report_service_dot(const ServiceList *list, const ServiceRows *rows, Text *out)
{
    bool *shown = chosen(list, rows);

    text_put(out, "digraph services {\n    rankdir=LR;\n    node [shape=box];\n");
    for (size_t i = 0; i < list->count; i++) {
        if (shown[i]) {
            text_format(out, "    s%zu [label=\"", i);
            add_dot_label(list->items[i].name, out);
            add_figures(&list->items[i], "\\n", out);
            text_format(out, "\"%s];\n",
                        list->items[i].figures.failures ? ", color=red" : "");
        }
    }
    for (size_t i = 0; i < list->edge_count; i++) {
        const ServiceEdge *edge = &list->edges[i];

        if (edge->parent != NO_SERVICE && shown[edge->parent] && shown[edge->service]) {
            text_format(out, "    s%zu -> s%zu [label=\"%llu\"%s%s];\n", edge->parent,
                        edge->service, (unsigned long long)edge->figures.resolutions,
                        edge->figures.cycles ? ", color=red" : "",
                        edge->is_captive ? ", style=dashed" : "");
        }
    }
    text_put(out, "}\n");
    free(shown);
}

/* Mermaid writes characters that mean something to it as #NAME; or #NUMBER;. */
static void add_mermaid_label(const char *text, Text *out)
{
    for (; *text; text++) {
        if (strchr("\"#<>&;[]{}()|`\\", *text)) {
            text_format(out, "#%d;", *text);
        } else {
            text_char(out, *text);
        }
    }
}

static const char *mermaid_arrow(const ServiceEdge *edge)
{
    return edge->figures.cycles ? "==>" : edge->is_captive ? "-.->" : "-->";
}

void report_service_mermaid(const ServiceList *list, const ServiceRows *rows, Text *out)
{
    bool *shown = chosen(list, rows);

    text_put(out, "graph LR\n");
    for (size_t i = 0; i < list->count; i++) {
        if (shown[i]) {
            text_format(out, "    s%zu[\"", i);
            add_mermaid_label(list->items[i].name, out);
            add_figures(&list->items[i], "<br/>", out);
            text_put(out, "\"]\n");
        }
    }
    for (size_t i = 0; i < list->edge_count; i++) {
        const ServiceEdge *edge = &list->edges[i];

        if (edge->parent != NO_SERVICE && shown[edge->parent] && shown[edge->service]) {
            text_format(out, "    s%zu %s|%llu| s%zu\n", edge->parent,
                        mermaid_arrow(edge),
                        (unsigned long long)edge->figures.resolutions, edge->service);
        }
    }
    free(shown);
}
