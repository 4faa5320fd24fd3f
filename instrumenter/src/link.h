/* link - add the runtime to a link step that has something instrumented in it.
 *
 * References to the runtime are weak, so that a link without it succeeds; hence
 * it must be named with --no-as-needed here, or demanded by -u when static.
 */
#ifndef TKA_CC_LINK_H
#define TKA_CC_LINK_H

#include "command.h"
#include "options.h"

/* Whether an input of the link calls the runtime. */
bool link_has_instrumented_input(const Command *command, Arena *arena);

/* Add the runtime's words. False when it is not installed beside tka-cc. */
bool link_add_runtime(ArgList *words, const Command *command, RuntimeChoice choice,
                      const char *library_directory);

#endif
