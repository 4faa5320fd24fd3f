/* rolescan - make a role of what annotations and rules wish of a function: the text of
 * its declarations, the edits of its returns, and what of it is refused, and why.
 */
#ifndef TKA_CC_ROLESCAN_H
#define TKA_CC_ROLESCAN_H

#include "clangapi.h"
#include "findings.h"

/* Sets candidate->role. The candidate is complete but for that. */
void rolescan_function(const ClangApi *clang, const ParseRequest *request,
                       CXCursor function, CXCursor body, const RoleWish *wish,
                       Candidate *candidate);

/* Notes what an annotation's text wishes; false: it is none of a role. */
bool rolescan_annotation(const char *text, RoleWish *wish);

#endif
