/* depfile - the dependency file that a compile writes, by name and content.
 *
 *     depfile_add_names(&words, command, source);    -MF and -MQ, as plain
 *     depfile_replace(path, "/tmp/x/a.c", "a.c");    a name that was ours
 *     depfile_add(path, names, count);               inputs that are ours
 *
 * What is added gets a rule of its own without prerequisites, as -MP would give
 * it: a rules file or a tka-cc that is gone must not stop make.
 */
#ifndef TKA_CC_DEPFILE_H
#define TKA_CC_DEPFILE_H

#include "command.h"

#include <stdbool.h>

/* Where the plain command would write it; NULL when it would not. */
const char *depfile_path(const Command *command, Arena *arena, const CommandArg *source);

/* The options that name the file and its target, for a command with -MD whose
 * own -o differs. */
void depfile_add_names(ArgList *words, const Command *command, const CommandArg *source);
void depfile_add_target(ArgList *words, const Command *command, const CommandArg *source);

/* Put `with` wherever the name stands; remove the name when it is NULL. */
bool depfile_replace(const char *path, Arena *arena, const char *name, const char *with);

/* More prerequisites for the first target. Nothing is done to a file that looks
 * strange or cannot be written. */
bool depfile_add(const char *path, Arena *arena, const ArgList *names);

#endif
