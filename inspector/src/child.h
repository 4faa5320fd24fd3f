/* child - run a program as if the user had started it, and wait for its end.
 *
 * The program inherits standard input, output and error, the signal
 * dispositions and the environment with the given variables set. Signals that
 * other processes send to tka meanwhile are passed on; those that the terminal
 * sends reach the program directly, and tka outlives them.
 */
#ifndef TKA_CHILD_H
#define TKA_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failure.h"

typedef struct Variable {
    const char *name, *value;
} Variable;

typedef struct ChildEnd {
    int pid;
    int64_t started_at; /* ns since 1970, just before it was started */
    bool by_signal;
    int status; /* exit status, or signal number */
} ChildEnd;

/* arguments: the program, looked up in PATH, and its arguments; ends in NULL. A
 * program that cannot be started is an error of status 127 (not found) or 126,
 * as in a shell. One at a time, from the main thread. */
bool child_run(char **arguments, const Variable *variables, size_t count, ChildEnd *end,
               Error *error);

#endif
