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

#include "arglist.h"
#include "site.h"
#include "sources.h"

typedef struct ParseRequest {
    Arena *arena;
    Sources *sources;
    const char *path;
    const ArgList *flags;
    const char *directory;      /* the working directory, for absolute paths */
    bool is_cxx;
    bool gnu89_inline;          /* C inline means what it meant before C99 */
    bool system_too;            /* look into system headers as well */
    bool blocks;                /* look for blocks in every expression */
} ParseRequest;

typedef struct ParseResult {
    CandidateList candidates;
    MentionList seen;           /* annotations that belong to some declaration */
    MentionList skipped;        /* starts and ends of what conditionals left out,
                                   in pairs; only when asked for */
    unsigned error_count;
    const char *error;
} ParseResult;

bool parse_source(const ParseRequest *request, ParseResult *result);

/* Parse again for the ranges that the preprocessor skipped in the file. */
bool parse_skipped(const ParseRequest *request, int file, ParseResult *result);

#endif
