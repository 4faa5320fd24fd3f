/* memnote - notes allocations for the hooks (tka/memory.h), whose rare cases come here:
 * a thread's first, a new call path or place, a sample.
 *
 * The node of a call path is found by the links of open scopes (callpath.h). A scope
 * whose node was found is marked in its own frame, by a bit that its next activation
 * clears, and remembered by its address: so a path is looked for once an activation.
 */
#ifndef TKA_MEMNOTE_H
#define TKA_MEMNOTE_H

#include <tka/memory.h>

#endif
