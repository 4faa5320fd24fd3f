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

/* Why the allocation hooks cannot be linked here; NULL: they can. */
const char *link_refuses_memory(const Command *command);

/* Add their words, which go before all others: in front of other allocators. False when
 * they are not installed. */
bool link_add_memory(ArgList *words, const Command *command, const char *library_directory);

#endif
