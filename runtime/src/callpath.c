#include "callpath.h"

#include "deep.h"
#include "os.h"
#include "state.h"

#define SITE(scope) ((scope)->site & ~(uintptr_t)7)

static struct tka_node *as_node(uint64_t address)
{
    return (struct tka_node *)(uintptr_t)address;
}

/* The second node of a function on its own path, for its further activations;
 * NULL if there are not two yet. */
static struct tka_node *find_recursive(struct tka_node *parent, uint64_t record)
{
    struct tka_node *nearest = NULL;

    for (struct tka_node *up = parent; up != NULL; up = as_node(up->parent)) {
        if (up->record == record) {
            if (nearest != NULL) {
                return nearest;
            }
            nearest = up;
        }
    }
    return NULL;
}

struct new_node {
    struct tkai_thread *thread;
    struct tka_node *node;              /* out: NULL no memory */
};

static void new_node(void *argument)
{
    struct new_node *new = argument;

    new->node = tkai_thread_node(new->thread);
}

static struct tka_node *make_child(struct tkai_thread *thread, struct tka_node *parent,
                                   struct tka_record *record)
{
    struct tka_node *node = find_recursive(parent, (uint64_t)(uintptr_t)record);
    struct new_node new = {thread, NULL};

    if (node != NULL) {
        return node;
    }
    tkai_deep(new_node, &new);
    node = new.node;
    if (node == NULL) {
        return NULL;
    }
    node->parent = (uint64_t)(uintptr_t)parent;
    node->record = (uint64_t)(uintptr_t)record;
    node->next = parent->first_child;
    parent->first_child = (uint64_t)(uintptr_t)node;
    return node;
}

/* Searches the list and moves what it finds to its front: the last callee is
 * the likeliest. */
struct tka_node *tkai_callpath_child(struct tkai_thread *thread, struct tka_node *parent,
                                     struct tka_record *record)
{
    uint64_t wanted = (uint64_t)(uintptr_t)record;
    struct tka_node *first = as_node(parent->first_child);
    struct tka_node *before = first;

    if (first != NULL && first->record == wanted) {
        return first;
    }
    while (before != NULL && before->next != 0) {
        struct tka_node *node = as_node(before->next);

        if (node->record == wanted) {
            before->next = node->next;
            node->next = parent->first_child;
            parent->first_child = (uint64_t)(uintptr_t)node;
            return node;
        }
        before = node;
    }
    return make_child(thread, parent, record);
}

struct peek {
    uintptr_t address;
    struct tka_scope *copy;
    int result;
};

static void peek(void *argument)
{
    struct peek *look = argument;

    look->result =
        tkai_os_peek(look->copy, (const void *)look->address, sizeof *look->copy);
}

/* A copy of the scope at address, if it can be one that is open. 0; -1. */
static int read_scope(struct tkai_thread *thread, uintptr_t address, uintptr_t frame,
                      struct tka_scope *copy)
{
    struct peek look = {address, copy, -1};

    if (address % sizeof(void *) != 0) {
        return -1;
    }
    if (tkai_callpath_is_on_stack(thread, address, frame)) {
        *copy = *(const struct tka_scope *)address;
        return 0;
    }
    if (address < frame && frame >= thread->stack_low && frame < thread->stack_high &&
        address >= thread->stack_low) {
        return -1; /* below the live part of the thread's own stack: dead */
    }
    tkai_deep(peek, &look);
    return look.result;
}

static int stands_with_node(struct tkai_thread *thread, uintptr_t address, uintptr_t frame)
{
    struct tka_scope now;

    return tkai_callpath_is_on_stack(thread, address, frame) &&
           read_scope(thread, address, frame, &now) == 0 &&
           (now.site & TKA_SCOPE_NODE) != 0 && tkai_thread_owns_node(thread, now.node);
}

/* Where to go on when the link is broken: a frame of an earlier path that still
 * stands as it stood, rather an inner one. 0: there is none. */
static uintptr_t find_standing(struct tkai_thread *thread, uintptr_t origin,
                               uintptr_t frame)
{
    if (thread->anchor != origin && stands_with_node(thread, thread->anchor, frame)) {
        return thread->anchor;
    }
    for (uint32_t i = 0; i < thread->trail_count; i++) {
        const struct tkai_frame *old = &thread->trail[i];
        struct tka_scope now;

        if (old->scope != origin && old->parent != origin &&
            tkai_callpath_is_on_stack(thread, old->scope, frame) &&
            read_scope(thread, old->scope, frame, &now) == 0 &&
            SITE(&now) == old->site && (uintptr_t)now.parent == old->parent) {
            return old->scope;
        }
    }
    if (thread->outermost != origin &&
        stands_with_node(thread, thread->outermost, frame)) {
        return thread->outermost;
    }
    return 0;
}

/* The frames from the scope's parent outwards, until one whose node is known;
 * that node, or the root. A link that comes back to the scope, or to what cannot
 * be a scope, is one that a longjmp left behind. */
static struct tka_node *collect(struct tkai_thread *thread, const struct tka_scope *scope,
                                uintptr_t frame, struct tkai_frame *frames, uint32_t *count)
{
    uintptr_t origin = (uintptr_t)scope, next = (uintptr_t)scope->parent;
    int repaired = 0;

    for (*count = 0; next != 0 && *count < TKAI_TRAIL_MOST;) {
        struct tka_scope copy = {0};

        if (next == origin || read_scope(thread, next, frame, &copy) != 0 ||
            (uintptr_t)copy.parent == origin ||
            tkai_state_find_site(SITE(&copy)) < 0) {
            *count = 0;
            next = repaired++ ? 0 : find_standing(thread, origin, frame);
            tkai_state_header()->lost_paths += next == 0;
            continue;
        }
        if ((copy.site & TKA_SCOPE_NODE) != 0 && tkai_thread_owns_node(thread, copy.node)) {
            return copy.node;
        }
        frames[(*count)++] =
            (struct tkai_frame){next, (uintptr_t)copy.parent, SITE(&copy)};
        next = (uintptr_t)copy.parent;
    }
    tkai_state_header()->lost_paths += next != 0;
    return &thread->root;
}

struct tka_node *tkai_callpath_walk(struct tkai_thread *thread,
                                    const struct tka_scope *scope, uintptr_t frame)
{
    struct tkai_frame *frames = thread->frames;
    uint32_t count;
    struct tka_node *node = collect(thread, scope, frame, frames, &count);

    thread->trail_count = count;
    for (uint32_t i = count; i-- > 0;) {
        int module = tkai_state_find_site(frames[i].site);
        struct tka_record *record = thread->records[module];

        thread->trail[i] = frames[i];
        if (record == NULL) {
            continue; /* entered before a fork */
        }
        record += (frames[i].site - (uintptr_t)tkai_state.modules[module].sites) /
                  sizeof *record;
        node = tkai_callpath_child(thread, node, record);
        if (node == NULL) {
            tkai_state_header()->lost_paths++;
            return &thread->root;
        }
    }
    return node;
}
