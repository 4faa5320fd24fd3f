/* budget - how often calls are timed, so that it costs what the user allows.
 *
 * A site's sampling period 2^k is chosen so that timing costs the site at most the
 * threshold's share of its own mean duration, and corrected by what the thread has
 * really spent on samples.
 */
#ifndef TKA_BUDGET_H
#define TKA_BUDGET_H

#include <stdint.h>

#include "thread.h"

/* Samples between two looks at what sampling costs the thread. */
#define TKAI_WINDOW 256u
/* Samples of a site between two choices of its period, after the first 32. */
#define TKAI_REVIEW 64u

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

#endif
