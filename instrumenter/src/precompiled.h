/* precompiled - clang's precompiled headers, as the headers they were made of.
 *
 * The expanded text has to hold what a precompiled header holds, and libclang has to
 * read it with its own macros: `-include-pch x.h.pch` becomes `-include x.h`, or
 * nothing where that is given, too, as CMake does. The original command keeps its own.
 */
#ifndef TKA_CC_PRECOMPILED_H
#define TKA_CC_PRECOMPILED_H

#include "command.h"

/* Sets command->unknown_header when the header cannot be told from the name. */
void precompiled_replace(Command *command, Arena *arena);

#endif
