/* trial - one of the promises that `tka validate` measures: each is a file
 * trial_NAME.c and is listed in cmd_validate.c.
 */
#ifndef TKA_TRIAL_H
#define TKA_TRIAL_H

#include "lab.h"
#include "validation.h"

typedef struct Trial {
    const char *name; /* for --only */
    const char *what; /* it measures, in a few words */
    /* Adds findings of this name. False when it could not be measured. */
    bool (*run)(Lab *lab, Validation *list, Error *error);
} Trial;

extern const Trial trial_toolchain, trial_cost, trial_overhead, trial_accuracy,
    trial_store, trial_memory, trial_crash;

#endif
