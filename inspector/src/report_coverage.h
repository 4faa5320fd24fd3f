/* report_coverage - annotated places and the cost of their probes, printed.
 */
#ifndef TKA_REPORT_COVERAGE_H
#define TKA_REPORT_COVERAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "coverage.h"
#include "coverage_summary.h"
#include "json_writer.h"
#include "profile.h"
#include "terminal.h"
#include "textbuf.h"

/* ran: calls are known, of a run; else the places come from files. limit: rows of
 * each list at most, 0: all. The heading has the counts, the text the places. */
void coverage_heading(const Coverage *coverage, bool ran, const Terminal *terminal,
                      Text *out);
void coverage_text(const Coverage *coverage, bool ran, uint64_t limit,
                   const Terminal *terminal, Text *out);
void coverage_json(Json *json, const Coverage *coverage, bool ran);
void coverage_csv(const Coverage *coverage, bool ran, Text *out);

/* Counts by reason and, where there are several, by module. */
void coverage_summary_text(const CoverageSummary *summary, uint64_t limit,
                           const Terminal *terminal, Text *out);
void coverage_summary_json(Json *json, const CoverageSummary *summary);

/* Functions whose probes cost most; the profile is sorted by overhead. */
void probes_text(const Profile *profile, uint64_t limit, const Terminal *terminal,
                 Text *out);
void probes_json(Json *json, const Profile *profile, uint64_t limit);

#endif
