/* response - replace @file words by the words in the file, as gcc does.
 *
 * The words live in the list's arena. A file that cannot be read, and nesting
 * deeper than any real build's, leave the word as it is.
 */
#ifndef TKA_CC_RESPONSE_H
#define TKA_CC_RESPONSE_H

#include "arglist.h"

void response_expand(ArgList *words, const char *const *arguments);

#endif
