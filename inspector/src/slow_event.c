#include "slow_event.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"

/* --- reading ---------------------------------------------------------------- */

static void skip_space(const char **at)
{
    *at += strspn(*at, " \t\r\n");
}

static bool accept(const char **at, char c)
{
    skip_space(at);
    if (**at != c) {
        return false;
    }
    ++*at;
    return true;
}

/* Numbers as JSON has them, within 1e18: no inf, nan or 0x. */
static bool read_real(const char **at, double *value)
{
    size_t length;
    char *end;

    skip_space(at);
    length = strspn(*at, "+-.0123456789eE");
    if (length == 0 || length > 30) {
        return false;
    }
    *value = strtod(*at, &end);
    if (end != *at + length || *value > 1e18 || *value < -1e18) {
        return false;
    }
    *at = end;
    return true;
}

static bool read_event(const char **at, double slow_end, SlowEvent *event)
{
    double callpath, duration;

    *event = (SlowEvent){0};
    if (!accept(at, '[') || !read_real(at, &callpath) || !accept(at, ',') ||
        !read_real(at, &event->start_ns) || !accept(at, ',')) {
        return false;
    }
    event->callpath = (int64_t)callpath;
    skip_space(at);
    if (!strncmp(*at, "null", 4)) {
        *at += 4;
        event->open = true;
        event->end_ns = slow_end;
    } else if (read_real(at, &duration)) {
        event->end_ns = event->start_ns + (duration > 0 ? duration : 0);
    } else {
        return false;
    }
    if (event->end_ns < event->start_ns) {
        event->end_ns = event->start_ns;
    }
    return accept(at, ']');
}

bool slow_events_parse(SlowEvents *events, const char *text, double end_ns)
{
    const char *at = text;
    SlowEvent event;

    if (!accept(&at, '[')) {
        return false;
    }
    if (accept(&at, ']')) {
        return true;
    }
    do {
        if (!read_event(&at, end_ns, &event)) {
            return false;
        }
        events->items =
            grow_array(events->items, events->count, &events->capacity, sizeof event);
        events->items[events->count++] = event;
    } while (accept(&at, ','));
    return accept(&at, ']');
}

void slow_events_release(SlowEvents *events)
{
    free(events->items);
    *events = (SlowEvents){0};
}

/* --- nesting ---------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const SlowEvent *x = a, *y = b;

    if (x->start_ns != y->start_ns) {
        return x->start_ns < y->start_ns ? -1 : 1;
    }
    if (x->level != y->level) {
        return x->level < y->level ? -1 : 1;
    }
    return (x->end_ns < y->end_ns) - (x->end_ns > y->end_ns);
}

/* An event is inside the last span that has not ended when it begins. Paths do not
 * tell: all inner activations of a recursive function have one path. */
void slow_events_nest(SlowEvents *events)
{
    size_t *around = allocate_zeroed(events->count + 1, sizeof *around);
    size_t depth = 0;

    if (events->count) {
        qsort(events->items, events->count, sizeof *events->items, compare);
    }
    for (size_t i = 0; i < events->count; i++) {
        SlowEvent *event = &events->items[i];

        while (depth > 0 && events->items[around[depth - 1]].end_ns <= event->start_ns) {
            depth--;
        }
        if (depth > 0 && events->items[around[depth - 1]].end_ns < event->end_ns) {
            event->end_ns = events->items[around[depth - 1]].end_ns;
        }
        event->depth = depth;
        around[depth++] = i;
    }
    free(around);
}
