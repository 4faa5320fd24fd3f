/* console - the whole terminal for an interactive command: pictures and single keys.
 *
 *     console_open(error) ... console_draw(&text), console_wait(seconds) ...
 *     console_close();
 *
 * The alternate screen is used, so that the terminal is afterwards as it was; also when a
 * signal ends the command: console_wait() tells KEY_END then, the command closes and
 * console_end() lets the signal do its work. Ctrl-Z stops and comes back. One at a time,
 * main thread.
 */
#ifndef TKA_CONSOLE_H
#define TKA_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "failure.h"
#include "textbuf.h"

/* What console_wait() returns beside characters. */
enum {
    KEY_NONE = 0x110000, /* the time is up */
    KEY_UP,
    KEY_DOWN,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_HOME,
    KEY_LAST,
    KEY_ENTER,
    KEY_ESCAPE,
    KEY_BACKSPACE,
    KEY_REDRAW, /* another size, or back from Ctrl-Z */
    KEY_END     /* a signal, or the terminal went away */
};

/* Whether standard input and output are a terminal that can be drawn on. */
bool console_possible(void);

bool console_open(Error *error);
void console_close(void);

size_t console_lines(void);
size_t console_columns(void);

/* Show the text's lines, the rest empty. */
void console_draw(const Text *text);

int console_wait(double seconds);

/* Die of the signal that came, if it was not Ctrl-C. After console_close(). */
void console_end(void);

#endif
