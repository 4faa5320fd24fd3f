/* advice - which functions of a profile to leave uninstrumented.
 *
 *     Advice advice = {0};
 *     advice_make(&advice, &profile, &terms);
 *     ... advice.items[i].excluded, advice.predicted ...
 *     advice_release(&advice);
 *
 * A rule of tka-cc names a function, and the file where several have its name: an
 * item has all rows of the profile that one rule leaves out. A pure function of its arguments.
 */
#ifndef TKA_ADVICE_H
#define TKA_ADVICE_H

#include <stddef.h>

#include "probe_choice.h"
#include "profile.h"

typedef struct AdviceTerms {
    double budget;       /* share of CPU time, 0 to 1 */
    double timing_share; /* that the runtime lets timing cost; 0: not steered */
} AdviceTerms;

typedef struct AdviceRow {
    const ProfileRow *row; /* in the profile, that must stay */
    size_t item;           /* in Advice.items */
} AdviceRow;

typedef struct Advice {
    ProbeItem *items;
    char **patterns; /* of each item, for a rules file */
    size_t count;
    AdviceRow *rows; /* by item, costliest item first */
    size_t row_count, excluded_rows;
    double budget;
    Forecast now, predicted;
} Advice;

void advice_make(Advice *advice, const Profile *profile, const AdviceTerms *terms);
void advice_release(Advice *advice);

/* The next row that is left out, from *place on; NULL after the last. */
const AdviceRow *advice_next_excluded(const Advice *advice, size_t *place);

/* Parts of what the profile has that the next one will have, 0 to 1. */
double advice_calls_left(const Advice *advice);
double advice_self_left(const Advice *advice); /* -1: no time is known */

#endif
