#include "calltree.h"

#include <stdlib.h>

#include "allocation.h"
#include "profile.h"
#include "textbuf.h"

/* --- loading ------------------------------------------------------------ */

/* A function's own measurements, by which its paths are scaled. */
typedef struct Scale {
    Timing timing;
    double total_ns; /* as recorded */
} Scale;

typedef struct Loader {
    CallTree *tree;
    Database *database;
    IdIndex scale_index; /* function id -> scales */
    Scale *scales;
    size_t scale_count, scale_capacity;
    Error *error;
    bool failed;
} Loader;

static bool note_scale(void *context, const Measurement *one)
{
    Loader *loader = context;
    bool is_new;
    size_t *place = id_index_slot(&loader->scale_index, one->function_id, &is_new);

    if (is_new) {
        loader->scales = grow_array(loader->scales, loader->scale_count,
                                    &loader->scale_capacity, sizeof *loader->scales);
        loader->scales[loader->scale_count] = (Scale){0};
        *place = loader->scale_count++;
    }
    timing_record(&loader->scales[*place].timing, &one->recorded);
    loader->scales[*place].total_ns += one->recorded.total_ns;
    return true;
}

static void scale_node(const Loader *loader, CallNode *node)
{
    int64_t function = loader->tree->functions[node->function].id;
    const size_t *place = id_index_find(&loader->scale_index, function);
    const Scale *scale = place ? &loader->scales[*place] : NULL;

    node->calls = (double)node->weight;
    node->rough = node->samples < ENOUGH_SAMPLES && node->samples < node->weight;
    if (scale && scale->timing.weight > 0) {
        node->calls *= scale->timing.covered / (double)scale->timing.weight;
    }
    if (scale && scale->total_ns > 0) {
        node->total_ns *= scale->timing.total_ns / scale->total_ns;
        node->child_ns *= scale->timing.total_ns / scale->total_ns;
    }
}

/* The place of the function in the tree; NO_NODE on failure. */
static size_t add_function(Loader *loader, int64_t id)
{
    CallTree *tree = loader->tree;
    bool is_new;
    size_t *place = id_index_slot(&tree->function_index, id, &is_new);

    if (!is_new) {
        return *place;
    }
    tree->functions = grow_array(tree->functions, tree->function_count,
                                 &tree->function_capacity, sizeof *tree->functions);
    if (!database_function(loader->database, id, &tree->functions[tree->function_count],
                           loader->error)) {
        loader->failed = true;
        return NO_NODE;
    }
    *place = tree->function_count++;
    return *place;
}

/* The node of a call path; made, with all nodes above it, when it is new. NO_NODE
 * on failure. A circle among the ancestors ends at the first node known. */
static size_t add_node(Loader *loader, int64_t id)
{
    CallTree *tree = loader->tree;
    size_t result = NO_NODE, child = NO_NODE;
    bool is_new = true;

    while (id && is_new) {
        size_t *place = id_index_slot(&tree->node_index, id, &is_new);
        size_t node = is_new ? tree->count : *place;
        int64_t parent = 0, function = 0;

        *place = node;
        if (is_new) {
            if (!database_callpath(loader->database, id, &parent, &function,
                                   loader->error)) {
                loader->failed = true;
                return NO_NODE;
            }
            tree->nodes = grow_array(tree->nodes, tree->count++, &tree->capacity,
                                     sizeof *tree->nodes);
            tree->nodes[node] = (CallNode){.id = id,
                                           .function = add_function(loader, function),
                                           .parent = NO_NODE,
                                           .first_child = NO_NODE,
                                           .next_sibling = NO_NODE};
        }
        if (child != NO_NODE) {
            tree->nodes[child].parent = node;
        }
        result = result == NO_NODE ? node : result;
        child = node;
        id = parent;
    }
    return loader->failed ? NO_NODE : result;
}

static bool add_path(void *context, const PathMeasurement *path)
{
    Loader *loader = context;
    size_t node = add_node(loader, path->callpath_id);
    CallNode *to;

    if (node == NO_NODE) {
        loader->failed = true;
        return false;
    }
    to = &loader->tree->nodes[node];
    to->samples += path->samples;
    to->weight += path->weight;
    to->total_ns += path->total_ns;
    to->child_ns += path->child_ns;
    return true;
}

size_t calltree_add(CallTree *tree, Database *database, int64_t callpath, Error *error)
{
    Loader loader = {.tree = tree, .database = database, .error = error};

    return add_node(&loader, callpath);
}

/* --- linking ------------------------------------------------------------ */

/* Nodes in an order in which parents precede their children. Nodes in a circle,
 * as only a damaged database has, are not in it. */
static size_t order_nodes(const CallTree *tree, size_t *order)
{
    size_t known = 0;

    for (size_t root = tree->first_root; root != NO_NODE;
         root = tree->nodes[root].next_sibling) {
        order[known++] = root;
    }
    for (size_t i = 0; i < known; i++) {
        for (size_t child = tree->nodes[order[i]].first_child; child != NO_NODE;
             child = tree->nodes[child].next_sibling) {
            order[known++] = child;
        }
    }
    return known;
}

static void link_node(CallTree *tree, size_t node)
{
    size_t parent = tree->nodes[node].parent;
    size_t *head =
        parent == NO_NODE ? &tree->first_root : &tree->nodes[parent].first_child;

    tree->nodes[node].next_sibling = *head;
    *head = node;
}

/* A node that was never timed itself has at least what is below it. */
static void complete_totals(CallTree *tree, const size_t *order, size_t known)
{
    for (size_t i = known; i-- > 0;) {
        CallNode *node = &tree->nodes[order[i]];
        double below = 0;

        for (size_t child = node->first_child; child != NO_NODE;
             child = tree->nodes[child].next_sibling) {
            below += tree->nodes[child].total_ns;
        }
        if (node->samples == 0) {
            node->total_ns = node->child_ns = below;
            node->rough = true;
        }
    }
}

typedef struct ByTotal {
    double total_ns;
    size_t node;
} ByTotal;

static int compare_totals(const void *a, const void *b)
{
    const ByTotal *x = a, *y = b;

    if (x->total_ns != y->total_ns) {
        return x->total_ns > y->total_ns ? 1 : -1;
    }
    return (x->node < y->node) - (x->node > y->node);
}

/* Link the nodes anew, smallest first, so that the largest heads each list. */
static void sort_children(CallTree *tree, const size_t *order, size_t known)
{
    ByTotal *sorted = allocate_zeroed(known, sizeof *sorted);

    for (size_t i = 0; i < known; i++) {
        CallNode *node = &tree->nodes[order[i]];

        node->first_child = NO_NODE;
        sorted[i] = (ByTotal){node->total_ns, order[i]};
    }
    qsort(sorted, known, sizeof *sorted, compare_totals);
    tree->first_root = NO_NODE;
    for (size_t i = 0; i < known; i++) {
        link_node(tree, sorted[i].node);
    }
    free(sorted);
}

void calltree_link(CallTree *tree)
{
    size_t *order = allocate_zeroed(tree->count, sizeof *order), known;

    tree->first_root = NO_NODE;
    for (size_t i = 0; i < tree->count; i++) {
        link_node(tree, i);
    }
    known = order_nodes(tree, order);
    complete_totals(tree, order, known);
    sort_children(tree, order, known);
    for (size_t root = tree->first_root; root != NO_NODE;
         root = tree->nodes[root].next_sibling) {
        tree->total_ns += tree->nodes[root].total_ns;
    }
    free(order);
}

bool calltree_load(CallTree *tree, Database *database, const SessionIds *ids,
                   Error *error)
{
    Loader loader = {.tree = tree, .database = database, .error = error};
    bool ok = true;

    tree->first_root = NO_NODE;
    for (size_t i = 0; ok && i < ids->count; i++) {
        ok = database_measurements(database, ids->items[i], 0, note_scale, &loader,
                                   error) &&
             database_paths(database, ids->items[i], add_path, &loader, error) &&
             !loader.failed;
    }
    if (ok) {
        for (size_t i = 0; i < tree->count; i++) {
            scale_node(&loader, &tree->nodes[i]);
        }
        calltree_link(tree);
    }
    id_index_release(&loader.scale_index);
    free(loader.scales);
    return ok;
}

void calltree_release(CallTree *tree)
{
    for (size_t i = 0; i < tree->function_count; i++) {
        function_release(&tree->functions[i]);
    }
    free(tree->functions);
    free(tree->nodes);
    id_index_release(&tree->node_index);
    id_index_release(&tree->function_index);
    *tree = (CallTree){0};
}

/* --- choosing ----------------------------------------------------------- */

void calltree_filter(CallTree *tree, const char *glob)
{
    size_t *order = allocate_zeroed(tree->count, sizeof *order);
    size_t known = order_nodes(tree, order);
    bool *matches = allocate_zeroed(tree->count, sizeof *matches); /* it or above it */

    for (size_t i = 0; i < known; i++) {
        CallNode *node = &tree->nodes[order[i]];

        matches[order[i]] = profile_matches(calltree_function(tree, order[i]), glob) ||
                            (node->parent != NO_NODE && matches[node->parent]);
        node->hidden = !matches[order[i]];
    }
    for (size_t i = known; i-- > 0;) {
        CallNode *node = &tree->nodes[order[i]];

        if (!node->hidden && node->parent != NO_NODE) {
            tree->nodes[node->parent].hidden = false;
        }
    }
    free(matches);
    free(order);
}

void calltree_prune(CallTree *tree, double least_share)
{
    for (size_t i = 0; i < tree->count; i++) {
        if (calltree_share(tree, &tree->nodes[i]) < least_share) {
            tree->nodes[i].hidden = true;
        }
    }
}

const Function *calltree_function(const CallTree *tree, size_t node)
{
    return &tree->functions[tree->nodes[node].function];
}

/* Deeper than any path of the runtime: a damaged tree may have a circle. */
#define PATH_MOST 4096

char *calltree_path(const CallTree *tree, size_t node)
{
    size_t *path = allocate_zeroed(PATH_MOST, sizeof *path), count = 0;
    Text text = {0};

    for (; node != NO_NODE && count < PATH_MOST; node = tree->nodes[node].parent) {
        path[count++] = node;
    }
    while (count > 0) {
        text_put(&text, calltree_function(tree, path[--count])->name);
        text_put(&text, count ? " > " : "");
    }
    free(path);
    return text.data ? text.data : duplicate_text("");
}

double calltree_self(const CallNode *node)
{
    return node->total_ns > node->child_ns ? node->total_ns - node->child_ns : 0;
}

double calltree_share(const CallTree *tree, const CallNode *node)
{
    return tree->total_ns > 0 ? node->total_ns / tree->total_ns : 0;
}

size_t calltree_visible(const CallTree *tree, size_t node)
{
    while (node != NO_NODE && tree->nodes[node].hidden) {
        node = tree->nodes[node].next_sibling;
    }
    return node;
}

size_t calltree_next(const CallTree *tree, size_t node, size_t *depth)
{
    size_t next;

    if (node == NO_NODE) {
        return calltree_visible(tree, tree->first_root);
    }
    next = calltree_visible(tree, tree->nodes[node].first_child);
    if (next != NO_NODE) {
        ++*depth;
        return next;
    }
    while (node != NO_NODE) {
        next = calltree_visible(tree, tree->nodes[node].next_sibling);
        if (next != NO_NODE) {
            return next;
        }
        node = tree->nodes[node].parent;
        --*depth;
    }
    return NO_NODE;
}
