/* findings - what is asked of libclang, and what it found.
 *
 * Shared by the modules that talk to libclang and by those that use the answer;
 * no libclang type in it. Everything lives in the request's arena.
 */
#ifndef TKA_CC_FINDINGS_H
#define TKA_CC_FINDINGS_H

#include "arglist.h"
#include "rules.h"
#include "site.h"
#include "sources.h"

typedef struct ParseRequest {
    Arena *arena;
    Sources *sources;
    const char *path;
    const ArgList *flags;
    const char *directory; /* the working directory, for absolute paths */
    bool is_cxx;
    bool gnu89_inline;     /* C inline means what it meant before C99 */
    bool system_too;       /* look into system headers as well */
    bool mangled;          /* rules want mangled names */
    bool lambdas;          /* look for annotated ones */
    bool constexpr_probes; /* the compiler and the standard have what it takes */
    bool blocks;           /* look for blocks in every expression */
    bool roles;            /* some annotation or rule may give one */
    const Rules *rules;    /* for the roles in them */
} ParseRequest;

typedef struct ParseResult {
    CandidateList candidates;
    MentionList seen;    /* annotations that belong to some declaration */
    MentionList skipped; /* starts and ends of what conditionals left out,
                            in pairs; only when asked for */
    unsigned error_count;
    const char *error;
} ParseResult;

#endif
