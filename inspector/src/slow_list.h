/* slow_list - captured slow calls with the names of their functions and paths.
 *
 * Names and paths are looked up once each; items point to them, and the list owns
 * all.
 */
#ifndef TKA_SLOW_LIST_H
#define TKA_SLOW_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "database_events.h"
#include "failure.h"
#include "id_index.h"
#include "model.h"
#include "slow_event.h"

/* A call path: its functions from the root on, as places in SlowList.functions. */
typedef struct SlowPath {
    size_t *functions;
    size_t count, capacity;
} SlowPath;

typedef struct SlowItem {
    SlowCall call;     /* its events: NULL */
    size_t function;   /* in functions */
    size_t path;       /* in paths */
    SlowEvents events; /* filled by slow_list_load_one() */
    bool damaged;      /* the events could not be read to their end */
} SlowItem;

typedef struct SlowList {
    SlowItem *items;
    size_t count, capacity;
    Function *functions;
    size_t function_count, function_capacity;
    SlowPath *paths;
    size_t path_count, path_capacity;
    IdIndex function_index, path_index; /* by database id */
    SlowCounts counts;
} SlowList;

typedef enum SlowOrder { SLOW_BY_DURATION, SLOW_BY_TIME } SlowOrder;

/* Those of the sessions, without their events. */
bool slow_list_load(SlowList *list, Database *database, const SessionIds *ids,
                    Error *error);

/* One call with its events, nested. */
bool slow_list_load_one(SlowList *list, Database *database, int64_t id, Error *error);
void slow_list_release(SlowList *list);

/* Longest first; oldest first. */
void slow_list_sort(SlowList *list, SlowOrder order);

/* Keep the calls whose function matches the glob, as in profile.h. */
void slow_list_filter(SlowList *list, const char *glob);

const Function *slow_list_function(const SlowList *list, const SlowItem *item);

/* The function called at the end of an event's path, and the path itself. */
const Function *slow_list_called(const SlowList *list, const SlowEvent *event);
const SlowPath *slow_list_path(const SlowList *list, int64_t callpath);

/* "main > request"; the caller frees it. */
char *slow_list_path_text(const SlowList *list, const SlowPath *path);

/* CPU time by time, 0 to 1; -1 when it was not read. */
double slow_call_share(const SlowCall *call);

#endif
