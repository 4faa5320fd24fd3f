/* picture - a histogram drawn with characters.
 */
#ifndef TKA_PICTURE_H
#define TKA_PICTURE_H

#include "distribution.h"
#include "terminal.h"
#include "textbuf.h"

/* A row per bucket, or per 2, 4, 8... buckets when there are many, from the
 * shortest to the longest call: range, bar, calls, share. */
void picture_add(const Distribution *histogram, const Terminal *terminal, Text *out);

/* A bar of 40 columns, share of them filled (0 to 1), blanks to its end. */
void picture_bar(double share, const Terminal *terminal, Text *out);

#endif
