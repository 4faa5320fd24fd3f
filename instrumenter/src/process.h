/* process - run the compiler: replace ourselves by it, or start it and keep
 * what it prints.
 *
 *     Bytes text = {0};
 *     int status = process_run(vector, &(Capture){.out = &text});
 *
 * Statuses are exit codes as a shell reports them: 128 + signal for a process
 * that a signal ended, 127 when it could not be started. A signal that would end
 * us is passed on to what we run, and ends us after it.
 */
#ifndef TKA_CC_PROCESS_H
#define TKA_CC_PROCESS_H

#include "bytes.h"

#include <stdbool.h>

/* Where the streams go; NULL: to our own. */
typedef struct Capture {
    Bytes *out;
    Bytes *err;
} Capture;

int process_run(char **vector, const Capture *capture);

/* Do the work in a child, so that its crash is only a status. The work's result
 * must be below 128. */
int process_isolate(int (*work)(void *), void *argument);

/* Never returns: becomes the program, or exits 127 with a message. */
_Noreturn void process_exec(char **vector);

/* End as a process with that status would have, also by its signal. */
_Noreturn void process_exit_as(int status);

/* Remove a file or an empty folder when a signal ends us, the last named first.
 * What is gone by then is no matter. */
void process_remove_on_signal(const char *path);

#endif
