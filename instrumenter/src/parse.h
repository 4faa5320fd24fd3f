/* parse - what libclang finds in the original source: every function and block
 * that could be probed, its annotations, and what forbids a probe.
 *
 *     ParseRequest request = {...};
 *     ParseResult result = {...};
 *     if (!parse_source(&request, &result)) ... result.error
 *
 * Positions are byte offsets in files, never the presumed ones. Errors in the
 * source do not fail the parse: what could be understood is used.
 */
#ifndef TKA_CC_PARSE_H
#define TKA_CC_PARSE_H

#include "findings.h"

bool parse_source(const ParseRequest *request, ParseResult *result);

/* Parse again for the ranges that the preprocessor skipped in the file. */
bool parse_skipped(const ParseRequest *request, int file, ParseResult *result);

#endif
