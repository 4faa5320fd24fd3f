#include "report_memory_tree.h"

#include <stdlib.h>

#include "csv_writer.h"
#include "memory_json.h"
#include "report_json.h"
#include "report_text.h"
#include "report_tree.h"
#include "table.h"

/* Allocated by the node itself: what its children have not. */
static double self_bytes(const MemoryProfile *profile, size_t node)
{
    double bytes = (double)profile->inclusive[node].n[MEMORY_BYTES];

    for (size_t child = profile->tree.nodes[node].first_child; child != NO_NODE;
         child = profile->tree.nodes[child].next_sibling) {
        bytes -= (double)profile->inclusive[child].n[MEMORY_BYTES];
    }
    return bytes;
}

static MemoryFigures outside_of(const MemoryProfile *profile)
{
    MemoryFigures sum = {{0}, 0, false, {0}};

    for (size_t i = 0; i < profile->count; i++) {
        if (profile->items[i].node == NO_NODE) {
            memory_figures_add(&sum, &profile->items[i].sum);
        }
    }
    return sum;
}

/* --- text --------------------------------------------------------------------- */

static void add_row(Table *table, const MemoryView *view, const MemoryFigures *sum,
                    double self, const char *label)
{
    double all = (double)view->profile->sum.n[MEMORY_BYTES];
    double bytes = (double)sum->n[MEMORY_BYTES], share = all > 0 ? bytes / all : -1;
    int64_t count = sum->n[MEMORY_ALLOCATIONS];

    table_cell(table, report_text_style(share), units_percent(share).text);
    table_cell(table, STYLE_PLAIN, units_bytes(bytes).text);
    table_cell(table, STYLE_PLAIN, units_bytes(self).text);
    table_cell(table, STYLE_PLAIN, units_count(count > 0 ? (uint64_t)count : 0).text);
    table_cell(table, STYLE_PLAIN, report_memory_live(sum).text);
    table_cell(table, STYLE_DIM, report_memory_error(sum).text);
    table_cell(table, report_text_style(share), label);
}

static void add_node(Table *table, const MemoryView *view, size_t node)
{
    const CallTree *tree = &view->profile->tree;
    char *place = report_text_place(calltree_function(tree, node));
    Text label = {0};

    report_tree_label(tree, node, view->terminal, &label);
    add_row(table, view, &view->profile->inclusive[node], self_bytes(view->profile, node),
            label.data);
    table_cell(table, STYLE_DIM, place);
    text_release(&label);
    free(place);
}

void report_memory_tree_text(const MemoryView *view, Text *out)
{
    const Column columns[] = {{"Alloc%", ALIGN_RIGHT, 0, 0},
                              {"Allocated", ALIGN_RIGHT, 0, 0},
                              {"Self", ALIGN_RIGHT, 1, 0},
                              {"Allocs", ALIGN_RIGHT, 0, 0},
                              {"Live", ALIGN_RIGHT, 0, 0},
                              {view->terminal->utf8 ? "\u00b1" : "+-", ALIGN_RIGHT, 3, 0},
                              {"Call path", ALIGN_LEFT, 0, 24},
                              {"Place", ALIGN_LEFT, 2, 18}};
    Table *table = table_new(columns, sizeof columns / sizeof *columns);
    const CallTree *tree = &view->profile->tree;
    MemoryFigures outside = outside_of(view->profile);
    size_t node = NO_NODE, depth = 0, shown = 0;

    report_memory_heading(view, out);
    while ((node = calltree_next(tree, node, &depth)) != NO_NODE) {
        add_node(table, view, node);
        shown++;
    }
    if (outside.n[MEMORY_ALLOCATIONS] > 0) {
        add_row(table, view, &outside, (double)outside.n[MEMORY_BYTES],
                "(no profiled function)");
        table_cell(table, STYLE_DIM, "");
    }
    if (view->profile->count) {
        table_print(table, view->terminal, out);
    } else {
        text_put(out, "No memory was recorded.\n");
    }
    table_free(table);
    if (shown < tree->count) {
        text_format(out,
                    "%zu smaller or filtered nodes; --min-share 0 shows small ones\n",
                    tree->count - shown);
    }
}

/* --- JSON and CSV --------------------------------------------------------------- */

static void add_json_node(Json *json, const MemoryView *view, size_t node)
{
    const MemoryProfile *profile = view->profile;

    json_object(json, NULL);
    report_json_function(json, calltree_function(&profile->tree, node));
    json_real(json, "self_bytes", self_bytes(profile, node));
    report_memory_figures_json(json, &profile->inclusive[node]);
    json_array(json, "children");
}

void report_memory_tree_json(const MemoryView *view, Text *out)
{
    Json json = {.out = out};
    const CallTree *tree = &view->profile->tree;
    MemoryFigures outside = outside_of(view->profile);
    size_t node = NO_NODE, depth = 0, open = 0;

    report_json_selection(&json, view->selection);
    memory_totals_json(&json, view->profile);
    json_object(&json, "outside");
    report_memory_figures_json(&json, &outside);
    json_end(&json);
    json_array(&json, "tree");
    while ((node = calltree_next(tree, node, &depth)) != NO_NODE) {
        for (; open > depth; open--) {
            json_end(&json);
            json_end(&json);
        }
        add_json_node(&json, view, node);
        open++;
    }
    for (; open > 0; open--) {
        json_end(&json);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
}

void report_memory_tree_csv(const MemoryView *view, Text *out)
{
    const CallTree *tree = &view->profile->tree;
    size_t node = NO_NODE, depth = 0;
    Csv csv = {.out = out};

    text_put(out, "path,bytes,self_bytes,allocations,live_bytes,live_error_bytes\n");
    while ((node = calltree_next(tree, node, &depth)) != NO_NODE) {
        const MemoryFigures *sum = &view->profile->inclusive[node];
        Text path = {0};

        report_tree_folded(tree, node, &path);
        csv_text(&csv, path.data);
        csv_integer(&csv, sum->n[MEMORY_BYTES]);
        csv_ns(&csv, self_bytes(view->profile, node));
        csv_integer(&csv, sum->n[MEMORY_ALLOCATIONS]);
        csv_ns(&csv, memory_live(sum));
        csv_ns(&csv, memory_live_error(sum));
        csv_end_row(&csv);
        text_release(&path);
    }
}
