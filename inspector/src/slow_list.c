#include "slow_list.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "profile.h"
#include "textbuf.h"

/* --- names ------------------------------------------------------------------ */

static bool add_function(SlowList *list, Database *database, int64_t id, size_t *place,
                         Error *error)
{
    size_t *known = id_index_find(&list->function_index, id);
    Function function;
    bool is_new;

    if (known) {
        *place = *known;
        return true;
    }
    if (!database_function(database, id, &function, error)) {
        return false;
    }
    list->functions = grow_array(list->functions, list->function_count,
                                 &list->function_capacity, sizeof function);
    list->functions[list->function_count] = function;
    *place = list->function_count++;
    *id_index_slot(&list->function_index, id, &is_new) = *place;
    return true;
}

/* Deeper than any path of the runtime: a damaged tree may have a cycle. */
#define PATH_MOST 4096

static bool walk_path(SlowList *list, Database *database, int64_t id, SlowPath *path,
                      Error *error)
{
    bool ok = true;

    while (ok && id != 0 && path->count < PATH_MOST) {
        int64_t parent, function;
        size_t place = 0;

        ok = database_callpath(database, id, &parent, &function, error) &&
             add_function(list, database, function, &place, error);
        path->functions = grow_array(path->functions, path->count, &path->capacity,
                                     sizeof *path->functions);
        path->functions[path->count++] = place;
        id = parent;
    }
    for (size_t i = 0; i < path->count / 2; i++) {
        size_t one = path->functions[i];

        path->functions[i] = path->functions[path->count - 1 - i];
        path->functions[path->count - 1 - i] = one;
    }
    return ok;
}

static bool add_path(SlowList *list, Database *database, int64_t id, size_t *place,
                     Error *error)
{
    size_t *known = id_index_find(&list->path_index, id);
    SlowPath path = {0};
    bool is_new;

    if (known) {
        *place = *known;
        return true;
    }
    if (!walk_path(list, database, id, &path, error)) {
        free(path.functions);
        return false;
    }
    list->paths =
        grow_array(list->paths, list->path_count, &list->path_capacity, sizeof path);
    list->paths[list->path_count] = path;
    *place = list->path_count++;
    *id_index_slot(&list->path_index, id, &is_new) = *place;
    return true;
}

static bool add_names(SlowList *list, Database *database, Error *error)
{
    bool ok = true;

    for (size_t i = 0; ok && i < list->count; i++) {
        SlowItem *item = &list->items[i];

        ok = add_function(list, database, item->call.function_id, &item->function,
                          error) &&
             add_path(list, database, item->call.callpath_id, &item->path, error);
    }
    return ok;
}

/* --- loading ---------------------------------------------------------------- */

static SlowItem *append(SlowList *list, const SlowCall *call)
{
    SlowItem *item;

    list->items = grow_array(list->items, list->count, &list->capacity, sizeof *item);
    item = &list->items[list->count++];
    *item = (SlowItem){.call = *call};
    item->call.events = NULL;
    return item;
}

static bool add_call(void *context, const SlowCall *call)
{
    append(context, call);
    return true;
}

static bool add_call_with_events(void *context, const SlowCall *call)
{
    SlowItem *item = append(context, call);

    item->damaged = !slow_events_parse(&item->events, call->events, call->duration_ns);
    return true;
}

bool slow_list_load(SlowList *list, Database *database, const SessionIds *ids,
                    Error *error)
{
    bool ok = true;

    for (size_t i = 0; ok && i < ids->count; i++) {
        ok = database_slow_calls(database, ids->items[i], add_call, list, error) &&
             database_slow_counts(database, ids->items[i], &list->counts, error);
    }
    return ok && add_names(list, database, error);
}

bool slow_list_load_one(SlowList *list, Database *database, int64_t id, Error *error)
{
    SlowEvents *events;
    bool ok = database_slow_call(database, id, add_call_with_events, list, error) &&
              add_names(list, database, error);

    if (!ok) {
        return false;
    }
    events = &list->items[0].events;
    for (size_t i = 0; ok && i < events->count; i++) {
        size_t place = 0;

        ok = add_path(list, database, events->items[i].callpath, &place, error);
        events->items[i].level = ok ? list->paths[place].count : 0;
    }
    slow_events_nest(events);
    return ok;
}

void slow_list_release(SlowList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        slow_events_release(&list->items[i].events);
    }
    for (size_t i = 0; i < list->function_count; i++) {
        function_release(&list->functions[i]);
    }
    for (size_t i = 0; i < list->path_count; i++) {
        free(list->paths[i].functions);
    }
    free(list->items);
    free(list->functions);
    free(list->paths);
    id_index_release(&list->function_index);
    id_index_release(&list->path_index);
    *list = (SlowList){0};
}

/* --- order and choice ------------------------------------------------------- */

static int compare_durations(const void *a, const void *b)
{
    const SlowCall *x = &((const SlowItem *)a)->call, *y = &((const SlowItem *)b)->call;

    if (x->duration_ns != y->duration_ns) {
        return x->duration_ns < y->duration_ns ? 1 : -1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

static int compare_times(const void *a, const void *b)
{
    const SlowCall *x = &((const SlowItem *)a)->call, *y = &((const SlowItem *)b)->call;

    if (x->started_at != y->started_at) {
        return x->started_at < y->started_at ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

void slow_list_sort(SlowList *list, SlowOrder order)
{
    if (list->count) {
        qsort(list->items, list->count, sizeof *list->items,
              order == SLOW_BY_TIME ? compare_times : compare_durations);
    }
}

void slow_list_filter(SlowList *list, const char *glob)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        if (profile_matches(slow_list_function(list, &list->items[i]), glob)) {
            list->items[kept++] = list->items[i];
        } else {
            slow_events_release(&list->items[i].events);
        }
    }
    list->count = kept;
}

/* --- looking up ------------------------------------------------------------- */

const Function *slow_list_function(const SlowList *list, const SlowItem *item)
{
    return &list->functions[item->function];
}

const SlowPath *slow_list_path(const SlowList *list, int64_t callpath)
{
    return &list->paths[*id_index_find(&list->path_index, callpath)];
}

const Function *slow_list_called(const SlowList *list, const SlowEvent *event)
{
    static const Function unknown = {.name = (char *)"?",
                                     .function = (char *)"?",
                                     .file = (char *)"",
                                     .kind = (char *)"function"};
    const SlowPath *path = slow_list_path(list, event->callpath);

    return path->count ? &list->functions[path->functions[path->count - 1]] : &unknown;
}

char *slow_list_path_text(const SlowList *list, const SlowPath *path)
{
    Text text = {0};

    text_put(&text, "");
    for (size_t i = 0; i < path->count; i++) {
        text_format(&text, "%s%s", i ? " > " : "",
                    list->functions[path->functions[i]].name);
    }
    return text.data;
}

double slow_call_share(const SlowCall *call)
{
    if (call->cpu_ns < 0 || call->duration_ns <= 0) {
        return -1;
    }
    return call->cpu_ns < call->duration_ns ? call->cpu_ns / call->duration_ns : 1;
}
