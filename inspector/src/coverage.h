/* coverage - what was annotated: instrumented, skipped and why, never called.
 *
 *     Coverage coverage = {0};
 *     coverage_load(...) or binary_scan(...)
 *     coverage_finish(&coverage);
 *     coverage_release(&coverage);
 */
#ifndef TKA_COVERAGE_H
#define TKA_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "failure.h"
#include "model.h"

typedef struct CoverageItem {
    Function function;
    char *reason; /* why it was skipped; "" instrumented */
    char *module; /* file it was found in */
    uint64_t calls;
} CoverageItem;

typedef struct Coverage {
    CoverageItem *items;
    size_t count, capacity;
    size_t instrumented, skipped, never_called; /* from coverage_finish() */
} Coverage;

/* Copies everything. */
void coverage_add(Coverage *coverage, const Function *function, const char *reason,
                  const char *module, uint64_t calls);

/* What the builds of the sessions annotated, with the calls made in them. */
bool coverage_load(Coverage *coverage, Database *database, const SessionIds *ids,
                   Error *error);

/* Order by file, line, name, kind, then reason; 0: one place, skipped or not alike. */
int coverage_compare(const CoverageItem *x, const CoverageItem *y);

/* Sort by file and line, make one item of equal ones, count. */
void coverage_finish(Coverage *coverage);
void coverage_release(Coverage *coverage);

#endif
