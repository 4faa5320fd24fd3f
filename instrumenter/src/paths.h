/* paths - file names as reports and rules see them.
 *
 * Results live in the arena. Only names are looked at, never the disk, except
 * for the working directory.
 */
#ifndef TKA_CC_PATHS_H
#define TKA_CC_PATHS_H

#include "arena.h"

/* The working directory as the shell and gcc name it ($PWD when it is right). */
const char *paths_working_directory(Arena *arena);

/* Absolute, without "." and ".." and doubled slashes; links are kept. */
char *paths_absolute(Arena *arena, const char *directory, const char *path);

/* The folder of the running program. */
char *paths_program_directory(Arena *arena);

#endif
