#include "probe_choice.h"

#include <math.h>
#include <stdlib.h>

#include "allocation.h"

/* The runtime times more calls while a thread's timing costs less than a quarter
 * of its share, in steps of 2: it ends between a quarter and a half, on average
 * (geometric mean) here. */
#define STEERED_TO 0.35

/* Where the budget cannot be met, what adds less than this part of it stays. */
#define SLACK 0.1

/* What goes with probes that are left out, beyond their calibrated cost, which is that
 * of a probe alone: registers, caches and code that could not be inlined count as
 * well. Measured as CPU time of a run before and after, relative to that cost: for
 * counting 0.2 to 0.4 with Lua 5.4 of which 85 functions were left out, 0.5 in
 * tests/e2e/inspector-advise; for timing 0.7 there. At most so much of what the
 * program seemed to take by itself can have been such cost. */
#define GOES_WITH_COUNTING 0.3
#define GOES_WITH_TIMING   0.6
#define MOST_OF_THE_REST   0.6

/* A disturbed calibration can make probes seem to cost more than the CPU time there
 * was; this part of it at least was the program's. */
#define LEAST_REST 0.1

/* What the items that are not excluded add up to. */
typedef struct Sums {
    size_t items;
    uint64_t calls;
    double counting_ns, timing_ns, demand_ns, self_ns;
} Sums;

static void sums_add(Sums *sums, const ProbeItem *item)
{
    sums->items++;
    sums->calls += item->calls;
    sums->counting_ns += item->counting_ns;
    sums->timing_ns += item->timing_ns;
    sums->demand_ns += item->demand_ns;
    sums->self_ns += item->self_ns;
}

static void sums_subtract(Sums *sums, const ProbeItem *item)
{
    sums->items--;
    sums->calls -= item->calls;
    sums->counting_ns -= item->counting_ns;
    sums->timing_ns -= item->timing_ns;
    sums->demand_ns -= item->demand_ns;
    sums->self_ns -= item->self_ns;
}

/* Subtracting sums of very different size leaves their rounding errors. */
static double not_negative(double value)
{
    return value > 0 ? value : 0;
}

static double next_timing(const Sums *sums, const ProbeRun *run, double elapsed_ns)
{
    double measured = not_negative(sums->timing_ns);
    double steered = STEERED_TO * run->timing_share * elapsed_ns;
    double demand = not_negative(sums->demand_ns);

    return fmax(measured, fmin(demand, steered));
}

/* all: the sums of the run that was measured, which is the forecast for itself. */
static Forecast forecast(const Sums *sums, const Sums *all, const ProbeRun *run)
{
    double probes_then = all->counting_ns + all->timing_ns;
    double counting = not_negative(sums->counting_ns);
    double elapsed = not_negative(run->elapsed_ns - probes_then) + counting;
    double timing =
        sums->items == all->items ? all->timing_ns : next_timing(sums, run, elapsed);
    double probes = counting + timing;
    double rest = fmax(run->cpu_ns - probes_then, LEAST_REST * run->cpu_ns);
    double more = GOES_WITH_COUNTING * not_negative(all->counting_ns - counting) +
                  GOES_WITH_TIMING * not_negative(all->timing_ns - sums->timing_ns);
    double next_cpu = rest - fmin(more, MOST_OF_THE_REST * rest) + probes;
    double cpu = sums->items == all->items ? run->cpu_ns : next_cpu;

    return (Forecast){.items = sums->items,
                      .calls = sums->calls,
                      .counting_ns = counting,
                      .timing_ns = timing,
                      .cpu_ns = cpu,
                      .self_ns = not_negative(sums->self_ns),
                      .share = cpu > 0 ? probes / cpu : 0};
}

static Sums sum_all(const ProbeItem *items, size_t count)
{
    Sums sums = {0};

    for (size_t i = 0; i < count; i++) {
        sums_add(&sums, &items[i]);
    }
    return sums;
}

Forecast probe_forecast(const ProbeItem *items, size_t count, const ProbeRun *run)
{
    Sums all = sum_all(items, count), sums = {0};

    for (size_t i = 0; i < count; i++) {
        if (!items[i].excluded) {
            sums_add(&sums, &items[i]);
        }
    }
    return forecast(&sums, &all, run);
}

/* --- order ---------------------------------------------------------------- */

typedef struct Ranked {
    double cost, ratio; /* per ns of information; infinite without any */
    size_t place;
} Ranked;

static int compare_ranked(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;

    if (x->ratio != y->ratio) {
        return x->ratio < y->ratio ? 1 : -1;
    }
    if (x->cost != y->cost) {
        return x->cost < y->cost ? 1 : -1;
    }
    return (x->place > y->place) - (x->place < y->place);
}

/* The items that may go, worst first. */
static Ranked *rank(const ProbeItem *items, size_t count, size_t *ranked_count)
{
    Ranked *ranked = allocate_zeroed(count + 1, sizeof *ranked);

    *ranked_count = 0;
    for (size_t i = 0; i < count; i++) {
        double cost = items[i].counting_ns + items[i].timing_ns;
        double information = items[i].information_ns;

        if (!items[i].kept) {
            ranked[(*ranked_count)++] =
                (Ranked){cost, information > 0 ? cost / information : INFINITY, i};
        }
    }
    qsort(ranked, *ranked_count, sizeof *ranked, compare_ranked);
    return ranked;
}

Forecast probe_choice(ProbeItem *items, size_t count, const ProbeRun *run, double budget)
{
    Sums all = sum_all(items, count), sums = all;
    size_t ranked_count, gone = 0;
    Ranked *ranked = rank(items, count, &ranked_count);
    double bound = budget;

    for (size_t i = 0; i < count; i++) {
        items[i].excluded = false;
    }
    while (gone < ranked_count && forecast(&sums, &all, run).share > budget) {
        ProbeItem *item = &items[ranked[gone++].place];

        item->excluded = true;
        sums_subtract(&sums, item);
    }
    if (forecast(&sums, &all, run).share > budget) {
        bound = forecast(&sums, &all, run).share + SLACK * budget;
    }
    for (size_t i = gone; i-- > 0;) {
        ProbeItem *item = &items[ranked[i].place];

        sums_add(&sums, item);
        item->excluded = forecast(&sums, &all, run).share > bound;
        if (item->excluded) {
            sums_subtract(&sums, item);
        }
    }
    free(ranked);
    return probe_forecast(items, count, run);
}
