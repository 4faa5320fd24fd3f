#include "slowpath.h"

#include <errno.h>
#include <string.h>

#include "account.h"
#include "budget.h"
#include "calibration.h"
#include "capture.h"
#include "callpath.h"
#include "clock.h"
#include "cputime.h"
#include "deep.h"
#include "engine.h"
#include "identity.h"
#include "memory.h"
#include "monitor.h"
#include "os.h"
#include "record.h"
#include "state.h"
#include "thread.h"

#define EXPORT      __attribute__((visibility("default")))
#define COLD        __attribute__((noinline, cold))
#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* A countdown that is always negative times every call; long before it would
 * overflow it is armed again. */
#define COUNTDOWN_LEAST (-(1 << 30))

/* Ticks of a call, some 30 s, from which on the sums for its sampling error take it as
 * shorter than it is: times 2^26 they still fit. */
#define LONGEST (1ull << 36)

/* What the low six bits of a scope's cost say of the call. */
#define PERIOD_BITS 31u                 /* log2 of the calls that it stands for */
#define CPU_BIT 32u                     /* its CPU time was read */
#define HOW_BITS 63u

/* Where not, every call is timed: the countdown just stays below 0. */
static inline int is_sampled(const struct tka_histogram *histogram)
{
    return (histogram->period_log2 | histogram->armed_log2) != 0;
}

/* Every call is timed, and that is all: the straight line. */
static inline int is_plain(const struct tka_histogram *histogram)
{
    uint64_t choices;

    __builtin_memcpy(&choices, &histogram->period_log2, sizeof choices);
    return choices == 0;
}

/* Draw the next gap. Log2 of the calls that the one now timed stands for. */
static __attribute__((noinline)) unsigned next_gap(struct tkai_thread *thread,
                                                   struct tka_record *record,
                                                   struct tka_histogram *histogram)
{
    unsigned armed_log2 = histogram->armed_log2;

    histogram->armed_log2 = histogram->period_log2;
    tkai_record_rearm(record, tkai_sampler_gap(&thread->random, histogram->period_log2));
    return armed_log2;
}

/* Apart, so that who starts timing saves no registers around a call. */
static COLD void start_by_fallback(struct tka_scope *scope)
{
    scope->start = tkai_clock_fallback();
}

/* Time this call: the scope's node, then, last of all, its start. The thread is
 * busy when it comes here and not when it returns. */
static inline void start_timing(struct tkai_thread *thread, struct tka_scope *scope,
                                struct tka_node *caller, struct tka_node *node,
                                unsigned how)
{
    thread->anchor = (uintptr_t)scope->parent;
    if (scope->parent == NULL) {
        thread->outermost = (uintptr_t)scope;
    }
    thread->current = scope;
    scope->caller = caller;
    scope->node = node;
    thread->current_node = node;
    scope->site |= TKA_SCOPE_TIMED | TKA_SCOPE_NODE;
    scope->cost = thread->cost | how;
    thread->busy = 0;
    if (LIKELY(tkai_clock.counter)) {
        scope->start = tkai_clock_counter();
        return;
    }
    start_by_fallback(scope);
}

/* Whether the scope's caller is the innermost timed scope, still open: then its
 * node is at hand. frame: an address below every live frame. A caller that was
 * called from the scope itself is one that a longjmp left behind in the frame
 * of a function which both were inlined into. */
static inline int is_called_from_current(const struct tkai_thread *thread,
                                         const struct tka_scope *scope, uintptr_t frame)
{
    const struct tka_scope *caller = scope->parent;

    return caller == thread->current && caller != scope &&
           (caller == NULL ||
            (tkai_callpath_is_on_stack(thread, (uintptr_t)caller, frame) &&
             (caller->site & TKA_SCOPE_NODE) != 0 && caller->parent != scope));
}

/* The node of the scope's caller, however it is found. */
static struct tka_node *find_caller(struct tkai_thread *thread, struct tka_scope *scope,
                                    uintptr_t frame)
{
    if (scope->parent == NULL) {
        return &thread->root;
    }
    if (is_called_from_current(thread, scope, frame)) {
        return thread->current_node;
    }
    return tkai_callpath_walk(thread, scope, frame);
}

/* A record that has no histogram yet, or in a process that only counts. */
struct first_here {
    struct tkai_thread *thread;
    struct tka_record *record;
    struct tka_histogram *histogram; /* out: NULL calls are only counted */
};

static void first_here(void *argument)
{
    struct first_here *here = argument;

    if (tkai_state.config.mode == TKA_MODE_COUNT) {
        tkai_monitor_poll(0);
        return;
    }
    here->histogram = tkai_thread_histogram(here->thread, here->record);
    if (here->histogram == NULL) {
        tkai_state_count_loss(&tkai_state_header()->lost_samples);
    }
}

/* Enter in all its forms: the site's first call on this thread, the end of a
 * sampling gap, a new path, a process that only counts. */
static __attribute__((noinline)) void
enter_general(struct tkai_thread *thread, struct tka_scope *scope,
              const struct tka_site *site, struct tka_record *record, uintptr_t frame)
{
    struct tka_histogram *histogram = tkai_record_histogram(record);
    struct tka_node *caller, *node;
    unsigned how = 0;

    thread->busy = frame;
    if (UNLIKELY(histogram == NULL)) {
        struct first_here first = {thread, record, NULL};

        tkai_deep(first_here, &first);
        histogram = first.histogram;
    }
    if (histogram == NULL || tkai_state.config.mode == TKA_MODE_COUNT) {
        tkai_record_rearm(record, TKAI_COUNT_GAP);
        thread->busy = 0;
        return;
    }
    histogram->critical = (site->flags & TKA_SITE_CRITICAL) != 0;
    if (is_sampled(histogram)) {
        how = next_gap(thread, record, histogram);
    } else if (record->countdown < COUNTDOWN_LEAST) {
        tkai_record_rearm(record, 1);
    }
    caller = find_caller(thread, scope, frame);
    node = tkai_callpath_child(thread, caller, record);
    if (node == NULL) {
        tkai_state_count_loss(&tkai_state_header()->lost_samples);
        thread->busy = 0;
        return;
    }
    if (UNLIKELY(tkai_cputime_is_due(thread, histogram->cpu_choice)) &&
        tkai_cputime_begin(thread, scope)) {
        how |= CPU_BIT;
    }
    start_timing(thread, scope, caller, node, how);
}

/* Whether the slow path that the thread is in was left by a longjmp out of a signal
 * handler: its frame lay below the one that is entered or left now. */
static COLD int is_left_behind(struct tkai_thread *thread, uintptr_t frame)
{
    uintptr_t busy = thread->busy;

    if (busy >= frame || busy < thread->stack_low || frame >= thread->stack_high) {
        return 0;
    }
    thread->busy = 0;
    tkai_state_count_loss(&tkai_state_header()->lost_samples);
    return 1;
}

/* A thread's first call in a module, or at all. It runs on a stack of its own:
 * the thread's may be a signal handler's, or hardly larger. */
struct first_call {
    struct tka_module *module;
    intptr_t *delta;
    uintptr_t frame;
    struct tkai_thread *thread;     /* out: NULL probes are off, or no memory */
    intptr_t records;               /* out: what *delta was made, which others may clear */
    char path[1024], build_id[64];
    struct tkai_loaded loaded;
};
#define FIRST_CALL_STACK (64u << 10)

static struct tkai_thread *attach_recording(struct first_call *call)
{
    struct tkai_thread *thread = tkai_thread_self;
    int id = tkai_engine_module(call->module, call->path, call->build_id, &call->loaded);

    if (id < 0) {
        tkai_engine_module_off(call->module); /* rather than ask at every call */
        return NULL;
    }
    if (thread == NULL) {
        thread = tkai_thread_attach(call->frame);
    }
    if (thread != NULL &&
        tkai_thread_attach_module(thread, call->module, (uint32_t)id, call->delta) != 0) {
        return NULL;
    }
    if (thread != NULL) {
        tkai_budget_arm_module(thread, (uint32_t)id);
        call->records = (intptr_t)thread->records[id] - (intptr_t)call->module->sites;
    }
    return thread;
}

static void attach(void *argument)
{
    struct first_call *call = argument;
    struct tkai_os_mask old;

    tkai_identity_prepare();
    if (call->module->state == NULL) {
        tkai_identity_module(call->module, call->path, sizeof call->path, call->build_id,
                             sizeof call->build_id);
        tkai_engine_find_loaded(&call->loaded);
    }
    tkai_state_lock(&old);
    tkai_slowpath_start();
    if (tkai_state.phase == TKAI_ON) {
        call->thread = attach_recording(call);
        if (call->thread == NULL) {
            tkai_state_count_loss(&tkai_state_header()->lost_calls);
        }
    } else {
        tkai_engine_module_off(call->module);
    }
    tkai_state_unlock(&old);
}

struct attach_call {
    struct tka_module *module;
    intptr_t *delta;
    uintptr_t frame;
    struct tka_scope *parent;           /* what was on top */
    struct tkai_thread *thread;         /* out */
    intptr_t records;                   /* out */
};

static void attach_elsewhere(struct attach_call *wanted)
{
    static __thread int attaching __attribute__((tls_model("initial-exec")));
    struct first_call *call;
    struct tkai_os_mask old;

    /* a handler's calls would find nowhere to be counted; and one that jumps away must
     * find us done */
    tkai_os_block_signals(&old);
    call = attaching ? NULL : tkai_os_memory(FIRST_CALL_STACK);
    attaching++;
    if (call != NULL) {
        call->module = wanted->module;
        call->delta = wanted->delta;
        call->frame = wanted->frame;
        tkai_os_call_on((char *)call + FIRST_CALL_STACK, attach, call);
        wanted->thread = call->thread;
        wanted->records = call->records;
        tkai_os_memory_free(call, FIRST_CALL_STACK);
    }
    attaching--;
    tkai_os_restore_signals(&old);
}

/* The thread has no records yet: the countdown that went below zero was that of
 * the site itself. */
static void attach_once(void *argument)
{
    struct attach_call *call = argument;
    int saved_errno = errno;

    attach_elsewhere(call);
    if (call->thread == NULL) {
        *call->module->top() = call->parent; /* not recorded: not linked in */
    }
    errno = saved_errno;
}

/* The countdown that went below zero may be that of the site itself, with the delta
 * that the thread had; or, where the delta was cleared right after, the record's. */
static COLD void enter_first(struct tka_scope *scope, struct tka_site *site,
                             struct tka_module *module, intptr_t *delta, intptr_t used,
                             uintptr_t frame)
{
    struct attach_call call = {module, delta, frame, scope->parent, NULL, 0};

    if (used == 0) {
        site->countdown = 0;
    }
    tkai_deep(attach_once, &call);
    if (call.thread != NULL) {
        struct tka_record *record = (struct tka_record *)((intptr_t)site + call.records);

        tkai_record_arm_now(record);
        if (used == 0) {
            record->countdown--;
        }
        if (call.thread->busy == 0) { /* not in a handler amid our own slow path */
            enter_general(call.thread, scope, site, record, frame);
        }
    }
}

static COLD void enter_busy(struct tkai_thread *thread, struct tka_scope *scope,
                            const struct tka_site *site, struct tka_record *record,
                            uintptr_t frame)
{
    if (is_left_behind(thread, frame)) {
        enter_general(thread, scope, site, record, frame);
    } /* else a signal handler inside our slow path: counted, not timed */
}

/* Inserted code comes here by a jump, so that the frame of this function is all
 * that lies below the one of the profiled function: scopes below are dead.
 *
 * The straight line is a call whose site is always timed, from a timed caller,
 * by a known path. Everything else is a tail call, so that this function saves
 * no registers. */
EXPORT void tka_enter_due(struct tka_scope *scope, struct tka_site *site,
                          struct tka_module *module, intptr_t *delta, intptr_t used)
{
    struct tkai_thread *thread = tkai_thread_self;
    intptr_t records = __atomic_load_n(delta, __ATOMIC_RELAXED); /* others may clear it */
    struct tka_record *record = (struct tka_record *)((intptr_t)site + records);
    const struct tka_histogram *histogram;
    struct tka_node *node;
    uintptr_t frame = (uintptr_t)__builtin_dwarf_cfa();

    if (UNLIKELY(records == 0 || records != used || thread == NULL)) {
        enter_first(scope, site, module, delta, used, frame);
        return;
    }
    if (UNLIKELY(thread->busy)) {
        enter_busy(thread, scope, site, record, frame);
        return;
    }
    histogram = tkai_record_histogram(record);
    if (UNLIKELY(histogram == NULL || !is_plain(histogram) ||
                 record->countdown < COUNTDOWN_LEAST ||
                 !is_called_from_current(thread, scope, frame))) {
        enter_general(thread, scope, site, record, frame);
        return;
    }
    node = (struct tka_node *)(uintptr_t)thread->current_node->last_child;
    if (UNLIKELY(node == NULL || node->record != (uint64_t)(uintptr_t)record)) {
        enter_general(thread, scope, site, record, frame);
        return;
    }
    start_timing(thread, scope, thread->current_node, node, 0);
}

/* Ticks between the two readings, less what probes cost of the calls within. */
static inline int64_t ticks_between(const struct tkai_thread *thread,
                                    const struct tka_scope *scope, uint64_t now)
{
    return (int64_t)(now - scope->start - ((thread->cost - scope->cost) >> 6));
}

/* Sampling error of the totals, Horvitz & Thompson's estimator for independent
 * draws: each adds w (w - 1) x^2; and what an ordinary call is told from. Where the
 * sums run over, after a week of calls that stand for 8192 each, both are halved: the
 * ordinary call stays what it is, and the error is told too high. */
static void add_variance(struct tka_histogram *histogram, uint64_t ticks, unsigned k)
{
    __extension__ typedef unsigned __int128 wide;
    uint64_t w = 1ull << k, square = w * (w - 1), x = ticks < LONGEST ? ticks : LONGEST;
    wide sum = ((wide)histogram->variance[1] << 64 | histogram->variance[0]) +
               (wide)x * x * square;

    histogram->variance[0] = (uint64_t)sum;
    histogram->variance[1] = (uint64_t)(sum >> 64);
    histogram->rare_weight += square;
    histogram->rare_ticks += square * x;
    if (UNLIKELY(histogram->rare_ticks >> 63 != 0)) {
        histogram->rare_weight /= 2;
        histogram->rare_ticks /= 2;
    }
}

static void look(void *argument)
{
    const struct tkai_look *look = argument;

    tkai_budget_look(argument);
    tkai_monitor_poll(look->now);
}

static void poll(void *now)
{
    tkai_monitor_poll(*(const uint64_t *)now);
}

/* For calls that are seldom or long: where few calls are timed no look is due for long. */
static inline void poll_monitor(uint64_t now)
{
    if (UNLIKELY(now >= __atomic_load_n(&tkai_monitor_due, __ATOMIC_RELAXED))) {
        tkai_deep(poll, &now);
    }
}

/* A look at the period of the site, and at what the thread spends on samples. */
static COLD void look_up(struct tkai_thread *thread, struct tka_node *node,
                         struct tka_histogram *histogram, uint64_t now)
{
    struct tkai_look at = {thread, node, histogram, now};

    tkai_account_settle(&thread->put_off);
    if (tkai_state.config.mode == TKA_MODE_EXACT && (int32_t)histogram->review_in > 0 &&
        now < __atomic_load_n(&tkai_monitor_due, __ATOMIC_RELAXED)) {
        thread->window_samples = 0; /* no period to choose: not worth going deep */
    } else {
        tkai_deep(look, &at);
    }
    thread->busy = 0;
}

/* A call of a site that is sampled was so long that each like it could be timed. Where
 * it makes a good part of what its path took lately the period is chosen anew at once. */
static void notice_slow(const struct tka_node *node, struct tka_histogram *histogram,
                        uint64_t ticks, unsigned k)
{
    struct tka_record *record = (struct tka_record *)(uintptr_t)node->record;
    uint64_t lately = node->total + record->nested - histogram->reviewed_total;

    if (histogram->reviewed_node != (uint64_t)(uintptr_t)node) {
        tkai_record_time_all(record, histogram); /* of this path it is not known */
    } else if (ticks << k >= lately / 4) {
        histogram->review_in = 1;
    }
}

/* Into the flight recorder, and a slow call into a capture. */
static void note_event(struct tkai_thread *thread, const struct tka_scope *scope,
                       struct tka_histogram *histogram, uint64_t ticks, uint64_t cpu_ns)
{
    uint64_t node = (uint64_t)(uintptr_t)scope->node;

    thread->events[thread->event_count++ % TKAI_EVENTS] =
        (struct tka_event){node, scope->start, ticks};
    if (ticks >= tkai_state.cpu_ticks && histogram->cpu_choice == 0) {
        histogram->cpu_choice = 1; /* until its mean is looked at, which is soon: this */
        if (histogram->review_in > TKAI_REVIEW_SOON) { /* one may just have been preempted */
            histogram->review_in = TKAI_REVIEW_SOON;
        }
    }
    if (UNLIKELY(ticks >= tkai_state.slow_ticks)) {
        struct tkai_slow slow = {thread, scope, node, scope->start, ticks, cpu_ns};

        histogram->slow_calls++;
        tkai_deep(tkai_capture_take, &slow);
    }
}

/* What every timed call does on leaving, whatever it took; k: log2 of the calls it
 * stands for; cost: what timing it added to its caller, ticks times 64. */
static inline __attribute__((always_inline)) void
end_call(struct tkai_thread *thread, const struct tka_scope *scope, uint64_t now,
         unsigned k, uint64_t cost)
{
    struct tka_node *node = scope->node;
    struct tka_histogram *histogram =
        tkai_record_histogram((struct tka_record *)(uintptr_t)node->record);

    node->weight += 1ull << k;
    node->samples++;
    thread->cost += cost;
    thread->current = scope->parent;
    thread->current_node = scope->caller;
    histogram->review_in--;
    thread->window_samples++;
    if (UNLIKELY((int32_t)histogram->review_in <= 0 ||
                 thread->window_samples % TKAI_WINDOW == 0)) {
        look_up(thread, node, histogram, now);
        return;
    }
    thread->busy = 0;
}

/* Behind a long call's own work most of a probe is hidden, where all are timed. */
static inline uint64_t added_cost(unsigned k, int is_long)
{
    return k == 0 && is_long ? tkai_state.long_cost_units : tkai_state.timed_cost_units;
}

/* The same for a call long enough to be an event. */
static __attribute__((noinline)) void leave_long(struct tkai_thread *thread,
                                                 const struct tka_scope *scope,
                                                 uint64_t now, uint64_t ticks, unsigned k,
                                                 uint64_t cpu_ns)
{
    const struct tka_node *node = scope->node;
    struct tka_histogram *histogram =
        tkai_record_histogram((struct tka_record *)(uintptr_t)node->record);

    poll_monitor(now);
    note_event(thread, scope, histogram, ticks, cpu_ns);
    if (ticks >= tkai_state.full_ticks && histogram->period_log2 != 0) {
        notice_slow(node, histogram, ticks, k);
    }
    end_call(thread, scope, now, k, added_cost(k, 1));
}

/* The share of a call's time that its thread computed. */
static COLD uint64_t end_cpu(struct tkai_thread *thread, const struct tka_scope *scope,
                             struct tka_histogram *histogram, uint64_t now, unsigned k)
{
    uint64_t wall = now - scope->start, cpu_ns = tkai_cputime_end(thread, scope);

    thread->cost += tkai_state.cpu_cost_units;
    ((struct tka_record *)(uintptr_t)histogram->record)->cpu_readings++;
    if (cpu_ns != TKA_NOT_READ) {
        uint64_t wall_ns = tkai_clock_ns(wall);

        cpu_ns = cpu_ns < wall_ns ? cpu_ns : wall_ns;
        histogram->cpu_ns += cpu_ns << k;
        histogram->cpu_wall += wall << k;
    }
    return cpu_ns;
}

/* Ticks that a call took itself; see state.h. */
static uint64_t own_ticks(int64_t ticks, const struct tkai_inside *inside)
{
    if (ticks >= inside->knee) {
        return (uint64_t)(ticks - inside->beyond);
    }
    if (ticks >= inside->middle) {
        return inside->middle_own +
               ((uint64_t)(ticks - inside->middle) * inside->upper_slope >> 16);
    }
    return tkai_account_own(ticks, inside);
}

/* Not every call is timed as this one was: it stands for 2^k, or its CPU time was
 * read. */
static __attribute__((noinline)) void leave_sampled(struct tkai_thread *thread,
                                                    struct tka_scope *scope, uint64_t now)
{
    unsigned how = (unsigned)scope->cost & HOW_BITS, k = how & PERIOD_BITS;
    const struct tkai_inside *inside = &tkai_state.inside[k != 0];
    struct tka_node *node = scope->node;
    struct tka_histogram *histogram =
        tkai_record_histogram((struct tka_record *)(uintptr_t)node->record);
    uint64_t cpu_ns = TKA_NOT_READ, own;
    int64_t ticks;

    scope->cost -= how;
    poll_monitor(now);
    ticks = ticks_between(thread, scope, now);
    own = own_ticks(ticks, inside);
    if ((how & CPU_BIT) != 0) {
        cpu_ns = end_cpu(thread, scope, histogram, now, k);
    }
    if (k != 0) {
        histogram->rare++;
        add_variance(histogram, own, k);
    }
    tkai_account_add(scope->caller, node, own, k);
    if (own >= tkai_state.event_ticks) {
        leave_long(thread, scope, now, own, k, cpu_ns);
        return;
    }
    end_call(thread, scope, now, k, added_cost(k, ticks >= inside->knee));
}

static inline void leave_free(struct tkai_thread *thread, struct tka_scope *scope,
                              uint64_t now)
{
    const struct tkai_inside *inside = &tkai_state.inside[0];
    int64_t ticks;
    uint64_t own;

    thread->busy = (uintptr_t)scope;
    if (UNLIKELY((scope->cost & HOW_BITS) != 0)) {
        leave_sampled(thread, scope, now);
        return;
    }
    ticks = ticks_between(thread, scope, now);
    if (LIKELY(ticks < inside->knee)) {
        tkai_account_settle(&thread->put_off);
        thread->put_off = (struct tkai_short_call){scope->node, scope->caller, ticks};
        end_call(thread, scope, now, 0, added_cost(0, 0));
    } else {
        own = (uint64_t)(ticks - inside->beyond);
        tkai_account_add(scope->caller, scope->node, own, 0);
        if (UNLIKELY(own >= tkai_state.event_ticks)) {
            leave_long(thread, scope, now, own, 0, TKA_NOT_READ);
            return;
        }
        end_call(thread, scope, now, 0, added_cost(0, 1));
    }
}

static COLD void leave_lost(void)
{
    tkai_state_count_loss(&tkai_state_header()->lost_samples);
}

static COLD void leave_busy(struct tkai_thread *thread, struct tka_scope *scope,
                             uint64_t now)
{
    if (is_left_behind(thread, (uintptr_t)scope)) {
        leave_free(thread, scope, now);
    } else {
        leave_lost();
    }
}

static inline void leave_at(struct tka_scope *scope, uint64_t now)
{
    struct tkai_thread *thread = tkai_thread_self;

    if (UNLIKELY(thread == NULL)) {
        return; /* entered before a fork */
    }
    if (UNLIKELY(!tkai_thread_owns_node(thread, scope->node))) {
        leave_lost(); /* entered before a fork, or a coroutine on another thread */
        return;
    }
    if (UNLIKELY(thread->busy)) {
        leave_busy(thread, scope, now);
        return;
    }
    leave_free(thread, scope, now);
}

static COLD void leave_by_fallback(struct tka_scope *scope)
{
    leave_at(scope, tkai_clock_fallback());
}

/* A plain reading may be taken while the end of the function still executes: a
 * chain of 200 ns reads as 185. Where few calls are timed the reading waits for
 * it; where all are, that would cost every call a third more.
 *
 * The straight line is a call of a site that is always timed. Everything else is a
 * tail call, as in tka_enter_due. */
EXPORT void tka_leave_slow(struct tka_scope *scope, struct tka_module *module)
{
    (void)module;
    if (UNLIKELY(!tkai_clock.counter)) {
        leave_by_fallback(scope);
    } else if (tkai_state.config.mode == TKA_MODE_EXACT) {
        leave_at(scope, tkai_clock_counter());
    } else {
        leave_at(scope, tkai_clock_counter_ordered());
    }
}

static int is_ancestor(const struct tka_node *node, const struct tka_node *of)
{
    for (; of != NULL; of = (const struct tka_node *)(uintptr_t)of->parent) {
        if (of == node) {
            return 1;
        }
    }
    return 0;
}

/* Whether a scope on the stack is a timed one that is open, to the best of what can
 * be known: a longjmp leaves scopes behind that look the same. */
static int is_open(const struct tkai_thread *thread, const struct tka_scope *scope)
{
    const struct tka_node *caller = scope->caller;
    size_t number;

    return (scope->site & (TKA_SCOPE_TIMED | TKA_SCOPE_NODE)) ==
               (TKA_SCOPE_TIMED | TKA_SCOPE_NODE) &&
           tkai_state_find_site(scope->site & ~(uintptr_t)7, &number) >= 0 &&
           tkai_thread_owns_node(thread, scope->node) &&
           (caller == &thread->root || tkai_thread_owns_node(thread, caller)) &&
           is_ancestor(scope->node, thread->current_node);
}

void tkai_slowpath_close_scopes(void)
{
    struct tkai_thread *thread = tkai_thread_self;
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    struct tka_scope *scope = tka_top;

    if (thread == NULL) {
        return;
    }
    tkai_thread_settle(thread);
    for (int i = 0; i < 100000 && scope != NULL; i++) {
        if (!tkai_callpath_is_on_stack(thread, (uintptr_t)scope, frame) ||
            (uintptr_t)scope % sizeof(void *) != 0) {
            break;
        }
        if (is_open(thread, scope)) {
            tka_leave_slow(scope, NULL);
        } else if ((scope->site & TKA_SCOPE_TIMED) != 0) {
            break;
        }
        scope = scope->parent;
    }
    tkai_thread_settle(thread);
}

void tkai_slowpath_start(void)
{
    static int calibrated;

    tkai_engine_start();
    if (!calibrated && tkai_state.phase == TKAI_ON) {
        calibrated = 1;
        tkai_calibration_run();
        tkai_budget_configure();
        tkai_engine_publish_costs();
    }
    if (tkai_state.phase == TKAI_ON) {
        tkai_memory_start();
    }
}
