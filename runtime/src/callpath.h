/* callpath - which path of probed functions led to a call.
 *
 * Open scopes are linked through the native stack (tka_scope.parent). A path is
 * a node of the thread's tree. Recursion is unfolded once (tka/live.h), so that
 * the tree's depth is bounded by twice the number of functions.
 *
 * After a longjmp the link may lead into dead frames. Nothing read from a frame
 * is trusted before it is checked, no frame but one's own is written, and an
 * address outside of the thread's own stack is read through the kernel.
 */
#ifndef TKA_CALLPATH_H
#define TKA_CALLPATH_H

#include "thread.h"

/* The node of the call path that ends in the scope's parent, found by walking
 * the links. frame: an address below every live frame. */
struct tka_node *tkai_callpath_walk(struct tkai_thread *thread,
                                    const struct tka_scope *scope, uintptr_t frame);

/* The node for record called from parent, made if new; NULL: no memory. In deep
 * recursion it is not a child of parent but one of its ancestors, or itself. */
struct tka_node *tkai_callpath_child(struct tkai_thread *thread, struct tka_node *parent,
                                     struct tka_record *record);

/* Whether a scope at this address is in the live part of the thread's stack. */
static inline int tkai_callpath_is_on_stack(const struct tkai_thread *thread,
                                            uintptr_t address, uintptr_t frame)
{
    return frame >= thread->stack_low && address >= frame &&
           address < thread->stack_high - sizeof(struct tka_scope);
}

#endif
