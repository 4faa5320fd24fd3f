/* needles - the words by which a text shows that it may concern us.
 */
#ifndef TKA_CC_NEEDLES_H
#define TKA_CC_NEEDLES_H

#include <stdbool.h>
#include <stddef.h>

/* An annotation's macro, or the string that it stands for. */
bool needles_in(const char *text, size_t length);

#endif
