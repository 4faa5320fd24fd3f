/* sparkline - a row of values as small bars, one character each.
 */
#ifndef TKA_SPARKLINE_H
#define TKA_SPARKLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "textbuf.h"

/* The greatest value is a full bar; negative ones and NaN, which are not known, are blank. */
void sparkline_add(const double *values, size_t count, bool utf8, Text *out);

/* The same for shares: 1 is a full bar. */
void sparkline_add_shares(const double *values, size_t count, bool utf8, Text *out);

#endif
