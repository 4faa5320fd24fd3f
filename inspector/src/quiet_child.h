/* quiet_child - run a program unseen: its output goes to files, it reads nothing, and
 * what it cost is measured.
 *
 * The program and its children are a process group of their own. They are killed when
 * the time is over, and when tka gets a signal that ends programs: that is noted, not
 * acted upon, until quiet_child_signals_end(). One at a time, from the main thread.
 */
#ifndef TKA_QUIET_CHILD_H
#define TKA_QUIET_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "failure.h"

typedef struct QuietVariable {
    const char *name, *value; /* value NULL: not to be set */
} QuietVariable;

typedef struct QuietRun {
    char *const *arguments;         /* ends in NULL; the program is looked up in PATH */
    const char *directory;          /* to run in */
    const char *output, *messages;  /* files for standard output and error */
    const QuietVariable *variables; /* ends in a NULL name */
    int limit_ms;                   /* then it is killed with SIGKILL */
} QuietRun;

typedef struct QuietEnd {
    bool timed_out; /* killed as the time was over */
    bool by_signal;
    int status;             /* exit status, or signal number */
    double cpu_ns, wall_ns; /* user and system time, of its children too */
} QuietEnd;

/* False when it could not be started, or a signal came. */
bool quiet_child_run(const QuietRun *run, QuietEnd *end, Error *error);

/* From here on such signals are caught; and no longer. The second returns the signal
 * that came, or 0. */
void quiet_child_signals_begin(void);
int quiet_child_signal(void); /* that came so far */
int quiet_child_signals_end(void);

#endif
