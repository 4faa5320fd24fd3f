/* pushmacro - give push_macro and pop_macro pragmas back.
 *
 * gcc -E -fdirectives-only carries them out, writes blank lines for them, and for a
 * pop an #undef, but no definition: after it the macro would not be what it was.
 * The pragmas are restored for the compilation to carry out, the #undef removed.
 * A pragma that a backslash continues is not recognised.
 */
#ifndef TKA_CC_PUSHMACRO_H
#define TKA_CC_PUSHMACRO_H

#include "sources.h"

/* Text of gcc. */
void pushmacro_restore(Sources *sources, Bytes *text);

#endif
