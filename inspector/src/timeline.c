#include "timeline.h"

#include <stdlib.h>

#include "report_text.h"
#include "units.h"

#define BAR_COLUMNS 40
#define DEPTH_MOST  30 /* deeper is indented no further */

typedef struct Window {
    double from, to;
} Window;

static Window window_of(const SlowItem *item)
{
    Window window = {0, item->call.duration_ns};

    for (size_t i = 0; i < item->events.count; i++) {
        const SlowEvent *event = &item->events.items[i];

        if (!event->open && event->start_ns < window.from) {
            window.from = event->start_ns;
        }
    }
    if (window.from < -window.to) {
        window.from = -window.to;
    }
    return window;
}

/* Column of a time, not outside the picture. */
static size_t column_of(const Window *window, double at)
{
    double length = window->to - window->from;
    double share = length > 0 ? (at - window->from) / length : 0;

    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return (size_t)(share * BAR_COLUMNS + 0.5);
}

static void add_bar(const Window *window, const SlowEvent *event,
                    const Terminal *terminal, Text *out)
{
    size_t from = column_of(window, event->start_ns),
           to = column_of(window, event->end_ns);
    size_t used = from;

    if (event->end_ns <= window->from) {
        text_char(out, '<'); /* all of it lies before the picture */
        text_repeat(out, ' ', BAR_COLUMNS - 1);
        return;
    }
    if (from == BAR_COLUMNS) {
        used = from = BAR_COLUMNS - 1;
    }
    text_repeat(out, ' ', from);
    if (from >= to) {
        text_put(out, terminal->utf8 ? "\u258f" : "|");
        used++;
    }
    for (; used < to; used++) {
        text_put(out, terminal->utf8 ? "\u2588" : "#");
    }
    text_repeat(out, ' ', BAR_COLUMNS - used);
}

static void add_right(const char *text, size_t width, const Terminal *terminal, Text *out)
{
    size_t columns = terminal_columns(terminal, text);

    text_repeat(out, ' ', columns < width ? width - columns : 0);
    text_put(out, text);
}

static void add_start(double start, const Terminal *terminal, Text *out)
{
    Figure time = units_time(start < 0 ? -start : start, terminal->utf8), signed_time;

    snprintf(signed_time.text, sizeof signed_time.text, "%s%.40s", start < 0 ? "-" : "",
             time.text);
    add_right(signed_time.text, 9, terminal, out);
}

static bool is_slow_call(const SlowItem *item, const SlowEvent *event)
{
    return !event->open && event->start_ns == 0 &&
           event->callpath == item->call.callpath_id;
}

static void add_event(const SlowList *list, const SlowItem *item, const Window *window,
                      const SlowEvent *event, const Terminal *terminal, Text *out)
{
    char *name = report_text_name(slow_list_called(list, event));
    Style style = is_slow_call(item, event) ? STYLE_HOT
                  : event->open             ? STYLE_DIM
                                            : STYLE_PLAIN;
    size_t depth = event->depth < DEPTH_MOST ? event->depth : DEPTH_MOST;
    size_t before = 22 + BAR_COLUMNS + 2 * depth;

    add_start(event->start_ns, terminal, out);
    add_right(event->open
                  ? "open"
                  : units_time(event->end_ns - event->start_ns, terminal->utf8).text,
              9, terminal, out);
    text_put(out, "  ");
    terminal_style(terminal, out, style);
    add_bar(window, event, terminal, out);
    text_repeat(out, ' ', 2 + 2 * depth);
    terminal_printable(terminal, out, name,
                       terminal->width > before + 12 ? terminal->width - before : 0);
    terminal_plain(terminal, out, style);
    text_char(out, '\n');
    free(name);
}

void timeline_add(const SlowList *list, const SlowItem *item, const Terminal *terminal,
                  Text *out)
{
    Window window = window_of(item);

    if (item->events.count == 0) {
        return;
    }
    terminal_format(terminal, out, STYLE_BOLD, "    Start     Took");
    text_format(out, "  ");
    for (size_t i = 0; i < item->events.count; i++) {
        if (i == 0) {
            terminal_format(terminal, out, STYLE_DIM, "%s before its end",
                            units_time(window.to - window.from, terminal->utf8).text);
            text_char(out, '\n');
        }
        add_event(list, item, &window, &item->events.items[i], terminal, out);
    }
}
