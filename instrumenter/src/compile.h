/* compile - run the real compiler on the rewritten text.
 *
 * The text lies in a folder of its own under the source's own file name, so
 * that whatever the compiler names after its input gets the right name.
 */
#ifndef TKA_CC_COMPILE_H
#define TKA_CC_COMPILE_H

#include "bytes.h"
#include "command.h"
#include "maincopy.h"

/* The compiler's status. `text_path` is the rewritten file, `object` the result. */
int compile_text(const Command *command, Arena *arena, const CommandArg *source,
                 const char *text_path, const char *object, Bytes *messages);

/* The same for a copy of the source alone: reads headers and writes the
 * dependency file as the original command would. */
int compile_copy(const Command *command, Arena *arena, const CommandArg *source,
                 const MainCopy *copy, const char *object, Bytes *messages);

#endif
