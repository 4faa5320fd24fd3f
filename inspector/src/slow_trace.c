#include "slow_trace.h"

#include <stdlib.h>

#include "allocation.h"
#include "json_writer.h"
#include "units.h"

static void begin_event(Json *json, const SlowCall *call, const char *phase,
                        const char *name)
{
    json_object(json, NULL);
    json_text(json, "ph", phase);
    json_text(json, "name", name);
    json_integer(json, "pid", call->pid);
    json_integer(json, "tid", call->thread);
}

static void add_name(Json *json, const SlowCall *call, const char *what, const char *name)
{
    begin_event(json, call, "M", what);
    json_object(json, "args");
    json_text(json, "name", name);
    json_end(json);
    json_end(json);
}

static void add_event(Json *json, const SlowList *list, const SlowEvent *event,
                      double origin)
{
    const Function *function = slow_list_called(list, event);

    begin_event(json, &list->items[0].call, "X", function->name);
    json_text(json, "cat", function->kind);
    json_decimal(json, "ts", (event->start_ns - origin) / 1000, 3);
    json_decimal(json, "dur", (event->end_ns - event->start_ns) / 1000, 3);
    json_object(json, "args");
    json_text(json, "function", function->function);
    json_text(json, "file", function->file);
    json_integer(json, "line", function->line);
    json_bool(json, "open", event->open);
    json_end(json);
    json_end(json);
}

static void add_other_data(Json *json, const SlowCall *call, const Session *session)
{
    json_object(json, "otherData");
    json_text(json, "producer", "tka " TKA_VERSION);
    json_integer(json, "slow_call", call->id);
    json_integer(json, "session", session->id);
    json_text(json, "session_name", session->name);
    json_text(json, "command", session->command);
    json_text(json, "host", session->host);
    json_text(json, "started", units_iso_moment(call->started_at).text);
    json_ns(json, "duration_ns", call->duration_ns);
    json_ns(json, "cpu_ns", call->cpu_ns);
    json_end(json);
}

void slow_trace_add(const SlowList *list, const Session *session, Text *out)
{
    const SlowItem *item = &list->items[0];
    double origin = item->events.count ? item->events.items[0].start_ns : 0;
    char *thread = format_new("thread %lld", (long long)item->call.thread);
    Json json = {.out = out};

    json_object(&json, NULL);
    json_text(&json, "displayTimeUnit", "ms");
    add_other_data(&json, &item->call, session);
    json_array(&json, "traceEvents");
    add_name(&json, &item->call, "process_name", session->name);
    add_name(&json, &item->call, "thread_name", thread);
    for (size_t i = 0; i < item->events.count; i++) {
        add_event(&json, list, &item->events.items[i], origin);
    }
    json_end(&json);
    json_end(&json);
    free(thread);
}
