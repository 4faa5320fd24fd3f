/* fallthrough - give #define lines their fall-through comments back.
 *
 * gcc -E -fdirectives-only writes definitions of macros without comments, and
 * -Wimplicit-fallthrough reads comments. (-CC would keep them, but then counts the
 * lines of a comment twice, refuses a comment behind `#`, and finds other redefinitions.)
 * A line is changed only where all but comments and blanks is that of the original.
 */
#ifndef TKA_CC_FALLTHROUGH_H
#define TKA_CC_FALLTHROUGH_H

#include "command.h"
#include "sources.h"

/* Text of gcc; left as it is when the command does not ask for the warning. */
void fallthrough_restore(const Command *command, Sources *sources, Bytes *text);

#endif
