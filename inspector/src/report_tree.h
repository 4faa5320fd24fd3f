/* report_tree - the call-path tree as text, JSON (nested) and CSV (folded paths).
 *
 * The tree is filtered and pruned before.
 */
#ifndef TKA_REPORT_TREE_H
#define TKA_REPORT_TREE_H

#include "calltree.h"
#include "profile.h"
#include "selection.h"
#include "terminal.h"
#include "textbuf.h"

/* The profile gives heading and overhead. */
void report_tree_text(const CallTree *tree, const Profile *profile,
                      const Selection *selection, const Terminal *terminal, Text *out);
void report_tree_json(const CallTree *tree, const Profile *profile,
                      const Selection *selection, Text *out);
void report_tree_csv(const CallTree *tree, Text *out);

/* Parts, for trees of other figures: guides and name of a node; "main;handle;parse". */
void report_tree_label(const CallTree *tree, size_t node, const Terminal *terminal,
                       Text *out);
void report_tree_folded(const CallTree *tree, size_t node, Text *out);

#endif
