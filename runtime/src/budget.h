/* budget - how often calls are timed, so that it costs what the user allows.
 *
 * A site's sampling period 2^k is chosen so that timing costs the site at most the
 * threshold's share of its own mean duration, and corrected by what the thread has
 * really spent on samples, as a share of its CPU time. The mean is that of the last
 * samples, each choice forgetting a quarter, so that a change of behaviour is followed;
 * after a single call so long that each like it could be timed, and that makes a good
 * part of them, the period is chosen at once.
 *
 * None of this biases the sums: a call's weight is that of the period its gap was
 * drawn with, periods are changed by what is past only, and as gaps are geometric
 * one may be drawn anew at any time.
 *
 * Modes, too, are carried out here: they are ways to arm records.
 */
#ifndef TKA_BUDGET_H
#define TKA_BUDGET_H

#include <stdint.h>

#include "thread.h"

/* The parts of the budget that timing calls, and reading their CPU time, may take: the rest
 * is for counting, for storing, and for what a probe costs in the midst of a program beyond
 * what it costs in a loop (two to three times, see docs/performance.md). */
#define TKAI_TIMING_PART 0.25
#define TKAI_CPU_PART 0.125

/* What sampling costs the thread is judged over so long, of wall time, and whether it
 * is over is looked at after so many samples. */
#define TKAI_WINDOW_NS 20e6
#define TKAI_WINDOW 256u
/* Samples of a site between two choices of its period, after the first 32. */
#define TKAI_REVIEW 64u
/* The same where every call of a short function is timed: only for its CPU time. */
#define TKAI_REVIEW_SELDOM 65536u
/* Mean duration from which on CPU time is told from waiting. */
#define TKAI_CPU_LEAST_NS 50000.0

/* A timed call that ended at `now` and after which a look is due. */
struct tkai_look {
    struct tkai_thread *thread;
    const struct tka_node *node;
    struct tka_histogram *histogram;
    uint64_t now;
};

/* Look at the period of the site, and at what the thread spends. Argument: a
 * struct tkai_look. */
void tkai_budget_look(void *look);

/* The smallest k for which cost / 2^k <= share * mean, all in the same unit. */
unsigned tkai_budget_period(double mean, double cost, double share);

/* Arm the thread's records of a module as the mode wants it, if that was not done
 * since it changed. By the thread itself. */
void tkai_budget_arm_module(struct tkai_thread *thread, uint32_t module);

/* What follows from the configuration's mode and threshold: which calls are long,
 * what timing one costs. */
void tkai_budget_configure(void);

#endif
