/* rolereturn - what a lookup's and a resolver's returns say, and the edits with which
 * they say it to the runtime.
 *
 * No edit changes what is returned, or how: a result that C++ would not let through
 * unchanged is noted before it is returned where it is a variable, else not at all.
 */
#ifndef TKA_CC_ROLERETURN_H
#define TKA_CC_ROLERETURN_H

#include "clangapi.h"
#include "findings.h"

typedef struct RoleReturns {
    bool marks_hits; /* TKA_CACHE_HIT() or TKA_CACHE_MISS() is in it */
    bool unsaid;     /* a return, or the end, says nothing */
    const char *why; /* of one of those */
} RoleReturns;

/* Adds edits to candidate->role, for those of the two roles that it has. */
RoleReturns rolereturn_find(const ClangApi *clang, const ParseRequest *request,
                            CXCursor function, CXCursor body, const Candidate *candidate);

#endif
