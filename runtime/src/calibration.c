#include "calibration.h"

#include "clock.h"
#include "os.h"
#include "record.h"
#include "state.h"
#include "thread.h"

#define ROUNDS      12
#define CALLS       252u    /* fewer than TKAI_WINDOW: no look comes due; whole paths */
#define CALLS_LONG  64u
#define PERIOD_LOG2 4u
/* Bodies: of multiplications, each waiting for the last; some 20 ns, and long enough to
 * hide what of a probe can be hidden behind it, 60 to 100 ns. */
#define SHORT_TURNS 16u
#define LONG_TURNS  64u

struct bench {
    struct tka_site site;
    struct tka_record record;
    struct tka_histogram histogram;
    struct tka_node node __attribute__((aligned(64)));
    struct tkai_thread thread;
};

/* What is measured: calls a round, the work in each, and one in how many is timed. */
struct shape {
    unsigned calls, turns, period_log2;
    int is_counted;                     /* none is timed */
};

/* Ticks of a call: its body; what a probe adds, for the caller to see; what a timed
 * call measures. */
struct measured {
    double plain, outside, inside;
};

/* A function of hardly more than its call: nothing to hide a probe behind. */
static __attribute__((noinline)) uint64_t leaf_probed(struct bench *b, uint64_t x)
{
    static const unsigned char on = 1;
    struct tka_scope scope;

    tka_enter(&scope, &b->site, &on);
    x = 3 * x + 1;
    __asm__ volatile("" : "+r"(x));
    tka_leave(&scope);
    return x;
}

static __attribute__((noinline)) uint64_t leaf_plain(const struct bench *b, uint64_t x)
{
    x = 3 * x + 1;
    __asm__ volatile("" : "+r"(x) : "r"(b));
    return x;
}


#define CALLER(name, callee)                                                             \
    static __attribute__((noinline)) uint64_t name##_probed(struct bench *b, uint64_t x) \
    {                                                                                    \
        static const unsigned char on = 1;                                               \
        struct tka_scope scope;                                                          \
                                                                                         \
        tka_enter(&scope, &b->site, &on);                                                \
        x = callee##_probed(b, x) + 1;                                                   \
        tka_leave(&scope);                                                               \
        return x;                                                                        \
    }                                                                                    \
    static __attribute__((noinline)) uint64_t name##_plain(const struct bench *b,        \
                                                           uint64_t x)                   \
    {                                                                                    \
        return callee##_plain(b, x) + 1;                                                 \
    }

/* A path of four such functions: PATH calls. Counting costs twice as much on it as in a
 * loop over one, and more like what it costs in programs. */
CALLER(third, leaf)
CALLER(second, third)
CALLER(first, second)
#define PATH 4u

static inline __attribute__((always_inline)) uint64_t body(uint64_t x, unsigned turns)
{
    for (unsigned i = 0; i < turns; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        __asm__ volatile("" : "+r"(x));
    }
    __asm__ volatile("" : "+r"(x) : : "memory");
    return x;
}

static __attribute__((noinline)) uint64_t long_probed(struct bench *b, uint64_t x,
                                                      unsigned turns)
{
    static const unsigned char on = 1;
    struct tka_scope scope;

    tka_enter(&scope, &b->site, &on);
    x = body(x, turns);
    tka_leave(&scope);
    return x;
}

static __attribute__((noinline)) uint64_t long_plain(const struct bench *b, uint64_t x,
                                                     unsigned turns)
{
    __asm__ volatile("" : : "r"(b));
    return body(x, turns);
}

static __attribute__((noinline)) uint64_t run_probed(struct bench *b, struct shape shape)
{
    uint64_t start = tkai_clock_now(), x = start;

    if (shape.is_counted) {
        for (unsigned i = 0; i < shape.calls; i += PATH) {
            x = first_probed(b, x);
        }
        return tkai_clock_now() - start;
    }
    if (shape.turns == 0) {
        for (unsigned i = 0; i < shape.calls; i++) {
            x = leaf_probed(b, x);
        }
        return tkai_clock_now() - start;
    }
    for (unsigned i = 0; i < shape.calls; i++) {
        x = long_probed(b, x, shape.turns);
    }
    return tkai_clock_now() - start;
}

static __attribute__((noinline)) uint64_t run_plain(const struct bench *b,
                                                    struct shape shape)
{
    uint64_t start = tkai_clock_now(), x = start;

    if (shape.is_counted) {
        for (unsigned i = 0; i < shape.calls; i += PATH) {
            x = first_plain(b, x);
        }
        return tkai_clock_now() - start;
    }
    if (shape.turns == 0) {
        for (unsigned i = 0; i < shape.calls; i++) {
            x = leaf_plain(b, x);
        }
        return tkai_clock_now() - start;
    }
    for (unsigned i = 0; i < shape.calls; i++) {
        x = long_plain(b, x, shape.turns);
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

/* What the rounds of a shape took; calls that were timed, and the ticks they measured. */
struct rounds {
    double plain[ROUNDS], probed[ROUNDS], samples[ROUNDS], inside[ROUNDS];
};

/* The lower quartile: of a machine that does other things meanwhile, up to three
 * quarters of the time; and no lucky round. Sorts them. */
static double calm(double values[ROUNDS])
{
    for (int i = 1; i < ROUNDS; i++) {
        double value = values[i];
        int at = i;

        for (; at > 0 && values[at - 1] > value; at--) {
            values[at] = values[at - 1];
        }
        values[at] = value;
    }
    return values[ROUNDS / 4];
}

static void run_round(struct bench *b, struct shape shape, struct rounds *rounds, int round)
{
    uint64_t samples = b->node.samples, total = b->node.total;

    rounds->plain[round] = (double)run_plain(b, shape);
    tkai_record_rearm(&b->record, shape.is_counted ? TKAI_COUNT_GAP : 1);
    b->thread.window_samples = 0;
    rounds->probed[round] = (double)run_probed(b, shape);
    tkai_thread_settle(&b->thread);
    rounds->samples[round] = (double)(b->node.samples - samples);
    rounds->inside[round] = (double)((b->node.total - total) >> shape.period_log2);
}

/* Rounds with and without probes in turns. A round's first call is always timed. */
static struct measured measure(struct bench *b, struct shape shape)
{
    struct rounds rounds;
    struct measured result;
    double plain;

    b->histogram.period_log2 = b->histogram.armed_log2 = (uint16_t)shape.period_log2;
    for (int round = 0; round < ROUNDS; round++) {
        run_round(b, shape, &rounds, round);
    }
    plain = calm(rounds.plain);
    for (int round = 0; round < ROUNDS; round++) {
        double added = rounds.probed[round] - plain, samples = rounds.samples[round];

        if (shape.is_counted || samples < 1) {
            samples = shape.calls;
        } else {
            added -= shape.calls * tkai_state.count_cost;
        }
        rounds.probed[round] = added / samples;
        rounds.inside[round] /= samples;
    }
    result.plain = plain / shape.calls;
    result.outside = calm(rounds.probed);
    result.inside = calm(rounds.inside);
    return result;
}

static uint64_t slope(double own, double ticks)
{
    return (uint64_t)(65536.0 * own / ticks);
}

/* What a call measures of itself: all of it when it is empty, less when the call
 * is long enough that its own work hides a part; a line in between. */
static struct tkai_inside fit(const struct measured *empty, const struct measured *with_body)
{
    double plain = with_body->plain - empty->plain, beyond = with_body->inside - plain;
    struct tkai_inside inside = {.middle = INT64_MAX};

    beyond = beyond < 0 ? 0 : beyond > empty->inside ? empty->inside : beyond;
    inside.empty = (int64_t)(empty->inside + 0.5);
    inside.beyond = (int64_t)(beyond + 0.5);
    inside.knee = (int64_t)(plain + beyond + 0.5);
    if (inside.knee <= inside.empty) {
        inside.knee = inside.empty + 1;
    }
    inside.slope = slope((double)(inside.knee - inside.beyond),
                         (double)(inside.knee - inside.empty));
    return inside;
}

/* A third point bends the line. */
static void bend(struct tkai_inside *inside, const struct measured *empty,
                 const struct measured *short_body)
{
    double own = short_body->plain - empty->plain, whole = (double)(inside->knee - inside->beyond);

    if (short_body->inside < (double)inside->empty + 1 || own < 1 ||
        short_body->inside > (double)inside->knee - 1 || own > whole - 1) {
        return;
    }
    inside->middle = (int64_t)(short_body->inside + 0.5);
    inside->middle_own = (uint64_t)(own + 0.5);
    inside->slope = slope(own, short_body->inside - empty->inside);
    inside->upper_slope = slope(whole - own, (double)inside->knee - short_body->inside);
}

/* Where every call is timed empty ones go the way of short ones, the others that of
 * long ones (account.h); nothing is taken off their times. */
static void measure_each(struct bench *b)
{
    struct measured empty, with_body;

    tkai_state.inside[0] = (struct tkai_inside){.knee = INT64_MAX, .slope = 1u << 16};
    empty = measure(b, (struct shape){CALLS, 0, 0, 0});
    tkai_state.inside[0] = (struct tkai_inside){.slope = 1u << 16};
    with_body = measure(b, (struct shape){CALLS_LONG, LONG_TURNS, 0, 0});
    tkai_state.inside[0] = fit(&empty, &with_body);
    tkai_state.each_cost = empty.outside;
    tkai_state.each_long_cost = with_body.outside;
    tkai_state.long_ticks = with_body.plain;
}

/* Counting is no part of what timing costs. */
static void set_each_costs(void)
{
    double each = tkai_state.each_cost - tkai_state.count_cost;
    double each_long = tkai_state.each_long_cost - tkai_state.count_cost;

    tkai_state.each_cost = each > 0 ? each : 0;
    tkai_state.each_long_cost = each_long > 0 ? each_long : 0;
    tkai_state.timed_cost_units = (uint64_t)(tkai_state.each_cost + 0.5) << 6;
    tkai_state.long_cost_units = (uint64_t)(tkai_state.each_long_cost + 0.5) << 6;
}

static void measure_few(struct bench *b)
{
    struct measured empty, short_body, with_body;

    tkai_state.inside[1] = (struct tkai_inside){.slope = 1u << 16};
    empty = measure(b, (struct shape){CALLS, 0, PERIOD_LOG2, 0});
    short_body = measure(b, (struct shape){CALLS, SHORT_TURNS, PERIOD_LOG2, 0});
    with_body = measure(b, (struct shape){CALLS, LONG_TURNS, PERIOD_LOG2, 0});
    tkai_state.inside[1] = fit(&empty, &with_body);
    bend(&tkai_state.inside[1], &empty, &short_body);
    tkai_state.rare_cost = empty.outside;
}

static double measure_count(struct bench *b)
{
    double cost = measure(b, (struct shape){CALLS, 0, 0, 1}).outside;

    return cost > 0 ? cost : 0;
}

/* The dearest first: a processor that wakes is slow for a while, and a counted call
 * would seem to cost twice as much. It is measured a second time in the end. */
static void measure_all(struct bench *b)
{
    TkaMode mode = tkai_state.config.mode;
    double again;

    tkai_state.count_cost = 0;
    measure_each(b);
    tkai_state.config.mode = TKA_MODE_SAMPLED;
    tkai_state.count_cost = measure_count(b);
    measure_few(b);
    again = measure_count(b);
    tkai_state.count_cost = again < tkai_state.count_cost ? again : tkai_state.count_cost;
    tkai_state.config.mode = mode;
    set_each_costs();
}

/* What two readings of the thread's CPU time cost, and what of it lies between
 * them. Where a filter on system calls may punish them: no readings. */
static void measure_cpu_readings(void)
{
    uint64_t least = UINT64_MAX, inside = UINT64_MAX;

    if (tkai_os_is_confined()) {
        return;
    }
    for (int round = 0; round < ROUNDS; round++) {
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
