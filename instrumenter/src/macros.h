/* macros - what the definitions in the expanded text do with their arguments.
 */
#ifndef TKA_CC_MACROS_H
#define TKA_CC_MACROS_H

#include "bytes.h"

#include <stdbool.h>

/* Whether the macro, or one that its definition names, has a # operator: its
 * arguments' text could then be seen by the program. */
bool macros_stringify(const Bytes *text, const char *name);

#endif
