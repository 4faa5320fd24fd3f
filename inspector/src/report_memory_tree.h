/* report_memory_tree - the call tree by allocated bytes: text, JSON (nested), CSV (folded
 * paths).
 *
 * The profile's tree is filtered and pruned before.
 */
#ifndef TKA_REPORT_MEMORY_TREE_H
#define TKA_REPORT_MEMORY_TREE_H

#include "report_memory.h"
#include "textbuf.h"

void report_memory_tree_text(const MemoryView *view, Text *out);
void report_memory_tree_json(const MemoryView *view, Text *out);
void report_memory_tree_csv(const MemoryView *view, Text *out);

#endif
