/* expand - have the real compiler write out the source with all its headers,
 * macros unexpanded, and the dependency file with it.
 *
 * gcc: -E -fdirectives-only; clang: -E -frewrite-includes. tka/probe.h comes in
 * as the first forced include.
 */
#ifndef TKA_CC_EXPAND_H
#define TKA_CC_EXPAND_H

#include "bytes.h"
#include "command.h"

/* False when the compiler failed; then `text` means nothing. */
bool expand_source(const Command *command, Arena *arena, const CommandArg *source,
                   const char *include_directory, Bytes *text, Bytes *messages);

/* Whether the compiler preprocesses the source in its usual way. */
bool expand_works_otherwise(const Command *command, Arena *arena,
                            const CommandArg *source, const char *include_directory);

#endif
