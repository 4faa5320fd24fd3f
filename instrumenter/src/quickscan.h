/* quickscan - tell without the compiler that a source cannot hold annotations.
 *
 * Reads the source and every header that its #include lines could name, in all
 * conditional branches, and looks for the tokens. It errs on one side only:
 * true means "maybe", and then the compiler's own text decides. Headers that
 * only the compiler's private folders hold are not looked for: they are its own
 * and its C++ library's. A few files cost a millisecond; starting the compiler
 * to preprocess them costs ten to thirty.
 */
#ifndef TKA_CC_QUICKSCAN_H
#define TKA_CC_QUICKSCAN_H

#include "command.h"

bool quickscan_may_be_annotated(const Command *command, Arena *arena,
                                const CommandArg *source);

#endif
