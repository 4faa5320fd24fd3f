/* failure - why something could not be done, in one line for the user.
 *
 * A function that can fail for a reason the user should see takes an Error as
 * its last parameter and returns false (or NULL) after filling it. Only main
 * prints it, as "tka: TEXT", and exits with its status.
 */
#ifndef TKA_FAILURE_H
#define TKA_FAILURE_H

#include <stdbool.h>

/* Exit statuses of tka, beside 0. */
enum { STATUS_FINDING = 1, STATUS_USAGE = 2, STATUS_FAILURE = 3 };

typedef struct Error {
    int status;     /* one of the above */
    char text[768]; /* what, where, what to do; without a newline */
} Error;

/* Fills error; always returns false, so that callers can return it. */
bool error_set(Error *error, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
