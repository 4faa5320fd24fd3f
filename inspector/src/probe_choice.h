/* probe_choice - which probes to leave out so that the others cost no more than a
 * budget, and what they will cost then.
 *
 *     Forecast forecast = probe_choice(items, count, &run, 0.01);
 *
 * Greedy: the items with the highest cost per information go first, until the
 * forecast is within the budget; then those come back for which there is room
 * after all, most information first. Pure functions on plain data.
 *
 * The forecast assumes that the next run makes the same calls. Counting them costs
 * the same; what the probes left out cost, and more, leaves the CPU time. Timing is
 * steered by the runtime: a function's timed calls may cost a share of its time (demand),
 * and all of a thread's a share of the thread's; when they cost less than a
 * quarter of that, more calls are timed.
 */
#ifndef TKA_PROBE_CHOICE_H
#define TKA_PROBE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Probes that stay or go together. */
typedef struct ProbeItem {
    uint64_t calls;
    double counting_ns, timing_ns; /* what they cost in the run */
    double demand_ns;              /* what timing may cost, alone */
    double self_ns;                /* 0 when not known */
    double information_ns;         /* self time less what its error takes away */
    bool kept;                     /* whatever it costs */
    bool excluded;                 /* result */
} ProbeItem;

/* The run that was measured. */
typedef struct ProbeRun {
    double cpu_ns;       /* of all processes, more than 0 */
    double elapsed_ns;   /* of all processes; at least cpu_ns */
    double timing_share; /* that timing may cost; 0: it is not steered */
} ProbeRun;

/* A run with the items that are not excluded. */
typedef struct Forecast {
    size_t items;
    uint64_t calls;
    double counting_ns, timing_ns, cpu_ns;
    double self_ns;
    double share; /* of the probes in cpu_ns, 0 to 1 */
} Forecast;

Forecast probe_forecast(const ProbeItem *items, size_t count, const ProbeRun *run);

/* Sets `excluded` of all items. budget: 0 to 1. The forecast is above it when the
 * items that must be kept are. */
Forecast probe_choice(ProbeItem *items, size_t count, const ProbeRun *run, double budget);

#endif
