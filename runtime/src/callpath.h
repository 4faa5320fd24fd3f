/* callpath - which path of probed functions led to a call.
 *
 * Open scopes are linked through the native stack (tka_scope.parent). A path is
 * a node of the thread's tree; recursion is folded: a function met again on its
 * own path is an alias, a child that stands for the outer node. An alias has
 * the outer node's address plus one as its first_child.
 *
 * After a longjmp the link may lead into dead frames. Nothing read from a frame
 * is trusted before it is checked, no frame but one's own is written, and an
 * address outside of the thread's own stack is read through the kernel.
 */
#ifndef TKA_CALLPATH_H
#define TKA_CALLPATH_H

#include "thread.h"

/* The node of the call path that ends in the scope's parent, found by walking
 * the links; never an alias. frame: an address below every live frame. */
struct tka_node *tkai_callpath_walk(struct tkai_thread *thread,
                                    const struct tka_scope *scope, uintptr_t frame);

/* The node for record called from parent, made if new; NULL: no memory. May be
 * an alias. */
struct tka_node *tkai_callpath_child(struct tkai_thread *thread, struct tka_node *parent,
                                     struct tka_record *record);

/* Whether a scope at this address is in the live part of the thread's stack. */
static inline int tkai_callpath_is_on_stack(const struct tkai_thread *thread,
                                            uintptr_t address, uintptr_t frame)
{
    return frame >= thread->stack_low && address >= frame &&
           address < thread->stack_high - sizeof(struct tka_scope);
}

static inline int tkai_callpath_is_alias(const struct tka_node *node)
{
    return (node->first_child & 1) != 0;
}

static inline struct tka_node *tkai_callpath_target(struct tka_node *node)
{
    return tkai_callpath_is_alias(node) ? (struct tka_node *)(node->first_child - 1)
                                        : node;
}

#endif
