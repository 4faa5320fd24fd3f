#include "report_tree.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "csv_writer.h"
#include "report_json.h"
#include "report_text.h"
#include "table.h"

/* --- text --------------------------------------------------------------- */

static const Column columns[] = {
    {"Total%", ALIGN_RIGHT, 0, 0},    {"Total", ALIGN_RIGHT, 0, 0},
    {"Self", ALIGN_RIGHT, 1, 0},      {"Calls", ALIGN_RIGHT, 0, 0},
    {"Call path", ALIGN_LEFT, 0, 24}, {"Place", ALIGN_LEFT, 2, 18}};

#define COLUMN_COUNT (sizeof columns / sizeof *columns)

typedef struct Guides {
    const char *branch, *last, *line, *space;
} Guides;

static const Guides ascii_guides = {"|- ", "`- ", "|  ", "   "};
static const Guides utf8_guides = {"\u251c\u2500 ", "\u2514\u2500 ", "\u2502  ", "   "};

static bool is_last(const CallTree *tree, size_t node)
{
    return calltree_visible(tree, tree->nodes[node].next_sibling) == NO_NODE;
}

/* What is drawn left of a node: a line for each ancestor that has more children.
 * Roots have nothing. */
static void add_guides(const CallTree *tree, size_t node, const Guides *guides, Text *out)
{
    const char *parts[64];
    size_t count = 0;

    if (tree->nodes[node].parent == NO_NODE) {
        return;
    }
    parts[count++] = is_last(tree, node) ? guides->last : guides->branch;
    for (size_t up = tree->nodes[node].parent;
         tree->nodes[up].parent != NO_NODE && count < sizeof parts / sizeof *parts;
         up = tree->nodes[up].parent) {
        parts[count++] = is_last(tree, up) ? guides->space : guides->line;
    }
    while (count > 0) {
        text_put(out, parts[--count]);
    }
}

/* A function that calls itself over and over makes a deep, narrow tree. */
void report_tree_label(const CallTree *tree, size_t node, const Terminal *terminal,
                       Text *out)
{
    char *name = report_text_name(calltree_function(tree, node));

    add_guides(tree, node, terminal->utf8 ? &utf8_guides : &ascii_guides, out);
    text_put(out, name);
    free(name);
}

static Figure rough_time(const CallNode *node, double ns, const Terminal *terminal)
{
    Figure time = units_time(ns, terminal->utf8), rough;

    snprintf(rough.text, sizeof rough.text, "%s%.40s", node->rough ? "~" : "", time.text);
    return rough;
}

static void add_row(Table *table, const CallTree *tree, size_t place,
                    const Terminal *terminal)
{
    const CallNode *node = &tree->nodes[place];
    double share = calltree_share(tree, node);
    char *where = report_text_place(calltree_function(tree, place));
    Text label = {0};

    report_tree_label(tree, place, terminal, &label);
    table_cell(table, report_text_style(share), units_percent(share).text);
    table_cell(table, STYLE_PLAIN, rough_time(node, node->total_ns, terminal).text);
    table_cell(table, STYLE_PLAIN, rough_time(node, calltree_self(node), terminal).text);
    table_cell(table, STYLE_PLAIN,
               node->weight ? units_count((uint64_t)(node->calls + 0.5)).text : "-");
    table_cell(table, report_text_style(share), label.data);
    table_cell(table, STYLE_DIM, where);
    text_release(&label);
    free(where);
}

void report_tree_text(const CallTree *tree, const Profile *profile,
                      const Selection *selection, const Terminal *terminal, Text *out)
{
    Table *table = table_new(columns, COLUMN_COUNT);
    size_t node = NO_NODE, depth = 0, shown = 0;
    bool rough = false;

    report_text_heading(profile, selection, terminal, out);
    while ((node = calltree_next(tree, node, &depth)) != NO_NODE) {
        add_row(table, tree, node, terminal);
        rough = rough || tree->nodes[node].rough;
        shown++;
    }
    if (shown) {
        table_print(table, terminal, out);
    } else {
        text_put(out, "No call path was recorded.\n");
    }
    table_free(table);
    if (shown && shown < tree->count) {
        text_format(out,
                    "%zu smaller or filtered nodes; --min-share 0 shows small ones\n",
                    tree->count - shown);
    }
    if (rough) {
        terminal_format(terminal, out, STYLE_DIM, "~ rough: fewer than %d calls timed",
                        ENOUGH_SAMPLES);
        text_put(out, "\n");
    }
    report_text_losses(profile, terminal, out);
}

/* --- JSON --------------------------------------------------------------- */

static void add_json_node(Json *json, const CallTree *tree, size_t place)
{
    const CallNode *node = &tree->nodes[place];

    json_object(json, NULL);
    report_json_function(json, calltree_function(tree, place));
    json_ns(json, "calls", node->calls);
    json_count(json, "samples", node->samples);
    json_ns(json, "total_ns", node->total_ns);
    json_ns(json, "self_ns", calltree_self(node));
    json_real(json, "share", calltree_share(tree, node));
    json_bool(json, "rough", node->rough);
    json_array(json, "children");
}

void report_tree_json(const CallTree *tree, const Profile *profile,
                      const Selection *selection, Text *out)
{
    Json json = {.out = out};
    size_t node = NO_NODE, depth = 0, open = 0;

    report_json_begin(&json, profile, selection);
    json_array(&json, "tree");
    while ((node = calltree_next(tree, node, &depth)) != NO_NODE) {
        for (; open > depth; open--) {
            json_end(&json);
            json_end(&json);
        }
        add_json_node(&json, tree, node);
        open++;
    }
    for (; open > 0; open--) {
        json_end(&json);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
}

/* --- CSV ---------------------------------------------------------------- */

/* "main;handle;parse" */
void report_tree_folded(const CallTree *tree, size_t node, Text *out)
{
    size_t path[256], count = 0;

    for (; node != NO_NODE && count < sizeof path / sizeof *path;
         node = tree->nodes[node].parent) {
        path[count++] = node;
    }
    while (count > 0) {
        text_put(out, calltree_function(tree, path[--count])->name);
        text_put(out, count ? ";" : "");
    }
}

void report_tree_csv(const CallTree *tree, Text *out)
{
    Csv csv = {.out = out};
    size_t node = NO_NODE, depth = 0;

    text_put(out, "path,calls,samples,total_ns,self_ns,share\n");
    while ((node = calltree_next(tree, node, &depth)) != NO_NODE) {
        const CallNode *one = &tree->nodes[node];
        Text path = {0};

        report_tree_folded(tree, node, &path);
        csv_text(&csv, path.data);
        csv_ns(&csv, one->calls);
        csv_count(&csv, one->samples);
        csv_ns(&csv, one->total_ns);
        csv_ns(&csv, calltree_self(one));
        csv_real(&csv, calltree_share(tree, one));
        csv_end_row(&csv);
        text_release(&path);
    }
}
