/* insertion - the byte at which a candidate's statement goes: behind the body's
 * brace, behind label declarations and behind pragmas that must come first.
 *
 * Works on the original file. A candidate whose body has no brace of its own in
 * a file is turned into a skipped one, with the reason.
 */
#ifndef TKA_CC_INSERTION_H
#define TKA_CC_INSERTION_H

#include "site.h"
#include "sources.h"

/* `text` is the expanded text, for the definitions of macros. */
void insertion_find(CandidateList *candidates, Sources *sources, const Bytes *text);

#endif
