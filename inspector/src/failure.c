#include "failure.h"

#include <stdarg.h>
#include <stdio.h>

/* Names from files and databases end up in messages: no escape sequence of
 * theirs may reach the terminal. */
static void blank_control_characters(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++) {
        if (*c < 0x20 || *c == 0x7f) {
            *c = ' ';
        }
    }
}

bool error_set(Error *error, int status, const char *format, ...)
{
    va_list arguments;

    error->status = status;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    blank_control_characters(error->text);
    return false;
}
