/* report - tell the user which annotations were not instrumented, and why.
 *
 * One line each on stderr, `file:line:col: text`; functions that only a rule had
 * selected are named with --verbose only.
 */
#ifndef TKA_CC_REPORT_H
#define TKA_CC_REPORT_H

#include "options.h"
#include "parse.h"
#include "prefilter.h"

typedef struct ReportRequest {
    const Options *options;
    Sources *sources;
    const ParseRequest *parse;
    const Prefilter *prefilter;
    bool is_clang;
} ReportRequest;

/* True when some annotation was not instrumented. */
bool report_unit(const ReportRequest *request, ParseResult *parsed);

#endif
