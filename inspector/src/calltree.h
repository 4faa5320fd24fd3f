/* calltree - the call paths of one or more sessions as a tree.
 *
 * A node is a function called along one path; its figures are estimated from the
 * timed calls whose path was noted, and scaled to the exact number of calls of
 * the function as in statistics.h. Nodes are in one array; links are indices into
 * it. Children are ordered by total time, largest first.
 */
#ifndef TKA_CALLTREE_H
#define TKA_CALLTREE_H

#include <stdbool.h>
#include <stddef.h>

#include "database.h"
#include "failure.h"
#include "id_index.h"
#include "model.h"

#define NO_NODE ((size_t)-1)

typedef struct CallNode {
    int64_t id;      /* in the database */
    size_t function; /* in CallTree.functions */
    size_t parent, first_child, next_sibling;
    uint64_t samples, weight;
    double calls, total_ns, child_ns;
    bool rough;  /* too few samples for its figures to be more than a hint */
    bool hidden; /* by calltree_filter() or calltree_prune(), with all below it */
} CallNode;

typedef struct CallTree {
    CallNode *nodes;
    size_t count, capacity;
    size_t first_root;
    double total_ns; /* of the roots: what shares are shares of */
    Function *functions;
    size_t function_count, function_capacity;
    IdIndex node_index, function_index; /* by database id */
} CallTree;

bool calltree_load(CallTree *tree, Database *database, const SessionIds *ids,
                   Error *error);
void calltree_release(CallTree *tree);

/* Trees of other figures: begin with first_root NO_NODE; add paths, each with those
 * above it; set total_ns and samples (not 0) of the nodes; link. The node, NO_NODE on
 * failure. */
size_t calltree_add(CallTree *tree, Database *database, int64_t callpath, Error *error);
void calltree_link(CallTree *tree);

/* "main > handle > parse"; the caller frees it. */
char *calltree_path(const CallTree *tree, size_t node);

/* Hide the paths that no function matching glob is on. */
void calltree_filter(CallTree *tree, const char *glob);

/* Hide nodes below a share (0 to 1) of the whole. */
void calltree_prune(CallTree *tree, double least_share);

const Function *calltree_function(const CallTree *tree, size_t node);
double calltree_self(const CallNode *node);
double calltree_share(const CallTree *tree, const CallNode *node);

/* The first child, or sibling from node on, that is not hidden. */
size_t calltree_visible(const CallTree *tree, size_t node);

/* Walk the visible nodes, parents before children: start with NO_NODE and depth
 * 0; depth is that of the node returned, roots have 0. NO_NODE at the end. */
size_t calltree_next(const CallTree *tree, size_t node, size_t *depth);

#endif
