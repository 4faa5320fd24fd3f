#include "budget.h"

#include "clock.h"
#include "os.h"
#include "record.h"
#include "state.h"

/* The thread's CPU time: calls seem longer than they are on a processor that others
 * want, too. Where reading it may be punished, wall time. */
static uint64_t spent_ns(uint64_t now)
{
    return tkai_state.cpu_cost > 0 ? tkai_os_thread_cpu_ns() : tkai_clock_ns(now);
}

/* Samples of the window that are charged: not the first of new sites, so that a program
 * that starts, calling many functions for the first time, takes nothing away from what
 * comes later. */
static uint32_t charge(struct tkai_thread *thread)
{
    uint32_t samples = thread->window_samples, uncharged = thread->uncharged;

    uncharged = uncharged < samples ? uncharged : samples;
    thread->uncharged -= uncharged;
    return samples - uncharged;
}

/* Up by a step a window, down as far as it fits at once: what the correction follows
 * may be over. */
static void correct(struct tkai_thread *thread, uint64_t spent)
{
    double allowed = TKAI_TIMING_PART * tkai_state.share * (double)(spent - thread->window_start_ns);
    double cost =
        (double)charge(thread) * tkai_state.timed_cost * tkai_clock.ns_per_tick;

    if (cost > 1.1 * allowed) {
        thread->bias_log2 += thread->bias_log2 < 10;
    }
    for (; cost < allowed / 2 && thread->bias_log2 > 0; cost *= 2) {
        thread->bias_log2--;
    }
}

static void end_window(struct tkai_thread *thread, uint64_t now)
{
    uint64_t spent = spent_ns(now);

    if (thread->window_end != 0) {
        correct(thread, spent);
    }
    thread->window_start_ns = spent;
    thread->window_end = now + (uint64_t)(TKAI_WINDOW_NS / tkai_clock.ns_per_tick);
    thread->window_samples = 0;
}

unsigned tkai_budget_period(double mean, double cost, double share)
{
    unsigned k = 0;

    for (double limit = share * mean; cost > limit && k < TKAI_PERIOD_LOG2_MOST; k++) {
        cost /= 2;
    }
    return k;
}

/* The sum up to which all is forgotten at the next choice: a quarter of what this one
 * was made from. A mean of 64 samples alone makes the period jump where durations vary. */
static uint64_t forget(uint64_t reviewed, uint64_t sum)
{
    return reviewed + (sum - reviewed) / 4;
}

/* Mean of the last samples, on the path of the last of them; the sums are that
 * path's, so another path's last choice may lie above them. */
static double recent_mean(const struct tka_node *node, struct tka_histogram *histogram)
{
    const struct tka_record *record = (const void *)(uintptr_t)node->record;
    uint64_t total = node->total + record->nested, weight = node->weight;
    int same = histogram->reviewed_node == (uint64_t)(uintptr_t)node &&
               weight > histogram->reviewed_weight && total >= histogram->reviewed_total;
    double mean = same ? (double)(total - histogram->reviewed_total) /
                             (double)(weight - histogram->reviewed_weight)
                       : (double)total / (double)weight;

    histogram->reviewed_node = (uint64_t)(uintptr_t)node;
    histogram->reviewed_total = same ? forget(histogram->reviewed_total, total) : total;
    histogram->reviewed_weight = same ? forget(histogram->reviewed_weight, weight) : weight;
    return mean;
}

/* A gap that was drawn for a longer period is drawn anew: gaps are geometric. */
static void set_period(struct tkai_thread *thread, struct tka_histogram *histogram,
                       unsigned period_log2)
{
    histogram->period_log2 = (uint16_t)period_log2;
    if (period_log2 < histogram->armed_log2) {
        histogram->armed_log2 = (uint16_t)period_log2;
        tkai_record_rearm((struct tka_record *)(uintptr_t)histogram->record,
                          tkai_sampler_gap(&thread->random, period_log2));
    }
}

static int is_budgeted(const struct tka_histogram *histogram)
{
    return tkai_state.config.mode == TKA_MODE_SAMPLED && !histogram->critical;
}

/* Choose the site's period anew from what its calls on this path have taken lately,
 * and whether to read CPU times. */
static void review(const struct tkai_look *look)
{
    struct tka_histogram *histogram = look->histogram;
    double mean = recent_mean(look->node, histogram);
    double cost = tkai_state.timed_cost * (double)(1u << look->thread->bias_log2);
    double mean_ns = mean * tkai_clock.ns_per_tick;

    histogram->review_in = is_budgeted(histogram) || mean_ns >= TKAI_CPU_LEAST_NS / 10
                               ? TKAI_REVIEW
                               : TKAI_REVIEW_SELDOM;
    if (is_budgeted(histogram)) {
        set_period(look->thread, histogram,
                   tkai_budget_period(mean, cost, TKAI_TIMING_PART * tkai_state.share));
    }
    histogram->cpu_choice = 0;
    if (mean_ns >= TKAI_CPU_LEAST_NS && tkai_state.cpu_cost > 0) {
        histogram->cpu_choice =
            (uint16_t)(1 + tkai_budget_period(mean, tkai_state.cpu_cost,
                                            TKAI_CPU_PART * tkai_state.share));
    }
}

void tkai_budget_look(void *argument)
{
    const struct tkai_look *look = argument;

    if ((int32_t)look->histogram->review_in <= 0) {
        review(look);
    }
    if (look->now >= look->thread->window_end) {
        end_window(look->thread, look->now);
    }
}

static void arm(struct tkai_thread *thread, struct tka_record *record)
{
    struct tka_histogram *histogram = tkai_record_histogram(record);
    TkaMode mode = tkai_state.config.mode;

    if (histogram != NULL) {
        histogram->counting = mode == TKA_MODE_COUNT;
    }
    if (mode == TKA_MODE_COUNT) {
        tkai_record_rearm(record, TKAI_COUNT_GAP);
        return;
    }
    if (histogram == NULL || mode == TKA_MODE_EXACT || histogram->nudged) {
        if (histogram != NULL && mode == TKA_MODE_EXACT) {
            histogram->period_log2 = 0;
        }
        tkai_record_arm_now(record);
        return;
    }
    if (histogram->review_in > TKAI_REVIEW) {
        histogram->review_in = TKAI_REVIEW;
    }
    histogram->armed_log2 = histogram->period_log2;
    tkai_record_rearm(record, tkai_sampler_gap(&thread->random, histogram->period_log2));
}

static int is_in_use(const struct tka_record *record)
{
    return (record->calls | record->armed | (uint32_t)record->countdown) != 0;
}

void tkai_budget_arm_module(struct tkai_thread *thread, uint32_t module)
{
    const struct tkai_module *m = &tkai_state.modules[module];
    struct tka_record *records = thread->records[module];

    if (thread->generations[module] == tkai_state.generation) {
        return;
    }
    thread->generations[module] = tkai_state.generation;
    for (uint32_t site = 0; site < tkai_module_sites(m); site++) {
        if (is_in_use(&records[site])) {
            arm(thread, &records[site]);
        }
    }
}

void tkai_budget_configure(void)
{
    double ticks_per_ns = 1 / tkai_clock.ns_per_tick;
    double slow = tkai_state.config.bottleneck_threshold_ms * 1e6 * ticks_per_ns;
    double full = tkai_state.rare_cost / (TKAI_TIMING_PART * tkai_state.share);
    double cpu = tkai_state.cpu_cost / (TKAI_CPU_PART * tkai_state.share);

    tkai_state.timed_cost = tkai_state.config.mode == TKA_MODE_SAMPLED
                                ? tkai_state.rare_cost
                                : tkai_state.each_cost;
    tkai_state.event_ticks = (uint64_t)(TKAI_EVENT_NS * ticks_per_ns);
    tkai_state.slow_ticks = slow < 1e18 ? (uint64_t)slow : UINT64_MAX;
    if (tkai_state.slow_ticks < tkai_state.event_ticks) {
        tkai_state.slow_ticks = tkai_state.event_ticks;
    }
    tkai_state.full_ticks = full < 1e18 ? (uint64_t)full : UINT64_MAX;
    if (cpu < TKAI_CPU_LEAST_NS * ticks_per_ns) {
        cpu = TKAI_CPU_LEAST_NS * ticks_per_ns;
    }
    tkai_state.cpu_ticks = tkai_state.cpu_cost > 0 && cpu < 1e18 ? (uint64_t)cpu : UINT64_MAX;
}
