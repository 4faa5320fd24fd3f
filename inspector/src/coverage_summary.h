/* coverage_summary - annotated places counted by module and by reason.
 *
 *     CoverageSummary summary = {0};
 *     coverage_summarize(&summary, &coverage);    before coverage_finish()
 *     coverage_summary_release(&summary);
 *
 * A module is a file that holds code: a program, a library, an object, a member of
 * an archive. A place that several modules have counts once in each, and once in
 * all of them together.
 */
#ifndef TKA_COVERAGE_SUMMARY_H
#define TKA_COVERAGE_SUMMARY_H

#include <stddef.h>

#include "coverage.h"

typedef struct CoverageReason {
    char *text;
    size_t places;
} CoverageReason;

typedef struct CoverageModule {
    char *name;
    size_t instrumented, skipped;
    CoverageReason *reasons; /* why skipped, the most frequent first */
    size_t reason_count, reason_capacity;
} CoverageModule;

typedef struct CoverageSummary {
    CoverageModule *modules; /* most skipped first, then most annotated */
    size_t count, capacity;
    CoverageModule all;
} CoverageSummary;

/* Copies what it keeps; coverage may be finished or released after. */
void coverage_summarize(CoverageSummary *summary, const Coverage *coverage);
void coverage_summary_release(CoverageSummary *summary);

#endif
