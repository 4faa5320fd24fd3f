/* thread - one thread's counters, and the list of all.
 *
 * A thread owns its records, nodes and histograms: only it writes them. When it
 * ends they stay in the list and the next new thread goes on with them, so that
 * a pool of short threads needs no more memory than its width.
 */
#ifndef TKA_THREAD_H
#define TKA_THREAD_H

#include <stddef.h>
#include <stdint.h>
#include <tka/live.h>
#include <tka/probe.h>

#include "account.h"
#include "sampler.h"

#define TKAI_MODULES_MOST 256u
#define TKAI_NODE_SPACE (16u << 20)     /* address space for nodes: 262,000 */
#define TKAI_TRAIL_MOST 256u
/* Timed calls of a site before its period is chosen for the first time. */
#define TKAI_BURN_IN 32u

/* The flight recorder: events of a thread kept, and the shortest that is one. */
#define TKAI_EVENTS 64u
#define TKAI_EVENT_NS 1000u

/* Open calls of a thread whose CPU time was read when they began. */
#define TKAI_CPU_DEPTH 16u

/* A frame of the path that was walked last. */
struct tkai_frame {
    uintptr_t scope;
    uintptr_t parent;
    uintptr_t site;
};

struct tkai_thread {
    volatile uintptr_t busy;            /* in the slow path for the frame at this
                                         * address: a signal handler must not */
    uint32_t id;
    struct tka_scope *current;          /* innermost timed scope, if not longjmped over */
    struct tka_node *current_node;      /* its node */
    struct tkai_short_call put_off;     /* the last short call, see account.h */
    uint64_t cost;                      /* probe cost so far, ticks times 64 */
    struct tkai_random random;
    uintptr_t stack_low, stack_high;
    struct tka_node root;
    struct tka_record root_record;
    /* nodes: one stretch of address space, mapped as needed */
    uintptr_t nodes_low;                /* all nodes lie in [nodes_low, nodes_next) */
    uintptr_t nodes_next, nodes_end, nodes_limit;
    struct tka_live_chunk *node_chunk;
    /* the same by parent and record: a hash table, open addressing (callpath.c) */
    struct tka_node **paths;
    uint32_t path_slots, path_count;    /* path_slots: a power of two; 0 no table yet */
    /* histograms */
    struct tka_histogram *histogram_next, *histogram_end;
    struct tka_live_chunk *histogram_chunk;
    /* rows of what it allocates (memrows.h) */
    struct tka_memory_row *row_next, *row_end, *first_row;
    struct tka_live_chunk *row_chunk;
    struct tka_memory_row **far_rows;
    /* the last events, and what captures of slow calls need (capture.h) */
    uint32_t event_count;               /* ever */
    struct tka_event events[TKAI_EVENTS];
    struct tka_live_chunk *captures;
    uint32_t capture_tokens;
    uint64_t captured_at;               /* ticks */
    /* CPU time when open calls began, outermost first (cputime.h) */
    uint32_t cpu_depth;
    struct {
        uintptr_t scope;
        uint64_t ns;
    } cpu[TKAI_CPU_DEPTH];
    /* what sampling costs, see budget.h */
    uint64_t window_start_ns;           /* CPU time */
    uint64_t window_end;                /* ticks; 0 there is none yet */
    uint32_t window_samples;
    uint32_t uncharged;                 /* samples that sites may take as they are new */
    uint32_t bias_log2;
    /* records by module id, and the module's word that leads to them */
    struct tka_record *records[TKAI_MODULES_MOST];
    intptr_t *deltas[TKAI_MODULES_MOST];
    uint32_t generations[TKAI_MODULES_MOST]; /* tkai_state.generation when they were armed */
    /* where to look for the path when a longjmp broke the links: the last
     * caller of a timed call, and the last path walked, innermost first */
    uintptr_t anchor;                   /* scope of the last caller of a timed call */
    uintptr_t outermost;                /* last timed scope that had no caller */
    uint32_t trail_count;
    struct tkai_frame trail[TKAI_TRAIL_MOST];
    struct tkai_frame frames[TKAI_TRAIL_MOST]; /* of the walk under way */
    /* what it resolved, how many of its resolutions are open, and as busy above (service.h) */
    struct tkai_services *services;
    uint32_t services_open;
    volatile uintptr_t services_busy;
    struct tkai_thread *next;           /* in the list of all */
    struct tkai_thread *next_free;
};

extern __thread struct tkai_thread *tkai_thread_self
    __attribute__((tls_model("initial-exec")));

/* The calling thread's counters, made or taken over from a thread that ended.
 * here: an address on the thread's stack. NULL when there is no memory. With the
 * lock of state.h held. */
struct tkai_thread *tkai_thread_attach(uintptr_t here);

/* Give it the records of a module and set *delta. 0; -1 no memory, or too many
 * modules. With the lock held. */
int tkai_thread_attach_module(struct tkai_thread *thread, struct tka_module *module,
                              uint32_t id, intptr_t *delta);

/* A histogram for a record, a node below parent: NULL when memory is out. Take
 * the lock themselves. */
struct tka_histogram *tkai_thread_histogram(struct tkai_thread *thread,
                                            struct tka_record *record);
struct tka_node *tkai_thread_node(struct tkai_thread *thread);

/* The thread's chunk for captures, made with size bytes; NULL. Takes the lock itself. */
struct tka_live_chunk *tkai_thread_captures(struct tkai_thread *thread, size_t size);

/* Let the next probed call of every thread (0), or of this one, in any module come to
 * the slow path, which arms all records of the module anew. With the lock held. */
void tkai_thread_recall(uint32_t thread_id);

/* Called by a thread that ends, before its counters may be another's. NULL: nothing. */
extern void (*tkai_thread_ends)(void);

/* Add what was put off, see account.h. */
void tkai_thread_settle(struct tkai_thread *thread);

/* In a forked child: forget all threads; the calling one starts anew. */
void tkai_thread_forget_all(void);

/* Make the key whose destructor returns a thread's counters to the pool. */
void tkai_thread_init(void);

static inline int tkai_thread_owns_node(const struct tkai_thread *thread, const void *node)
{
    uintptr_t address = (uintptr_t)node;

    return address - thread->nodes_low < thread->nodes_next - thread->nodes_low &&
           address % sizeof(struct tka_node) == 0;
}

#endif
