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

static void read_thread(struct tka_memory_thread *memory, const struct tkai_thread *thread)
{
    memory->top = NULL;
    memory->row = memory->last_row = NULL;
    memory->last = memory->last_resized = 0;
    memory->stack_high = thread->stack_high;
    memory->id = thread->id;
    memory->own = thread->first_row;
    memset(memory->known, 0, sizeof memory->known);
    if (memory->random == 0) {
        memory->random = (thread->random.state ^ 0x9e3779b97f4a7c15ull) | 1;
        memory->until =
            tkai_memsamples_distance(&memory->random, TKAI_MEMORY_SAMPLE_BYTES);
    }
}

/* 0; -1 nothing is to be noted. Meanwhile what the thread allocates is the runtime's. */
static int join_thread(struct tka_memory_thread *memory, uintptr_t frame)
{
    struct join call = {memory, frame, -1};
    struct tkai_os_mask old;
    char *stack;

    memory->epoch = -1;
    tkai_os_block_signals(&old);
    stack = tkai_os_memory(JOIN_STACK);
    if (stack != NULL) {
        tkai_os_call_on(stack + JOIN_STACK, join, &call);
        tkai_os_memory_free(stack, JOIN_STACK);
    }
    if (call.failed) {
        *tkai_memory.hooks->epoch = 0; /* rather than try at every block */
        memory->epoch = 0;
    } else {
        read_thread(memory, tkai_thread_self);
        memory->tracks = tkai_memory.mode == TKA_MEMORY_EXACT || memory->intensive;
        memory->epoch = *tkai_memory.hooks->epoch;
    }
    tkai_os_restore_signals(&old);
    return call.failed;
}

/* --- call paths ---------------------------------------------------------- */

static unsigned slot_of(const struct tka_scope *scope)
{
    return (unsigned)((uintptr_t)scope >> 5) % 64;
}

static struct tka_node *known_node(const struct tka_memory_thread *memory,
                                   const struct tka_scope *scope)
{
    unsigned slot = slot_of(scope);

    return (scope->site & TKA_SCOPE_KNOWN) != 0 && memory->known[slot].scope == scope
               ? memory->known[slot].node
               : NULL;
}

/* Only in a frame that stands on the thread's own stack, and only the word that was
 * just seen to hold a site: what a longjmp left of a scope may lie in somebody's
 * frame, which has not written there. */
static void know(struct tka_memory_thread *memory, struct tka_scope *scope,
                 struct tka_node *node)
{
    unsigned slot = slot_of(scope);

    scope->site |= TKA_SCOPE_KNOWN;
    memory->known[slot].scope = scope;
    memory->known[slot].node = node;
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
    memory->own = thread->first_row;
    if (row == NULL) {
        tkai_state_count_loss(&tkai_state_header()->memory.lost_rows);
        return NULL;
    }
    /* what the hooks look at: the same scope, and that it is still this activation */
    memory->top = top;
    memory->place = place;
    memory->row = top == NULL || known_node(memory, top) != NULL ? row : NULL;
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

    if (memory->epoch < 0 || (thread != NULL && is_busy(thread, frame))) {
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
    memory->tracks = tkai_memory.mode == TKA_MEMORY_EXACT || exact;
    return before;
}
