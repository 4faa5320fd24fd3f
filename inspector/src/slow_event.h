/* slow_event - what a thread did before a slow call's end, as spans that nest.
 *
 * The database has an event as [callpath, start, duration], in ns from the slow
 * call's start; a call that was still open, such as a caller of the slow call, has no
 * duration: here it ends with the slow call. The cost of probes has been taken out
 * of durations, so that a call may seem to end after its caller: it is cut there.
 * Pure functions on plain data; the text is untrusted.
 */
#ifndef TKA_SLOW_EVENT_H
#define TKA_SLOW_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct SlowEvent {
    int64_t callpath;
    double start_ns, end_ns;
    bool open;    /* when the slow call ended */
    size_t level; /* of path: calls by probed functions around it */
    size_t depth; /* of spans around it; set by slow_events_nest() */
} SlowEvent;

typedef struct SlowEvents {
    SlowEvent *items;
    size_t count, capacity;
} SlowEvents;

/* False when the text is malformed: events has what came before. end_ns: the slow
 * call's duration. */
bool slow_events_parse(SlowEvents *events, const char *text, double end_ns);
void slow_events_release(SlowEvents *events);

/* In the order of their starts, callers (of a lower level) first; spans cut to nest,
 * depths set. */
void slow_events_nest(SlowEvents *events);

#endif
