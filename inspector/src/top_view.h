/* top_view - how the person at `tka top` wants to see it, and what keys change.
 *
 * Pure: keys in, wishes out; cmd_top carries them out.
 */
#ifndef TKA_TOP_VIEW_H
#define TKA_TOP_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "top_frame.h"

typedef enum TopWish {
    WISH_NOTHING,
    WISH_DRAW,
    WISH_SELECT, /* another row */
    WISH_QUIT,
    WISH_TOGGLE, /* the selected function: off, or on again */
    WISH_EXACT,
    WISH_SAMPLED,
    WISH_COUNT /* the process's mode */
} TopWish;

typedef struct TopView {
    TopSort sort;
    double interval; /* seconds */
    char filter[128];
    bool typing; /* the filter */
    bool paused, past_p99;
    size_t selected;
} TopView;

#define TOP_LEAST_INTERVAL 0.1
#define TOP_MOST_INTERVAL  3600.0

/* key: as of console_wait(); rows: that can be selected. */
TopWish top_view_key(TopView *view, int key, size_t rows);

/* The last line: the keys, or the filter that is being typed. size: of line. */
void top_view_footer(const TopView *view, char *line, size_t size);

#endif
