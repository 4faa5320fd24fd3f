/* validation - what `tka validate` found: a list of values with their promises and
 * verdicts.
 *
 *     Finding *one = validation_add(&list, "cost", "counted call");
 *     finding_judge(one, UNIT_PAIRS, &repeats, AT_MOST, 0.06);
 *     finding_note(one, "%.2f ns", ns);
 */
#ifndef TKA_VALIDATION_H
#define TKA_VALIDATION_H

#include <stdbool.h>
#include <stddef.h>

#include "repeats.h"
#include "verdict.h"

typedef enum ValueUnit {
    UNIT_NONE,  /* the verdict is all there is to tell */
    UNIT_PAIRS, /* of clock readings */
    UNIT_NS,
    UNIT_PERCENT,
    UNIT_POINTS, /* of percent */
    UNIT_CALLS,
    UNIT_ROWS, /* a second */
    UNIT_MIB
} ValueUnit;

typedef struct Finding {
    const char *check; /* static: its name for --only */
    const char *what;  /* static */
    ValueUnit unit;
    double value, spread; /* NaN: none */
    Bound bound;
    double limit; /* NaN: nothing is promised in figures */
    Verdict verdict;
    char *note; /* owned; NULL: none */
} Finding;

typedef struct Validation {
    Finding *items;
    size_t count, capacity;
} Validation;

/* A finding without a value, ok so far; valid until the next one is added. */
Finding *validation_add(Validation *list, const char *check, const char *what);
void validation_release(Validation *list);
size_t validation_count(const Validation *list, Verdict verdict);

/* Median and spread of the repeats against the promise. */
void finding_judge(Finding *finding, ValueUnit unit, const Repeats *repeats, Bound bound,
                   double limit);
void finding_note(Finding *finding, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A row of its own for what could not be done: FAIL or skipped, and why. */
void validation_tell(Validation *list, const char *check, const char *what,
                     Verdict verdict, const char *reason);

/* "pairs", "ns", ..., "" */
const char *unit_word(ValueUnit unit);

#endif
