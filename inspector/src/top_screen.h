/* top_screen - a frame of `tka top` as lines of text, for a terminal or a pipe.
 */
#ifndef TKA_TOP_SCREEN_H
#define TKA_TOP_SCREEN_H

#include "terminal.h"
#include "textbuf.h"
#include "top_frame.h"

typedef struct TopLook {
    size_t limit;     /* rows at most; 0: all */
    size_t lines;     /* lines at most, with the head; 0: all */
    bool interactive; /* a row is selected, the last line tells keys or message */
    size_t selected;  /* row */
    bool past_p99;    /* the small bars: p99 instead of calls */
    const char *footer;
} TopLook;

/* What the process does, then a row per function. */
void top_screen_add(const TopFrame *frame, const TopLook *look, const Terminal *terminal,
                    Text *out);

#endif
