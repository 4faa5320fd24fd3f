/* clangflags - the flags of the real compiler that libclang should see.
 *
 * A white-list: some flags make libclang give up (-traditional-cpp), some make
 * it write files (-MD) or print (-v), and a compiler-specific one is an error.
 */
#ifndef TKA_CC_CLANGFLAGS_H
#define TKA_CC_CLANGFLAGS_H

#include "bytes.h"
#include "command.h"

/* `text` is the expanded text: gcc's shows the language version in force. */
void clangflags_build(ArgList *flags, const Command *command, const CommandArg *source,
                      const Bytes *text, const char *include_directory);

/* Whether C's inline has its meaning from before C99. */
bool clangflags_gnu89_inline(const ArgList *flags);

/* Whether constexpr functions may have probes: C++14, and a tka/probe.h in the
 * text that has what they call. */
bool clangflags_constexpr_probes(const ArgList *flags, const Bytes *text);

#endif
