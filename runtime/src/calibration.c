#include "calibration.h"

#include "clock.h"
#include "os.h"
#include "record.h"
#include "state.h"
#include "thread.h"

#define CALLS       256
#define ROUNDS      6
#define PERIOD_LOG2 4u
/* A body long enough to hide what of a probe can be hidden behind it: some
 * 60 to 100 ns of multiplications, each waiting for the last. */
#define BODY_TURNS 64

struct bench {
    struct tka_site site;
    struct tka_record record;
    struct tka_histogram histogram;
    struct tka_node node __attribute__((aligned(64)));
    struct tkai_thread thread;
    uint64_t x;
};

/* Per timed call, in ticks: added for the caller, and measured by the call. */
struct measured {
    double outside, inside;
};

static inline __attribute__((always_inline)) uint64_t body(uint64_t x, int turns)
{
    for (int i = 0; i < turns; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        __asm__ volatile("" : "+r"(x));
    }
    return x;
}

static __attribute__((noinline)) uint64_t run_probed(struct bench *b, int turns)
{
    static const unsigned char on = 1;
    uint64_t start = tkai_clock_now();

    for (int i = 0; i < CALLS; i++) {
        struct tka_scope scope;

        tka_enter(&scope, &b->site, &on);
        b->x = body(b->x, turns);
        __asm__ volatile("" ::: "memory");
        tka_leave(&scope);
    }
    return tkai_clock_now() - start;
}

static __attribute__((noinline)) uint64_t run_plain(struct bench *b, int turns)
{
    uint64_t start = tkai_clock_now();

    for (int i = 0; i < CALLS; i++) {
        b->x = body(b->x, turns);
        __asm__ volatile("" ::: "memory");
    }
    return tkai_clock_now() - start;
}

static void set_up(struct bench *b)
{
    b->record.histogram = (uint64_t)(uintptr_t)&b->histogram;
    b->histogram.review_in = INT32_MAX;
    b->node.parent = (uint64_t)(uintptr_t)&b->thread.root;
    b->node.record = (uint64_t)(uintptr_t)&b->record;
    b->thread.root.record = (uint64_t)(uintptr_t)&b->thread.root_record;
    b->thread.root.last_child = (uint64_t)(uintptr_t)&b->node;
    b->thread.current_node = &b->thread.root;
    b->thread.nodes_low = (uintptr_t)&b->node;
    b->thread.nodes_next = (uintptr_t)(&b->node + 1);
    b->thread.random.state = 1;
    tkai_thread_settle(&b->thread);
}

static double per_call(uint64_t ticks)
{
    return (double)ticks / CALLS;
}

/* The least of some rounds throughout: what a calm machine takes. */
static double measure_plain(struct bench *b, int turns)
{
    uint64_t least = UINT64_MAX;

    for (int round = 0; round < ROUNDS; round++) {
        uint64_t ticks = run_plain(b, turns);

        least = ticks < least ? ticks : least;
    }
    return per_call(least);
}

static double measure_counting(struct bench *b, double plain)
{
    uint64_t least = UINT64_MAX;

    for (int round = 0; round < ROUNDS; round++) {
        uint64_t ticks;

        tkai_record_rearm(&b->record, TKAI_COUNT_GAP);
        ticks = run_probed(b, 0);
        least = ticks < least ? ticks : least;
    }
    return per_call(least) > plain ? per_call(least) - plain : 0;
}

static struct measured measure_timing(struct bench *b, unsigned period_log2, int turns,
                                      double plain)
{
    double untimed = CALLS * (tkai_state.count_cost + plain);
    struct measured least = {1e9, 1e9};

    b->histogram.period_log2 = b->histogram.armed_log2 = (uint16_t)period_log2;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t samples = b->node.samples, total = b->node.total, ticks;
        double n, inside, outside;

        tkai_record_rearm(&b->record, 1);
        b->thread.window_samples = 0;
        ticks = run_probed(b, turns);
        tkai_thread_settle(&b->thread);
        n = (double)(b->node.samples - samples);
        if (n > 0) {
            inside = (double)((b->node.total - total) >> period_log2) / n;
            outside = ((double)ticks - untimed) / n;
            least.inside = inside < least.inside ? inside : least.inside;
            least.outside = outside < least.outside ? outside : least.outside;
        }
    }
    return least;
}

/* What a call measures of itself: all of it when it is empty, less when the call
 * is long enough that its own work hides a part; a line in between. */
static struct tkai_inside fit(double empty, double with_body, double plain)
{
    double beyond = with_body - plain;
    struct tkai_inside inside;

    beyond = beyond < 0 ? 0 : beyond > empty ? empty : beyond;
    inside.empty = (int64_t)(empty + 0.5);
    inside.beyond = (int64_t)(beyond + 0.5);
    inside.knee = (int64_t)(plain + beyond + 0.5);
    if (inside.knee <= inside.empty) {
        inside.knee = inside.empty + 1;
    }
    inside.slope = (uint64_t)(65536.0 * (double)(inside.knee - inside.beyond) /
                              (double)(inside.knee - inside.empty));
    return inside;
}

/* Empty calls go the way of short ones, the others that of long ones (account.h);
 * nothing is taken off their times. */
static struct measured measure(struct bench *b, unsigned period_log2, double nothing,
                               struct tkai_inside *inside)
{
    double plain = measure_plain(b, BODY_TURNS) - nothing;
    struct measured empty, with_body;

    tkai_state.inside[0] = (struct tkai_inside){0, INT64_MAX, 0, 1u << 16};
    empty = measure_timing(b, period_log2, 0, nothing);
    tkai_state.inside[0] = (struct tkai_inside){0, 0, 0, 1u << 16};
    with_body = measure_timing(b, period_log2, BODY_TURNS, plain + nothing);
    *inside = fit(empty.inside, with_body.inside, plain);
    return empty;
}

static void measure_all(struct bench *b)
{
    TkaMode mode = tkai_state.config.mode;
    struct tkai_inside few_inside, each_inside;
    struct measured few, each;
    double nothing;

    tkai_state.config.mode = TKA_MODE_SAMPLED;
    nothing = measure_plain(b, 0);
    tkai_state.count_cost = measure_counting(b, nothing);
    few = measure(b, PERIOD_LOG2, nothing, &few_inside);
    tkai_state.config.mode = mode;
    each = measure(b, 0, nothing, &each_inside);
    tkai_state.inside[0] = each_inside;
    tkai_state.inside[1] = few_inside;
    tkai_state.timed_cost_units = (uint64_t)(each.outside + 0.5) << 6;
    tkai_state.rare_cost = few.outside;
    tkai_state.each_cost = each.outside;
}

/* What two readings of the thread's CPU time cost, and what of it lies between
 * them. Where a filter on system calls may punish them: no readings. */
static void measure_cpu_readings(void)
{
    uint64_t least = UINT64_MAX, inside = UINT64_MAX;

    if (tkai_os_is_confined()) {
        return;
    }
    for (int round = 0; round < 2 * ROUNDS; round++) {
        uint64_t start = tkai_clock_now(), first = tkai_os_thread_cpu_ns();
        uint64_t ns = tkai_os_thread_cpu_ns() - first, ticks = tkai_clock_now() - start;

        least = ticks < least ? ticks : least;
        inside = ns < inside ? ns : inside;
    }
    tkai_state.cpu_cost = (double)least;
    tkai_state.cpu_cost_units = least << 6;
    tkai_state.cpu_inside_ns = inside;
}

void tkai_calibration_run(void)
{
    struct bench *b = tkai_os_memory(sizeof *b);
    struct tkai_thread *thread = tkai_thread_self;
    struct tka_scope *top = tka_top;

    if (b == NULL) {
        return;
    }
    set_up(b);
    tka_top = NULL;
    tka_delta_ = (intptr_t)&b->record - (intptr_t)&b->site;
    tkai_thread_self = &b->thread;
    measure_all(b);
    measure_cpu_readings();
    tkai_thread_self = thread;
    tka_delta_ = 0;
    tka_top = top;
    tkai_os_memory_free(b, sizeof *b);
}
