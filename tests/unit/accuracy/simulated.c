#include "simulated.h"

#include <string.h>
#include <time.h>

#include "budget.h"
#include "callpath.h"
#include "clock.h"
#include "record.h"
#include "state.h"
#include "thread.h"

static struct {
    struct tka_site site[FUNCTIONS];
    struct tka_record record[FUNCTIONS];
    struct tka_histogram histogram[FUNCTIONS];
    struct tka_node node[FUNCTIONS] __attribute__((aligned(64)));
    struct tka_node *paths[1024];
    struct tka_live_chunk chunk;
    struct tkai_thread thread;
} bench;

static uint64_t now_ns = 1000000;

/* What the runtime reads where there is no counter to read. */
int clock_gettime(clockid_t id, struct timespec *time)
{
    (void)id;
    time->tv_sec = (time_t)(now_ns / 1000000000);
    time->tv_nsec = (long)(now_ns % 1000000000);
    return 0;
}

void simulated_init(TkaMode mode, double budget)
{
    static struct tka_live_header header;
    static const struct tkai_inside nothing = {.knee = 1, .slope = 1 << 16};

    tkai_clock.counter = 0;
    tkai_clock.ns_per_tick = 1;
    tkai_clock.ns_multiplier = 1u << TKAI_CLOCK_SHIFT;
    tkai_state.file.header = &header; /* where losses are counted */
    tkai_state.modules[0].sites = bench.site;
    tkai_state.modules[0].size = sizeof bench.site;
    tkai_state.module_count = 1;
    tkai_state.config.mode = mode;
    tkai_state.share = budget / 100 / TKAI_TIMING_PART;
    tkai_state.config.bottleneck_threshold_ms = 1000000000;
    tkai_state.each_cost = tkai_state.rare_cost = COST_NS;
    tkai_state.timed_cost_units = tkai_state.long_cost_units = COST_NS << 6;
    tkai_budget_configure();
    tkai_state.inside[0] = tkai_state.inside[1] = nothing;
}

static uint64_t address(const void *object)
{
    return (uint64_t)(uintptr_t)object;
}

/* In the order of the functions, so that node[i] is that of function i. */
static void make_nodes(struct tkai_thread *thread)
{
    thread->paths = bench.paths;
    thread->path_slots = sizeof bench.paths / sizeof *bench.paths;
    thread->node_chunk = &bench.chunk;
    thread->nodes_low = thread->nodes_next = (uintptr_t)bench.node;
    thread->nodes_end = (uintptr_t)(bench.node + FUNCTIONS);
    for (int i = 0; i < FUNCTIONS; i++) {
        tkai_callpath_child(thread, i == INNER ? &bench.node[OUTER] : &thread->root,
                            &bench.record[i]);
    }
}

void simulated_begin(uint64_t seed)
{
    struct tkai_thread *thread = &bench.thread;

    memset(&bench, 0, sizeof bench);
    thread->root.record = address(&thread->root_record);
    thread->current_node = &thread->root;
    make_nodes(thread);
    thread->histogram_chunk = &bench.chunk;
    thread->histogram_next = bench.histogram;
    thread->histogram_end = bench.histogram + FUNCTIONS;
    thread->stack_high = UINTPTR_MAX;
    thread->records[0] = bench.record;
    thread->random.state = seed | 1;
    tkai_thread_settle(thread);
    tka_delta_ = (intptr_t)bench.record - (intptr_t)bench.site;
    tkai_thread_self = thread;
    tka_top = NULL;
}

void simulated_enter(struct tka_scope *scope, int function)
{
    static const unsigned char on = 1;

    tka_enter(scope, &bench.site[function], &on);
}

void simulated_leave(struct tka_scope *scope)
{
    int timed = (scope->site & TKA_SCOPE_TIMED) != 0;

    tka_leave(scope);
    now_ns += timed ? COST_NS : 0;
}

void simulated_pass(uint64_t ns)
{
    now_ns += ns;
}

uint64_t simulated_now(void)
{
    return now_ns;
}

uint64_t simulated_samples(int function)
{
    return bench.node[function].samples;
}

Estimate simulated_estimate(int function, uint64_t calls)
{
    const struct tka_record *record = &bench.record[function];
    const struct tka_histogram *histogram = tkai_record_histogram(record);
    const struct tka_node *node = &bench.node[function];
    Recorded recorded = {
        .calls = calls,
        .samples = node->samples,
        .weight = node->weight,
        .total_ns = (double)(node->total + record->nested),
        .outer_ns = (double)node->total,
        .child_ns = (double)node->child,
        .min_ns = (double)~record->min_complement,
        .max_ns = (double)record->max,
        .variance = (double)histogram->variance[1] * 0x1p64 + (double)histogram->variance[0],
        .rare_weight = (double)histogram->rare_weight,
        .rare_ns = (double)histogram->rare_ticks,
    };
    Estimate estimate = {0};

    tkai_thread_settle(&bench.thread);
    memcpy(estimate.histogram.count, histogram->bucket, sizeof estimate.histogram.count);
    timing_record(&estimate.timing, &recorded);
    estimate.interval = timing_mean_interval(
        &estimate.timing, (Shape){distribution_variation(&estimate.histogram),
                                  distribution_skewness(&estimate.histogram)});
    return estimate;
}
