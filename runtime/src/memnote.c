#include "memnote.h"

#include <errno.h>
#include <string.h>
#include <tka/memory.h>

#include "callpath.h"
#include "identity.h"
#include "memory.h"
#include "memrows.h"
#include "memsamples.h"
#include "os.h"
#include "slowpath.h"
#include "state.h"
#include "thread.h"

#define EXPORT __attribute__((visibility("default")))
#define JOIN_STACK (64u << 10)

/* --- a thread's first allocation ----------------------------------------- */

struct join {
    struct tka_memory_thread *memory;
    uintptr_t frame;
    int failed;
};

/* It runs on a stack of its own, as slowpath's first calls do. */
static void join(void *argument)
{
    struct join *call = argument;
    struct tkai_thread *thread = tkai_thread_self;
    struct tkai_os_mask old;

    tkai_identity_prepare();
    tkai_state_lock(&old);
    tkai_slowpath_start();
    if (tkai_state.phase == TKAI_ON && thread == NULL) {
        thread = tkai_thread_attach(call->frame);
    }
    tkai_state_unlock(&old);
    if (tkai_state.phase == TKAI_ON && thread != NULL) {
        call->failed = 0;
    }
}

/* The distance has no memory, so that one that was given up may begin anew. */
static void set_tracks(struct tka_memory_thread *memory)
{
    memory->tracks = tkai_memory.mode == TKA_MEMORY_EXACT || memory->intensive;
    memory->until = -1;
    if (!memory->tracks && memory->random != 0) {
        memory->until =
            tkai_memsamples_distance(&memory->random, TKAI_MEMORY_SAMPLE_BYTES);
    }
}

static void forget_contexts(struct tka_memory_thread *memory)
{
    memory->contexts = 0;
    memory->context = memory->root = 0;
    memset(memory->rows, 0, sizeof memory->rows);
    memset(memory->known, 0, sizeof memory->known);
}

static void set_own(struct tka_memory_thread *memory, const struct tkai_thread *thread)
{
    if (memory->set_aside == NULL) {
        memory->own = thread->first_row != NULL ? thread->first_row
                                                : tkai_memory.hooks->nowhere;
    }
}

static void read_thread(struct tka_memory_thread *memory, const struct tkai_thread *thread)
{
    forget_contexts(memory);
    memory->last = memory->last_resized = 0;
    memory->stack_high = thread->stack_high;
    memory->id = thread->id;
    set_own(memory, thread);
    if (memory->random == 0) {
        memory->random = (thread->random.state ^ 0x9e3779b97f4a7c15ull) | 1;
    }
    set_tracks(memory);
}

/* 0; -1 nothing is to be noted. Meanwhile what the thread allocates is the runtime's. */
static int join_thread(struct tka_memory_thread *memory, uintptr_t frame)
{
    struct join call = {memory, frame, -1};
    struct tkai_os_mask old;
    char *stack;

    memory->epoch = TKA_MEMORY_OURS;
    memory->root = memory->context = 0;
    tkai_os_block_signals(&old);
    stack = tkai_os_memory(JOIN_STACK);
    if (stack != NULL) {
        tkai_os_call_on(stack + JOIN_STACK, join, &call);
        tkai_os_memory_free(stack, JOIN_STACK);
    }
    if (call.failed) {
        __atomic_store_n(tkai_memory.hooks->epoch, 0, __ATOMIC_RELAXED); /* rather than try at every block */
        memory->epoch = 0;
    } else {
        read_thread(memory, tkai_thread_self);
        memory->epoch = *tkai_memory.hooks->epoch;
    }
    tkai_os_restore_signals(&old);
    return call.failed;
}

/* --- call paths ---------------------------------------------------------- */

static uint64_t new_context(struct tka_memory_thread *memory)
{
    if (memory->contexts == TKA_MEMORY_CONTEXTS) {
        forget_contexts(memory);
    }
    return ++memory->contexts * TKA_MEMORY_CONTEXT;
}

static struct tka_node *known_node(const struct tka_memory_thread *memory,
                                   const struct tka_scope *scope)
{
    unsigned slot = tka_memory_scope_slot(scope);

    return memory->known[slot].scope == scope && (scope->site & TKA_SCOPE_KNOWN) != 0
               ? memory->known[slot].node
               : NULL;
}

/* Only in a frame that stands on the thread's own stack, and only the word that was
 * just seen to hold a site: what a longjmp left of a scope may lie in somebody's
 * frame, which has not written there. A node's context outlives its scope. */
static void know(struct tka_memory_thread *memory, struct tka_scope *scope,
                 struct tka_node *node)
{
    unsigned slot = tka_memory_scope_slot(scope);

    scope->site |= TKA_SCOPE_KNOWN;
    if (memory->known[slot].node != node) {
        memory->known[slot].context = new_context(memory);
        memory->known[slot].node = node;
    }
    memory->known[slot].scope = scope;
    memory->known[slot].parent = scope->parent;
}

/* What the hooks find from now on. A scope that is not known is looked at each time. */
static void remember(struct tka_memory_thread *memory, struct tka_scope *top,
                     const void *place, struct tka_memory_row *row)
{
    unsigned slot = tka_memory_place_slot(place);

    if (top == NULL && memory->root == 0) {
        memory->root = new_context(memory);
    }
    memory->top = top;
    memory->context = memory->root;
    if (top != NULL) {
        memory->context = known_node(memory, top) == NULL
                              ? 0
                              : memory->known[tka_memory_scope_slot(top)].context;
    }
    if (memory->context != 0) {
        memory->rows[slot].key = (uintptr_t)place ^ memory->context ^ memory->epoch;
        memory->rows[slot].row = row;
    }
}

/* The node of the path that ends in the scope, by the links. */
static struct tka_node *walk_from(struct tkai_thread *thread, const struct tka_scope *scope,
                                  uintptr_t frame)
{
    struct tka_scope inside = {.parent = (struct tka_scope *)(uintptr_t)scope};

    return tkai_callpath_walk(thread, &inside, frame);
}

/* After a longjmp, of a scope in a dead frame: the node of the innermost scope around it
 * that stands; NULL not known. Dead frames are not read: what is known was noted while
 * they lived. */
static struct tka_node *node_around(const struct tka_memory_thread *memory,
                                    struct tkai_thread *thread,
                                    const struct tka_scope *dead, uintptr_t frame)
{
    for (unsigned i = 0; i < TKA_MEMORY_SCOPES; i++) {
        unsigned slot = tka_memory_scope_slot(dead);

        if (memory->known[slot].scope != dead) {
            return NULL;
        }
        dead = memory->known[slot].parent;
        if (dead == NULL) {
            return &thread->root;
        }
        if (tkai_callpath_is_on_stack(thread, (uintptr_t)dead, frame)) {
            return walk_from(thread, dead, frame);
        }
    }
    return NULL;
}

static int is_dead(const struct tkai_thread *thread, const struct tka_scope *scope,
                   uintptr_t frame)
{
    return (uintptr_t)scope < frame && (uintptr_t)scope >= thread->stack_low &&
           frame < thread->stack_high;
}

/* The node of the scope's caller where it is at hand. */
static struct tka_node *near_caller(struct tka_memory_thread *memory,
                                    struct tkai_thread *thread, struct tka_scope *scope,
                                    uintptr_t frame)
{
    struct tka_scope *caller = scope->parent;

    if (caller == NULL) {
        return &thread->root;
    }
    if (is_dead(thread, caller, frame)) {
        return node_around(memory, thread, caller, frame);
    }
    if (!tkai_callpath_is_on_stack(thread, (uintptr_t)caller, frame) ||
        (uintptr_t)caller % sizeof(void *) != 0 || caller <= scope) {
        return NULL;
    }
    if ((caller->site & TKA_SCOPE_NODE) != 0 && tkai_thread_owns_node(thread, caller->node)) {
        return caller->node;
    }
    return known_node(memory, caller);
}

/* The node of the call path that ends in the scope; NULL. */
static struct tka_node *find_node(struct tka_memory_thread *memory,
                                  struct tkai_thread *thread, struct tka_scope *scope,
                                  uintptr_t frame)
{
    struct tka_node *caller, *node;
    struct tka_scope copy;
    size_t number;
    int module, stands = tkai_callpath_is_on_stack(thread, (uintptr_t)scope, frame) &&
                         (uintptr_t)scope % sizeof(void *) == 0;

    if (stands) {
        if ((node = known_node(memory, scope)) != NULL) {
            return node;
        }
        copy = *scope;
    } else if (is_dead(thread, scope, frame)) {
        node = node_around(memory, thread, scope, frame);
        return node != NULL ? node : walk_from(thread, scope, frame);
    } else if (tkai_os_peek(&copy, scope, sizeof copy) != 0) {
        return NULL;
    }
    if ((copy.site & TKA_SCOPE_NODE) != 0 && tkai_thread_owns_node(thread, copy.node)) {
        node = copy.node;
    } else {
        module = tkai_state_find_site(copy.site & ~(uintptr_t)7, &number);
        if (module < 0 || thread->records[module] == NULL) {
            return NULL;
        }
        caller = stands ? near_caller(memory, thread, scope, frame) : NULL;
        if (caller == NULL) {
            caller = tkai_callpath_walk(thread, stands ? scope : &copy, frame);
        }
        node = tkai_callpath_child(thread, caller, thread->records[module] + number);
    }
    if (stands && node != NULL) {
        know(memory, scope, node);
    }
    return node;
}

static struct tka_memory_row *find_row(struct tka_memory_thread *memory,
                                       struct tka_scope *top, const void *place,
                                       uintptr_t frame)
{
    struct tkai_thread *thread = tkai_thread_self;
    struct tka_node *node = &thread->root;
    struct tka_memory_row *row;

    if (top != NULL && (node = find_node(memory, thread, top, frame)) == NULL) {
        tkai_state_count_loss(&tkai_state_header()->lost_paths);
        node = &thread->root;
    }
    row = tkai_memrow_of(thread, node, place);
    set_own(memory, thread);
    if (row == NULL) {
        tkai_state_count_loss(&tkai_state_header()->memory.lost_rows);
        return NULL;
    }
    remember(memory, top, place, row);
    return row;
}

/* Whether the thread is in a slow path of ours, or in a handler that interrupted one:
 * its frame lies above. */
static int is_busy(struct tkai_thread *thread, uintptr_t frame)
{
    if (thread->busy != 0 && thread->busy < frame && thread->busy >= thread->stack_low) {
        thread->busy = 0; /* left by a longjmp out of a handler */
    }
    return thread->busy != 0;
}

EXPORT struct tka_memory_row *tka_memory_find(struct tka_memory_thread *memory,
                                              struct tka_scope *top, const void *place,
                                              uintptr_t frame)
{
    struct tkai_thread *thread = tkai_thread_self;
    struct tka_memory_row *row = NULL;
    int saved_errno = errno;

    if (memory->epoch == TKA_MEMORY_OURS || (thread != NULL && is_busy(thread, frame))) {
        return NULL; /* the runtime's own */
    }
    if (memory->epoch == *tkai_memory.hooks->epoch && thread != NULL &&
        thread->id == memory->id) {
        if (tkai_memory.mode == TKA_MEMORY_OFF) {
            return NULL;
        }
        thread->busy = frame;
        row = find_row(memory, top, place, frame);
        thread->busy = 0;
    } else if (join_thread(memory, frame) == 0) {
        row = tka_memory_find(memory, top, place, frame);
    }
    errno = saved_errno;
    return row;
}

/* --- samples ------------------------------------------------------------- */

EXPORT void tka_memory_sample(struct tka_memory_thread *memory, struct tka_memory_row *row,
                              void *block, size_t size)
{
    struct tkai_memsample sample = {~(uintptr_t)block, row->id, 0, 0};
    int saved_errno = errno;

    memory->until = tkai_memsamples_distance(&memory->random, TKAI_MEMORY_SAMPLE_BYTES);
    tkai_memsamples_weigh(&sample, size, TKAI_MEMORY_SAMPLE_BYTES);
    if (tkai_memsamples_add(&sample) != 0) {
        tkai_state_count_loss(&tkai_state_header()->memory.lost_samples);
    } else {
        __atomic_fetch_add(&row->samples, 1, __ATOMIC_RELAXED);
        __atomic_fetch_add(&row->sampled_blocks, sample.blocks, __ATOMIC_RELAXED);
        __atomic_fetch_add(&row->sampled_bytes, sample.bytes, __ATOMIC_RELAXED);
        tkai_memory_add((int64_t)sample.bytes);
    }
    errno = saved_errno;
}

EXPORT void tka_memory_unsample(void *block)
{
    struct tkai_memsample sample;
    int saved_errno = errno;

    if (tkai_memsamples_take(block, &sample) == 0) {
        struct tka_memory_row *row = tkai_memrow(sample.row);

        if (row != NULL) {
            __atomic_fetch_sub(&row->samples, 1, __ATOMIC_RELAXED);
            __atomic_fetch_sub(&row->sampled_blocks, sample.blocks, __ATOMIC_RELAXED);
            __atomic_fetch_sub(&row->sampled_bytes, sample.bytes, __ATOMIC_RELAXED);
            tkai_memory_add(-(int64_t)sample.bytes);
        }
    }
    errno = saved_errno;
}

/* --- tracked blocks ------------------------------------------------------ */

EXPORT void tka_memory_settle(struct tka_memory_thread *memory)
{
    int64_t drift = memory->drift;
    int saved_errno = errno;

    memory->drift = 0;
    tkai_memory_add(drift);
    errno = saved_errno;
}

EXPORT void tka_memory_foreign_free(struct tka_memory_row *row, size_t size)
{
    __atomic_fetch_add(&row->foreign_freed, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&row->foreign_freed_bytes, size, __ATOMIC_RELAXED);
}

EXPORT int tka_memory_intensive(int exact)
{
    struct tka_memory_thread *memory;
    int before;

    if (tkai_memory.hooks == NULL) {
        return 0;
    }
    memory = tkai_memory.hooks->thread();
    before = memory->intensive;
    memory->intensive = exact;
    set_tracks(memory);
    return before;
}
