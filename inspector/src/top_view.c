#include "top_view.h"

#include <stdio.h>
#include <string.h>

#include "console.h"

#define PAGE 10

static TopWish type(TopView *view, int key)
{
    size_t length = strlen(view->filter);

    if (key == KEY_ENTER) {
        view->typing = false;
    } else if (key == KEY_ESCAPE) {
        view->typing = false;
        view->filter[0] = '\0';
    } else if (key == KEY_BACKSPACE) {
        view->filter[length ? length - 1 : 0] = '\0';
    } else if (key >= ' ' && key < 256 && length + 1 < sizeof view->filter) {
        view->filter[length] = (char)key;
        view->filter[length + 1] = '\0';
    } else {
        return WISH_NOTHING;
    }
    view->selected = 0;
    return WISH_DRAW;
}

static TopWish change_interval(TopView *view, double factor)
{
    double interval = view->interval * factor;

    view->interval = interval < TOP_LEAST_INTERVAL  ? TOP_LEAST_INTERVAL
                     : interval > TOP_MOST_INTERVAL ? TOP_MOST_INTERVAL
                                                    : interval;
    return WISH_DRAW;
}

static bool move(TopView *view, int key, size_t rows)
{
    size_t last = rows ? rows - 1 : 0, at = view->selected;

    switch (key) {
    case KEY_UP:
    case 'k':
        at -= at > 0;
        break;
    case KEY_DOWN:
    case 'j':
        at++;
        break;
    case KEY_PAGE_UP:
        at = at > PAGE ? at - PAGE : 0;
        break;
    case KEY_PAGE_DOWN:
        at += PAGE;
        break;
    case KEY_HOME:
        at = 0;
        break;
    case KEY_LAST:
        at = last;
        break;
    default:
        return false;
    }
    view->selected = at < last ? at : last;
    return true;
}

static TopWish command(TopView *view, int key)
{
    switch (key) {
    case 'q':
        return WISH_QUIT;
    case 's':
        view->sort = (TopSort)((view->sort + 1) % TOP_SORTS);
        return WISH_DRAW;
    case 'p':
    case ' ':
        view->paused = !view->paused;
        return WISH_DRAW;
    case 'g':
        view->past_p99 = !view->past_p99;
        return WISH_DRAW;
    case '+':
    case '=':
        return change_interval(view, 2);
    case '-':
        return change_interval(view, 0.5);
    case '/':
        view->typing = true;
        return WISH_DRAW;
    case 'o':
        return WISH_TOGGLE;
    case 'e':
        return WISH_EXACT;
    case 'd':
        return WISH_SAMPLED;
    case 'c':
        return WISH_COUNT;
    default:
        return WISH_NOTHING;
    }
}

TopWish top_view_key(TopView *view, int key, size_t rows)
{
    if (key == KEY_END) {
        return WISH_QUIT;
    }
    if (key == KEY_REDRAW) {
        return WISH_DRAW;
    }
    if (view->typing) {
        return type(view, key);
    }
    return move(view, key, rows) ? WISH_SELECT : command(view, key);
}

void top_view_footer(const TopView *view, char *line, size_t size)
{
    if (view->typing) {
        snprintf(line, size, "Filter: %s_   (Enter: keep, Esc: none)", view->filter);
        return;
    }
    snprintf(line, size,
             "%ssort: %s  every %g s%s%s  |  q quit s sort / filter p pause + - g bars "
             "o off/on e d c mode",
             view->paused ? "[paused]  " : "", top_sort_name(view->sort), view->interval,
             view->filter[0] ? "  filter: " : "", view->filter);
}
