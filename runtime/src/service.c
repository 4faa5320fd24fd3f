#include "service.h"

#include <errno.h>
#include <string.h>

#include "bucket.h"
#include "clock.h"
#include "os.h"
#include "sampler.h"
#include "serviceevents.h"
#include "serviceopen.h"
#include "servicetree.h"
#include "state.h"
#include "thread.h"

#define EXPORT      __attribute__((visibility("default")))
#define COLD        __attribute__((noinline, cold))
#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* What a factory needs is timed always, but for one that does more than constructing: a
 * program that runs in its application's constructor. */
#define FORCED_MOST 4096u

/* Constructions of a thread in one place that become events: what is made over and over
 * would leave no room for what is made late. */
#define EVENTS_OF_A_PLACE 8u

/* What recording itself takes, measured once: ticks that a timed resolution sees of it;
 * and what callers see, ticks times 64. */
static struct {
    int known;
    int64_t inside;
    uint64_t untimed_units, timed_units;
} cost;

/* The serial numbers of the thread's open scopes. */
static __thread struct {
    uint32_t depth;
    uint64_t serial[TKAI_SCOPES_OPEN];
} scopes __attribute__((tls_model("initial-exec")));

static uint64_t scope_serials;

/* --- entering ------------------------------------------------------------- */

static inline struct tka_service_node *node_of(const struct tkai_services *s,
                                               uint32_t parent)
{
    return parent != 0 ? s->open[parent - 1].node : NULL;
}

/* What is to be found or made for a resolution that is new in its place. */
struct wanted {
    struct tkai_thread *thread;
    struct tkai_services *s;
    const struct tka_record *record;
    const struct tkai_key *key;
    uint32_t parent;
    int is_part; /* out: of the one around it */
};

/* A resolver that hands the same key on, to an overload or to the container around it. */
static int is_handed_on(const struct wanted *wanted, const struct tka_service *service)
{
    const struct tkai_open *around =
        wanted->parent != 0 ? &wanted->s->open[wanted->parent - 1] : NULL;
    const struct tka_service *its;

    if (around == NULL || around->is_factory) {
        return 0;
    }
    its = tkai_service_of(around->node);
    if (its == service) {
        return 1;
    }
    return (wanted->key->kind == TKA_KEY_TEXT || wanted->key->kind == TKA_KEY_TYPE) &&
           tkai_servicekey_same(tkai_service_name(its), tkai_service_name(service));
}

/* A handler that jumps away would leave the tables half made. */
static COLD struct tka_service_node *make_node(struct wanted *wanted)
{
    struct tka_service_node *node = NULL;
    struct tka_service *service;
    int saved_errno = errno;
    struct tkai_os_mask old;

    tkai_os_block_signals(&old);
    service = tkai_servicetree_service(&wanted->s->tree, wanted->record, wanted->key);

    if (service != NULL) {
        wanted->is_part = is_handed_on(wanted, service);
        if (!wanted->is_part) {
            node = tkai_servicetree_node(&wanted->s->tree,
                                         node_of(wanted->s, wanted->parent), service);
        }
    }
    if (node == NULL && !wanted->is_part) {
        tkai_state_count_loss(&tkai_state_header()->lost_calls);
    }
    tkai_os_restore_signals(&old);
    errno = saved_errno;
    return node;
}

/* Whether it is timed; how many it stands for goes into entry. */
static inline int is_to_be_timed(struct tkai_thread *thread, struct tkai_services *s,
                                 struct tkai_open *entry)
{
    struct tka_service_node *node = entry->node;
    struct tkai_open *around = entry->parent != 0 ? &s->open[entry->parent - 1] : NULL;

    entry->weight_log2 = 0;
    if (UNLIKELY(tkai_state.config.mode != TKA_MODE_SAMPLED)) {
        return tkai_state.config.mode == TKA_MODE_EXACT;
    }
    if (around != NULL && around->is_factory && around->forced < FORCED_MOST) {
        around->forced++;
        return 1;
    }
    if (LIKELY(--node->countdown >= 0)) {
        return 0;
    }
    entry->weight_log2 = (uint8_t)node->armed_log2;
    if (node->samples + 1 < TKAI_SERVICES_FIRST) {
        node->countdown = 0;
        node->armed_log2 = 0;
    } else {
        node->countdown =
            (int32_t)tkai_sampler_gap(&thread->random, TKAI_SERVICES_PERIOD_LOG2) - 1;
        node->armed_log2 = TKAI_SERVICES_PERIOD_LOG2;
    }
    return 1;
}

/* The array is full. Coroutines that were left for good are never taken out of it: where
 * there are some, all is forgotten, and what lives of it is lost. */
static COLD int give_up(struct tkai_thread *thread, const struct tkai_services *s)
{
    for (uint32_t i = 0; i < thread->services_open; i++) {
        if (!tkai_open_is_own_stack(thread, s->open[i].frame)) {
            thread->services_open = 0;
            return 1;
        }
    }
    tkai_state_count_loss(&tkai_state_header()->lost_calls);
    return 0;
}

/* The next place in the array, for that node; NULL: too many. */
static inline struct tkai_open *begin(struct tkai_thread *thread, struct tkai_services *s,
                                      uintptr_t resolution, struct tka_service_node *node,
                                      uint32_t parent)
{
    struct tkai_open *entry;

    if (UNLIKELY(thread->services_open >= TKAI_SERVICES_OPEN)) {
        if (!give_up(thread, s)) {
            return NULL;
        }
        parent = 0;
    }
    entry = &s->open[thread->services_open];
    entry->frame = resolution;
    entry->node = node;
    entry->child = 0;
    entry->instance = 0;
    entry->parent = parent;
    entry->forced = 0;
    entry->told = entry->failed = entry->constructed = 0;
    entry->is_factory = entry->is_nested = 0;
    return entry;
}

/* It is open from now on; the reading of the clock comes last. */
static inline void started(struct tkai_thread *thread, struct tkai_services *s,
                           struct tkai_open *entry, struct tka_resolution *resolution)
{
    thread->services_open++;
    resolution->word[0] = (void *)(uintptr_t)thread->services_open;
    resolution->word[1] = s;
    entry->cost = thread->cost;
    if (entry->is_timed) {
        entry->start = tkai_clock_now();
    }
}

/* Of what is around it: another coroutine may be at the same service. */
static COLD void note_cycle(const struct tkai_services *s, uint32_t parent,
                            struct tka_service_node *node)
{
    for (; parent != 0; parent = s->open[parent - 1].parent) {
        const struct tkai_open *around = &s->open[parent - 1];

        if (around->frame != 0 && around->node->service == node->service) {
            node->cycles++;
            return;
        }
    }
}

static inline void resolve(struct wanted *wanted, struct tka_resolution *resolution)
{
    struct tkai_thread *thread = wanted->thread;
    struct tkai_services *s = wanted->s;
    struct tka_service_node *node = tkai_servicetree_find(
        &s->tree, node_of(s, wanted->parent), wanted->record, wanted->key);
    struct tkai_open *entry;

    if (UNLIKELY(node == NULL)) {
        node = tkai_servicetree_folded(&s->tree, node_of(s, wanted->parent),
                                       wanted->record, wanted->key);
        node = node != NULL ? node : make_node(wanted);
        if (node == NULL) {
            return;
        }
    }
    if (wanted->parent != 0) {
        const struct tkai_open *around = &s->open[wanted->parent - 1];

        if (UNLIKELY(around->node->service == node->service && !around->is_factory)) {
            return; /* handed on */
        }
        note_cycle(s, wanted->parent, node);
    }
    entry = begin(thread, s, (uintptr_t)resolution, node, wanted->parent);
    if (entry == NULL) {
        return;
    }
    entry->is_timed = (uint8_t)is_to_be_timed(thread, s, entry);
    started(thread, s, entry, resolution);
}

/* --- leaving -------------------------------------------------------------- */

/* Ticks that it took, without what recording took of them. */
static inline uint64_t own_ticks(const struct tkai_thread *thread,
                                 const struct tkai_open *entry, uint64_t now)
{
    int64_t ticks =
        (int64_t)(now - entry->start - ((thread->cost - entry->cost) >> 6)) - cost.inside;

    return ticks > 0 ? (uint64_t)ticks : 0;
}

static inline void add_to_parent(struct tkai_services *s, const struct tkai_open *entry,
                                 uint64_t ticks)
{
    if (entry->parent != 0) {
        struct tkai_open *around = &s->open[entry->parent - 1];

        around->child += ticks;
        around->node->child += ticks << entry->weight_log2;
    }
}

static void add_time(struct tkai_services *s, const struct tkai_open *entry,
                     uint64_t ticks)
{
    struct tka_service_node *node = entry->node;
    struct tka_service *service = tkai_service_of(node);
    uint64_t weight = 1ull << entry->weight_log2, ns = tkai_clock_ns(ticks);
    unsigned bucket = tkai_bucket_index(ns);

    node->samples++;
    node->weight += weight;
    node->total += ticks << entry->weight_log2;
    add_to_parent(s, entry, ticks);
    service->bucket[bucket < TKA_SERVICE_BUCKETS ? bucket : TKA_SERVICE_BUCKETS - 1] +=
        weight;
    service->slow += ns >= TKA_SERVICE_SLOW_NS ? weight : 0;
    if (~ticks > service->min_complement) {
        service->min_complement = ~ticks;
    }
    if (ticks > service->max) {
        service->max = ticks;
    }
}

static inline void add_instance(struct tka_service *service, uint64_t instance)
{
    int changed = service->instance != instance;

    if (UNLIKELY(service->instances == 0)) {
        service->first_instance = instance;
    } else if (changed) {
        service->changes++;
    }
    service->instances++;
    if (UNLIKELY(scopes.depth != 0)) {
        uint64_t serial =
            scopes.serial[(scopes.depth < TKAI_SCOPES_OPEN ? scopes.depth
                                                           : TKAI_SCOPES_OPEN) -
                          1];

        service->scope_resolutions++;
        if (service->scope != serial) {
            service->scope = serial;
            service->scope_visits++;
            service->scope_changes += (uint64_t)changed;
        } else {
            service->scope_others += (uint64_t)changed;
        }
    }
    service->instance = instance;
}

/* What is told of constructions, and of a thread's first resolution: seldom. */
static COLD void tell_event(const struct tkai_open *entry, uint64_t ticks)
{
    struct tka_service_node *node = entry->node;
    uint64_t start = entry->start;
    int timed = entry->is_timed;

    if (tkai_state.config.mode == TKA_MODE_COUNT || (!timed && !entry->constructed) ||
        node->constructed > EVENTS_OF_A_PLACE) {
        return;
    }
    if (!timed) {
        start = entry->built_start;
        ticks = entry->built_ticks;
    }
    tkai_serviceevents_add(node, start, ticks,
                           ticks > entry->child ? ticks - entry->child : 0,
                           !entry->constructed);
}

static inline void end_resolution(struct tkai_thread *thread, struct tkai_services *s,
                                  struct tkai_open *entry, uint64_t now)
{
    struct tka_service_node *node = entry->node;
    struct tka_service *service = tkai_service_of(node);
    uint64_t ticks = 0;

    if (UNLIKELY(entry->is_timed)) {
        ticks = own_ticks(thread, entry, now);
        add_time(s, entry, ticks);
        thread->cost += cost.timed_units;
    } else {
        thread->cost += cost.untimed_units;
    }
    node->resolutions++;
    if (UNLIKELY(!entry->told || entry->failed)) {
        node->failures++;
    } else if (entry->instance != 0) {
        add_instance(service, entry->instance);
    }
    if (UNLIKELY(entry->constructed)) {
        node->constructed++;
        tell_event(entry, ticks);
    } else if (UNLIKELY(service->resolutions == 0)) {
        tell_event(entry, ticks);
    }
    service->resolutions++;
}

static COLD void end_factory(struct tkai_thread *thread, struct tkai_services *s,
                             struct tkai_open *entry, uint64_t now)
{
    struct tka_service_node *node = entry->node;
    struct tkai_open *around = entry->parent != 0 ? &s->open[entry->parent - 1] : NULL;
    uint64_t ticks = entry->is_timed ? own_ticks(thread, entry, now) : 0;
    uint64_t self = ticks > entry->child ? ticks - entry->child : 0;

    node->factories++;
    if (around != NULL) {
        around->child += entry->child;
        around->constructed = 1;
    }
    if (entry->is_nested) {
        return;
    }
    node->construct_ticks += ticks;
    node->construct_self += self;
    if (around == NULL) {
        node->constructed++; /* by nobody's wish: with no key, it is its own service */
        if (entry->is_timed && node->constructed <= EVENTS_OF_A_PLACE) {
            tkai_serviceevents_add(node, entry->start, ticks, self, 0);
        }
    } else if (around->built_ticks == 0) {
        around->built_start = entry->start;
        around->built_ticks = ticks;
    }
}

/* The place of a resolution that is left: where it says, unless others lie there. */
static inline struct tkai_open *find_open(const struct tkai_thread *thread,
                                          struct tkai_services *s,
                                          const struct tka_resolution *resolution)
{
    uintptr_t place = (uintptr_t)resolution->word[0] - 1;

    if (resolution->word[1] != s || place >= thread->services_open ||
        s->open[place].frame != (uintptr_t)resolution) {
        return NULL; /* begun before a fork, in another thread, or given up */
    }
    return &s->open[place];
}

/* Those that began within it and were not left; coroutines' own may go on. */
static COLD void drop_inner(struct tkai_thread *thread, struct tkai_services *s,
                            const struct tkai_open *entry)
{
    int own = tkai_open_is_own_stack(thread, entry->frame);

    for (uint32_t i = (uint32_t)(entry - s->open) + 1; i < thread->services_open; i++) {
        uintptr_t frame = s->open[i].frame;

        if (own ? tkai_open_is_own_stack(thread, frame)
                : entry->frame - frame < TKAI_SAME_STACK) {
            s->open[i].frame = 0;
        }
    }
}

static inline void leave(struct tkai_thread *thread, struct tkai_services *s,
                         struct tkai_open *entry, uint64_t now)
{
    if (UNLIKELY(entry != &s->open[thread->services_open - 1])) {
        drop_inner(thread, s, entry);
    }
    if (LIKELY(!entry->is_factory)) {
        end_resolution(thread, s, entry, now);
    } else {
        end_factory(thread, s, entry, now);
    }
    entry->frame = 0;
    /* What a coroutine has begun since then is open still. */
    while (thread->services_open > 0 && s->open[thread->services_open - 1].frame == 0) {
        thread->services_open--;
    }
}

/* --- what recording costs ------------------------------------------------- */

#define COST_ROUNDS 24
#define COST_CALLS  32

/* Ticks of the cheapest of several rounds, times 64, of recording one resolution. */
static __attribute__((noinline)) uint64_t cheapest(struct tkai_thread *thread,
                                                   struct tkai_services *s,
                                                   struct wanted *wanted, int timed)
{
    struct tka_service_node *node = s->tree.nodes[0] != NULL ? s->tree.nodes[0] : NULL;
    uint64_t least = UINT64_MAX;

    for (uint32_t i = 0; node == NULL && i < s->tree.node_slots; i++) {
        node = s->tree.nodes[i];
    }
    for (int round = 0; node != NULL && round < COST_ROUNDS; round++) {
        uint64_t start = tkai_clock_now(), ticks;

        for (int i = 0; i < COST_CALLS; i++) {
            struct tka_resolution resolution;
            struct tkai_key key;
            struct tkai_open *entry;

            node->countdown = timed ? 0 : INT32_MAX;
            tkai_servicekey_read(&key, TKA_KEY_TEXT, "measured", 0);
            wanted->key = &key;
            resolve(wanted, &resolution);
            entry = find_open(thread, s, &resolution);
            entry->told = 1;
            entry->instance = 1;
            leave(thread, s, entry, entry->is_timed ? tkai_clock_now() : 0);
        }
        ticks = (tkai_clock_now() - start) / COST_CALLS * 64; /* as thread->cost: whole */
        least = ticks < least ? ticks : least;
    }
    return least;
}

/* Of resolutions of nothing, in memory of its own. */
static COLD void measure_cost(struct tkai_thread *thread)
{
    struct measured {
        struct tkai_services s;
        struct tka_service service;
        struct tka_service_node node;
        struct tka_name name;
        uint64_t text;
    } *m = tkai_os_memory(sizeof *m);
    static const struct tka_record record;
    uint64_t cost_before = thread->cost;
    uint32_t open_before = thread->services_open;
    struct tkai_key key;
    struct wanted wanted = {thread, NULL, &record, &key, 0, 0};

    if (m == NULL) {
        return;
    }
    thread->services_open = 0;
    wanted.s = &m->s;
    tkai_servicekey_read(&key, TKA_KEY_TEXT, "measured", 0);
    m->name = (struct tka_name){key.hash, key.number, key.kind, key.length};
    memcpy(&m->text, "measured", 8);
    m->service.record = (uint64_t)(uintptr_t)&record;
    m->service.name = (uint64_t)(uintptr_t)&m->name;
    m->service.resolutions = 1;
    m->node.service = (uint64_t)(uintptr_t)&m->service;
    if (tkai_servicetree_put(&m->s.tree, &m->node) == 0) {
        uint64_t untimed = cheapest(thread, &m->s, &wanted, 0);
        uint64_t timed = cheapest(thread, &m->s, &wanted, 1);

        cost.untimed_units = untimed;
        cost.timed_units = timed > untimed ? timed : untimed;
        cost.inside =
            m->service.min_complement != 0 ? (int64_t)~m->service.min_complement : 0;
        tkai_os_memory_free(m->s.tree.nodes, m->s.tree.node_slots * sizeof(void *));
    }
    tkai_os_memory_free(m, sizeof *m);
    thread->cost = cost_before;
    thread->services_open = open_before;
}

/* --- exported ------------------------------------------------------------- */

/* The thread's first resolution. */
static COLD struct tkai_services *attach(struct tkai_thread *thread)
{
    struct tkai_services *s;
    struct tkai_os_mask old;
    int saved_errno = errno;

    tkai_os_block_signals(&old);
    s = tkai_os_memory(sizeof *s);
    if (s != NULL) {
        s->tree.thread = thread->id;
        if (!__atomic_exchange_n(&cost.known, 1, __ATOMIC_RELAXED) &&
            tkai_state.config.mode != TKA_MODE_COUNT) {
            measure_cost(thread);
        }
        thread->services = s;
    }
    tkai_os_restore_signals(&old);
    errno = saved_errno;
    return s;
}

/* A signal handler must not meet the array half changed. Whether it is not one that calls,
 * but one has jumped away: from a frame that is gone, or no signal is blocked. */
static COLD int is_left_behind(const struct tkai_thread *thread, uintptr_t here)
{
    uintptr_t busy = thread->services_busy;
    int saved_errno = errno, left;

    left = (busy <= here && tkai_open_is_own_stack(thread, busy) &&
            tkai_open_is_own_stack(thread, here)) ||
           tkai_os_signals_open();
    errno = saved_errno;
    return left;
}

static inline struct tkai_services *take(struct tkai_thread *thread, uintptr_t here)
{
    struct tkai_services *s = thread->services;

    if (UNLIKELY(s == NULL)) {
        s = attach(thread);
        if (s == NULL) {
            return NULL;
        }
    }
    if (UNLIKELY(thread->services_busy != 0) && !is_left_behind(thread, here)) {
        return NULL;
    }
    thread->services_busy = here;
    __asm__ volatile("" ::: "memory");
    return s;
}

static inline void give(struct tkai_thread *thread)
{
    __asm__ volatile("" ::: "memory");
    thread->services_busy = 0;
}

/* The thread's record of the site; NULL: its probe has not been passed. */
static inline struct tka_record *record_of(const struct tkai_thread *thread,
                                           const struct tka_site *site,
                                           const struct tka_module *module)
{
    uintptr_t id = (uintptr_t)module->state - 1;

    if (id >= TKAI_MODULES_MOST || thread->records[id] == NULL) {
        return NULL;
    }
    return thread->records[id] + (site - module->sites);
}

static COLD void lose(void)
{
    if (tkai_state.phase == TKAI_ON) {
        tkai_state_count_loss(&tkai_state_header()->lost_calls);
    }
}

EXPORT void tka_resolution_enter(struct tka_resolution *resolution, struct tka_site *site,
                                 struct tka_module *module, enum tka_key_kind kind,
                                 const char *text, unsigned long long number)
{
    struct tkai_thread *thread = tkai_thread_self;
    uintptr_t here = (uintptr_t)__builtin_dwarf_cfa();
    const struct tka_record *record;
    struct tkai_services *s;
    struct tkai_key key;

    resolution->word[0] = NULL;
    if (UNLIKELY(thread == NULL)) {
        return;
    }
    record = record_of(thread, site, module);
    if (UNLIKELY(record == NULL) || (s = take(thread, here)) == NULL) {
        lose();
        return;
    }
    tkai_servicekey_read(&key, kind, text, number);
    tkai_open_drop_dead(thread, s, (uintptr_t)resolution, here);
    resolve(
        &(struct wanted){thread, s, record, &key, tkai_open_parent(thread, s, here), 0},
        resolution);
    give(thread);
}

EXPORT void tka_resolution_result(struct tka_resolution *resolution,
                                  const volatile void *instance, int failed)
{
    struct tkai_thread *thread = tkai_thread_self;
    struct tkai_open *entry;

    if (UNLIKELY(thread == NULL || thread->services == NULL)) {
        return;
    }
    entry = find_open(thread, thread->services, resolution);
    if (LIKELY(entry != NULL)) {
        entry->instance = (uint64_t)(uintptr_t)instance;
        entry->told = 1;
        entry->failed = failed != 0;
    }
}

EXPORT void tka_resolution_leave(struct tka_resolution *resolution)
{
    struct tkai_thread *thread = tkai_thread_self;
    uintptr_t here = (uintptr_t)__builtin_dwarf_cfa();
    struct tkai_services *s;
    struct tkai_open *entry;

    if (UNLIKELY(thread == NULL || thread->services == NULL)) {
        return;
    }
    entry = find_open(thread, thread->services, resolution);
    if (UNLIKELY(entry == NULL) || (s = take(thread, here)) == NULL) {
        lose();
        return;
    }
    leave(thread, s, entry, entry->is_timed ? tkai_clock_now() : 0);
    give(thread);
}

static COLD struct tka_service_node *eager_node(struct tkai_services *s,
                                                const struct tka_record *record)
{
    struct tka_service_node *node;
    struct tka_service *service;
    int saved_errno = errno;
    struct tkai_os_mask old;
    struct tkai_key key;

    tkai_os_block_signals(&old);
    tkai_servicekey_read(&key, TKA_KEY_NONE, NULL, 0);
    node = tkai_servicetree_find(&s->tree, NULL, record, &key);
    if (node == NULL) {
        service = tkai_servicetree_service(&s->tree, record, &key);
        node = service != NULL ? tkai_servicetree_node(&s->tree, NULL, service) : NULL;
    }
    tkai_os_restore_signals(&old);
    errno = saved_errno;
    return node;
}

static void construct(struct tkai_thread *thread, struct tkai_services *s,
                      const struct tka_record *record, struct tka_resolution *resolution)
{
    uint32_t parent =
        tkai_open_parent(thread, s, (uintptr_t)resolution); /* it may be in a coroutine */
    struct tka_service_node *node =
        parent != 0 ? s->open[parent - 1].node : eager_node(s, record);
    struct tkai_open *entry;

    if (node == NULL) {
        lose();
        return;
    }
    entry = begin(thread, s, (uintptr_t)resolution, node, parent);
    if (entry == NULL) {
        return;
    }
    entry->is_factory = 1;
    entry->is_nested = parent != 0 && s->open[parent - 1].is_factory;
    entry->is_timed = tkai_state.config.mode != TKA_MODE_COUNT;
    if (parent != 0 && !entry->is_nested && !s->open[parent - 1].constructed) {
        s->open[parent - 1].built_start = s->open[parent - 1].built_ticks = 0;
    }
    started(thread, s, entry, resolution);
}

EXPORT void tka_construction_enter(struct tka_resolution *resolution,
                                   struct tka_site *site, struct tka_module *module)
{
    struct tkai_thread *thread = tkai_thread_self;
    uintptr_t here = (uintptr_t)__builtin_dwarf_cfa();
    const struct tka_record *record;
    struct tkai_services *s;

    resolution->word[0] = NULL;
    if (UNLIKELY(thread == NULL)) {
        return;
    }
    record = record_of(thread, site, module);
    if (UNLIKELY(record == NULL) || (s = take(thread, here)) == NULL) {
        lose();
        return;
    }
    tkai_open_drop_dead(thread, s, (uintptr_t)resolution, here);
    construct(thread, s, record, resolution);
    give(thread);
}

/* --- scopes --------------------------------------------------------------- */

EXPORT void tka_rt_scope_begin(const char *name);
EXPORT void tka_rt_scope_end(void);

void tka_rt_scope_begin(const char *name)
{
    uint64_t serial = __atomic_add_fetch(&scope_serials, 1, __ATOMIC_RELAXED);

    (void)name; /* what is scoped is so in any scope */
    /* A scope that a longjmp or an exception left is open for good: where there are too
     * many, the last is the newest. */
    scopes.serial[scopes.depth < TKAI_SCOPES_OPEN ? scopes.depth : TKAI_SCOPES_OPEN - 1] =
        serial;
    scopes.depth++;
}

void tka_rt_scope_end(void)
{
    if (scopes.depth > 0) {
        scopes.depth--;
    }
}

void tkai_service_forget(void)
{
    tkai_serviceevents_forget();
    tkai_servicekey_forget();
}
