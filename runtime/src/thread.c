#include "thread.h"

#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "clock.h"
#include "os.h"
#include "state.h"

__thread struct tkai_thread *tkai_thread_self
    __attribute__((tls_model("initial-exec")));

void (*tkai_thread_ends)(void);

static struct tkai_thread *all;
static struct tkai_thread *unused;
static pthread_key_t key;
static int key_made;

void tkai_thread_settle(struct tkai_thread *thread)
{
    tkai_account_settle(&thread->put_off);
}

/* The calling thread's words that lead to its records lead nowhere from now on. */
static void let_go(struct tkai_thread *thread)
{
    for (uint32_t i = 0; i < tkai_state.module_count; i++) {
        intptr_t delta =
            (intptr_t)thread->records[i] - (intptr_t)tkai_state.modules[i].sites;

        /* of a library that was unloaded the word may be somebody else's now */
        if (thread->deltas[i] != NULL && *thread->deltas[i] == delta) {
            *thread->deltas[i] = 0;
        }
        thread->deltas[i] = NULL;
    }
}

/* The word lies in the static TLS of a live thread, so it can be written whatever
 * became of its module; an exchange, as it may be somebody else's now. A thread that
 * has just read it goes on with its record once more. */
static void recall(struct tkai_thread *thread)
{
    for (uint32_t i = 0; i < tkai_state.module_count; i++) {
        intptr_t delta =
            (intptr_t)thread->records[i] - (intptr_t)tkai_state.modules[i].sites;

        intptr_t now;

        /* a thread that ended by a bare system call has left no word behind */
        if (thread->deltas[i] != NULL &&
            tkai_os_peek(&now, thread->deltas[i], sizeof now) == 0 && now == delta) {
            __atomic_compare_exchange_n(thread->deltas[i], &delta, 0, 0, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED);
        }
    }
}

void tkai_thread_recall(uint32_t thread_id)
{
    for (struct tkai_thread *thread = all; thread != NULL; thread = thread->next) {
        if (thread_id == 0 || thread->id == thread_id) {
            recall(thread);
        }
    }
}

/* Destructors of the program's own keys may still make profiled calls: stay for
 * all but the last of glibc's rounds, in which sanitizers take down what the
 * functions that they intercept rely on. */
static void thread_ends(void *argument)
{
    static __thread int rounds __attribute__((tls_model("initial-exec")));
    struct tkai_thread *thread = argument;
    struct tkai_os_mask old;

    if (++rounds < PTHREAD_DESTRUCTOR_ITERATIONS - 1 && pthread_setspecific(key, thread) == 0) {
        return;
    }
    tkai_state_lock(&old);
    if (tkai_thread_self == thread) {
        tkai_thread_settle(thread);
        let_go(thread);
        if (tkai_thread_ends != NULL) {
            tkai_thread_ends();
        }
        tkai_thread_self = NULL;
        thread->next_free = unused;
        unused = thread;
    }
    tkai_state_unlock(&old);
}

void tkai_thread_init(void)
{
    if (!key_made) {
        key_made = pthread_key_create(&key, thread_ends) == 0;
    }
}

/* Address space counts where a program limits it. */
static void reserve_nodes(struct tkai_thread *thread)
{
    size_t size = tkai_os_limits_memory() ? TKAI_NODE_SPACE / 16 : TKAI_NODE_SPACE;

    thread->nodes_low = (uintptr_t)tkai_os_reserve(size);
    thread->nodes_next = thread->nodes_end = thread->nodes_low;
    thread->nodes_limit = thread->nodes_low ? thread->nodes_low + size : 0;
}

static struct tkai_thread *new_thread(void)
{
    static uint32_t count;
    struct tkai_thread *thread = tkai_os_memory(sizeof *thread);

    if (thread == NULL) {
        return NULL;
    }
    thread->id = ++count;
    thread->random.state = (0x9e3779b97f4a7c15ull * thread->id) ^ tkai_clock_now();
    thread->random.state |= 1;
    thread->root.record = (uint64_t)(uintptr_t)&thread->root_record;
    reserve_nodes(thread);
    thread->next = all;
    all = thread;
    tkai_state_header()->threads++;
    return thread;
}

struct tkai_thread *tkai_thread_attach(uintptr_t here)
{
    struct tkai_thread *thread = unused;

    if (thread != NULL) {
        unused = thread->next_free;
        thread->trail_count = 0;
        thread->anchor = thread->outermost = 0;
        thread->event_count = thread->cpu_depth = thread->services_open = 0;
        thread->services_busy = 0;
        if (thread->busy != 0) { /* it was cancelled inside a slow path */
            thread->busy = 0;
            tkai_state_count_loss(&tkai_state_header()->lost_samples);
        }
    } else {
        thread = new_thread();
    }
    if (thread == NULL) {
        return NULL;
    }
    tkai_thread_settle(thread);
    thread->current = NULL;
    thread->current_node = &thread->root;
    tkai_os_stack(here, &thread->stack_low, &thread->stack_high);
    thread->window_end = 0;
    tkai_thread_self = thread;
    if (key_made) {
        pthread_setspecific(key, thread);
    }
    return thread;
}

int tkai_thread_attach_module(struct tkai_thread *thread, struct tka_module *module,
                              uint32_t id, intptr_t *delta)
{
    struct tka_record *records = thread->records[id];

    if (records == NULL) {
        size_t size = (size_t)((const char *)module->sites_end -
                               (const char *)module->sites);
        struct tka_live_chunk *chunk = tkai_livefile_add(
            &tkai_state.file, TKA_CHUNK_RECORDS, id, thread->id, size, NULL);

        if (chunk == NULL) {
            return -1;
        }
        records = tkai_chunk_content(chunk);
        chunk->used = (uint32_t)(size / sizeof *records);
        thread->records[id] = records;
    }
    thread->deltas[id] = delta;
    *delta = (intptr_t)records - (intptr_t)module->sites;
    return 0;
}

/* Both grow with the lock held to the end: a signal handler that leaves by a longjmp, or
 * a cancellation, between a new piece and its record would have it mapped over. */
static void grow_histograms(struct tkai_thread *thread)
{
    uint32_t count = thread->histogram_chunk == NULL ? 4 : 16;
    struct tka_live_chunk *chunk;
    struct tkai_os_mask old;

    tkai_state_lock(&old);
    chunk = tkai_livefile_add(&tkai_state.file, TKA_CHUNK_HISTOGRAMS, 0, thread->id,
                              count * sizeof *thread->histogram_next, NULL);
    if (chunk != NULL) {
        thread->histogram_chunk = chunk;
        thread->histogram_next = tkai_chunk_content(chunk);
        thread->histogram_end = thread->histogram_next + count;
    }
    tkai_state_unlock(&old);
}

struct tka_live_chunk *tkai_thread_captures(struct tkai_thread *thread, size_t size)
{
    struct tkai_os_mask old;

    if (thread->captures == NULL) {
        tkai_state_lock(&old);
        thread->captures = tkai_livefile_add(&tkai_state.file, TKA_CHUNK_CAPTURES, 0,
                                             thread->id, size, NULL);
        tkai_state_unlock(&old);
    }
    return thread->captures;
}

struct tka_histogram *tkai_thread_histogram(struct tkai_thread *thread,
                                            struct tka_record *record)
{
    struct tka_histogram *histogram;

    if (thread->histogram_next == thread->histogram_end) {
        grow_histograms(thread);
    }
    histogram = thread->histogram_next;
    if (histogram == thread->histogram_end) {
        return NULL;
    }
    thread->histogram_next = histogram + 1;
    histogram->record = (uint64_t)(uintptr_t)record;
    histogram->review_in = TKAI_BURN_IN;
    thread->uncharged += TKAI_BURN_IN;
    thread->histogram_chunk->used++;
    record->histogram = (uint64_t)(uintptr_t)histogram;
    return histogram;
}

/* By half of what there is: 16 KiB, 16, 16, 32, ... */
static void grow_nodes(struct tkai_thread *thread)
{
    uintptr_t have = thread->nodes_end - thread->nodes_low;
    size_t size = have < 32768 ? 16384 : (size_t)(have / 2) & ~(size_t)4095;
    struct tka_live_chunk *chunk;
    struct tkai_os_mask old;

    if (thread->nodes_end + size > thread->nodes_limit) {
        return;
    }
    tkai_state_lock(&old);
    chunk = tkai_livefile_add(&tkai_state.file, TKA_CHUNK_NODES, 0, thread->id,
                              size - sizeof *chunk, (void *)thread->nodes_end);
    if (chunk != NULL) {
        thread->node_chunk = chunk;
        thread->nodes_next = (uintptr_t)tkai_chunk_content(chunk);
        thread->nodes_end += size;
    }
    tkai_state_unlock(&old);
}

struct tka_node *tkai_thread_node(struct tkai_thread *thread)
{
    struct tka_node *node;

    if (thread->nodes_next == thread->nodes_end) {
        grow_nodes(thread);
    }
    if (thread->nodes_next == thread->nodes_end) {
        return NULL;
    }
    node = (struct tka_node *)thread->nodes_next;
    thread->nodes_next += sizeof *node;
    thread->node_chunk->used++;
    return node;
}

void tkai_thread_forget_all(void)
{
    struct tkai_thread *self = tkai_thread_self;

    if (self != NULL) {
        let_go(self);
    }
    tkai_thread_self = NULL;
    all = NULL;
    unused = NULL;
    if (key_made) {
        pthread_setspecific(key, NULL);
    }
}
