#include "callpath.h"

#include "deep.h"
#include "os.h"
#include "state.h"

#define FIRST_SLOTS 256u
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

/* Where the node of this parent and record is in the table, or would be. */
static uint32_t slot_of(const struct tkai_thread *thread, uint64_t parent, uint64_t record)
{
    uint64_t hash = (parent >> 6) * 0x9e3779b97f4a7c15ull ^ (record >> 6) * 0xc2b2ae3d27d4eb4full;
    uint32_t mask = thread->path_slots - 1, slot = (uint32_t)(hash >> 32) & mask;

    for (; thread->paths[slot] != NULL; slot = (slot + 1) & mask) {
        const struct tka_node *node = thread->paths[slot];

        if (node->record == record && node->parent == parent) {
            break;
        }
    }
    return slot;
}

struct new_node {
    struct tkai_thread *thread;
    uint64_t parent, record;
    struct tka_node *node;              /* out: NULL no memory */
};

/* Room for one more, at most half full. */
static int make_room(struct tkai_thread *thread)
{
    struct tka_node **old = thread->paths;
    uint32_t old_slots = thread->path_slots;
    uint32_t slots = old_slots != 0 ? 2 * old_slots : FIRST_SLOTS;

    if (2 * (thread->path_count + 1) <= old_slots) {
        return 0;
    }
    thread->paths = tkai_os_memory(slots * sizeof *old);
    if (thread->paths == NULL) {
        thread->paths = old;
        return -1;
    }
    thread->path_slots = slots;
    for (uint32_t i = 0; i < old_slots; i++) {
        if (old[i] != NULL) {
            thread->paths[slot_of(thread, old[i]->parent, old[i]->record)] = old[i];
        }
    }
    if (old != NULL) {
        tkai_os_memory_free(old, old_slots * sizeof *old);
    }
    return 0;
}

static void add_node(struct new_node *new)
{
    if (make_room(new->thread) != 0) {
        return;
    }
    new->node = tkai_thread_node(new->thread);
    if (new->node != NULL) {
        new->node->parent = new->parent;
        new->node->record = new->record;
        new->thread->paths[slot_of(new->thread, new->parent, new->record)] = new->node;
        new->thread->path_count++;
    }
}

/* A handler that jumps away would leave the table half made. */
static void new_node(void *argument)
{
    struct tkai_os_mask old;

    tkai_os_block_signals(&old);
    add_node(argument);
    tkai_os_restore_signals(&old);
}

static struct tka_node *make_child(struct tkai_thread *thread, struct tka_node *parent,
                                   struct tka_record *record)
{
    struct tka_node *node = find_recursive(parent, (uint64_t)(uintptr_t)record);
    struct new_node new = {thread, (uint64_t)(uintptr_t)parent, (uint64_t)(uintptr_t)record,
                           NULL};

    if (node != NULL) {
        return node;
    }
    tkai_deep(new_node, &new);
    return new.node;
}

/* The last callee is the likeliest; the straight line looks there too. */
struct tka_node *tkai_callpath_child(struct tkai_thread *thread, struct tka_node *parent,
                                     struct tka_record *record)
{
    uint64_t wanted = (uint64_t)(uintptr_t)record;
    struct tka_node *node = as_node(parent->last_child);

    if (node != NULL && node->record == wanted) {
        return node;
    }
    node = thread->path_slots != 0
               ? thread->paths[slot_of(thread, (uint64_t)(uintptr_t)parent, wanted)]
               : NULL;
    if (node == NULL) {
        node = make_child(thread, parent, record);
    }
    if (node != NULL && node->parent == (uint64_t)(uintptr_t)parent) {
        parent->last_child = (uint64_t)(uintptr_t)node;
    }
    return node;
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
        size_t number;

        if (next == origin || read_scope(thread, next, frame, &copy) != 0 ||
            (uintptr_t)copy.parent == origin ||
            tkai_state_find_site(SITE(&copy), &number) < 0) {
            *count = 0;
            next = repaired++ ? 0 : find_standing(thread, origin, frame);
            if (next == 0) {
                tkai_state_count_loss(&tkai_state_header()->lost_paths);
            }
            continue;
        }
        if ((copy.site & TKA_SCOPE_NODE) != 0 && tkai_thread_owns_node(thread, copy.node)) {
            return copy.node;
        }
        frames[(*count)++] =
            (struct tkai_frame){next, (uintptr_t)copy.parent, SITE(&copy)};
        next = (uintptr_t)copy.parent;
    }
    if (next != 0) {
        tkai_state_count_loss(&tkai_state_header()->lost_paths);
    }
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
        size_t number;
        int module = tkai_state_find_site(frames[i].site, &number);

        thread->trail[i] = frames[i];
        if (module < 0 || thread->records[module] == NULL) {
            continue; /* its library moved, or entered before a fork */
        }
        node = tkai_callpath_child(thread, node, thread->records[module] + number);
        if (node == NULL) {
            tkai_state_count_loss(&tkai_state_header()->lost_paths);
            return &thread->root;
        }
    }
    return node;
}
