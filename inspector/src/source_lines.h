/* source_lines - the source around a function, when the file can be read here.
 */
#ifndef TKA_SOURCE_LINES_H
#define TKA_SOURCE_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "terminal.h"
#include "textbuf.h"

/* Add the lines from before line to after it, numbered; a note when the file has
 * changed since that time (ns since 1970). False when it cannot be read. */
bool source_lines_add(const char *file, int64_t line, int64_t since,
                      const Terminal *terminal, Text *out);

#endif
