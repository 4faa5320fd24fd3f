/* messages - what the compiler said in two runs, as one run would have said it.
 *
 * gcc reports some things only while it expands (#warning, -Wundef) and some in
 * both runs (-Wcomment); clang's text keeps everything for the second run.
 */
#ifndef TKA_CC_MESSAGES_H
#define TKA_CC_MESSAGES_H

#include "bytes.h"

/* Write to stderr. */
void messages_forward(const Bytes *expanding, const Bytes *compiling, bool is_clang);

/* Append to `out` the reports of `first` that `second` does not have as well. */
void messages_difference(Bytes *out, const Bytes *first, const Bytes *second);

#endif
