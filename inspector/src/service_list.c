#include "service_list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "profile.h"

/* The columns of service_edge, which are those of service_measurement, too. */
#define EDGE_FIGURES                                                                     \
    "m.resolutions, m.failures, m.constructed, m.factories, m.cycles, m.samples, "       \
    "m.weight, m.construct_ns, m.construct_self_ns, m.total_ns, m.child_ns"
#define EDGE_FIGURE_COUNT 11

/* --- services --------------------------------------------------------------- */

typedef struct Load {
    ServiceList *list;
    Database *database;
    Error *error;
    IdIndex processes; /* of a service, by both ids */
    IdIndex edges;     /* by both places */
    bool failed;
} Load;

static ServiceFigures read_figures(const Row *row, int first)
{
    return (ServiceFigures){.resolutions = row_count(row, first),
                            .failures = row_count(row, first + 1),
                            .constructed = row_count(row, first + 2),
                            .factories = row_count(row, first + 3),
                            .cycles = row_count(row, first + 4),
                            .samples = row_count(row, first + 5),
                            .weight = row_count(row, first + 6),
                            .construct_ns = (double)row_integer(row, first + 7),
                            .construct_self_ns = (double)row_integer(row, first + 8),
                            .total_ns = (double)row_integer(row, first + 9),
                            .child_ns = (double)row_integer(row, first + 10),
                            .min_ns = -1,
                            .max_ns = -1};
}

static char *shown_name(const Service *service)
{
    if (!strcmp(service->kind, "more")) {
        return format_new("(more keys of %s)", service->function.name);
    }
    return *service->key || !strcmp(service->kind, "text")
               ? duplicate_text(service->key)
               : duplicate_text(service->function.name);
}

static bool add_service(void *context, const Row *row)
{
    Load *load = context;
    ServiceList *list = load->list;
    Service service = {.id = row_integer(row, 0),
                       .kind = duplicate_text(row_text(row, 2)),
                       .key = duplicate_text(row_text(row, 3)),
                       .start_self_ns = -1};
    bool is_new;

    if (!database_function(load->database, row_integer(row, 1), &service.function,
                           load->error)) {
        free(service.kind);
        free(service.key);
        load->failed = true;
        return false;
    }
    service.name = shown_name(&service);
    service.figures.min_ns = service.figures.max_ns = -1;
    list->items = grow_array(list->items, list->count, &list->capacity, sizeof service);
    *id_index_slot(&list->index, service.id, &is_new) = list->count;
    list->items[list->count++] = service;
    return true;
}

static size_t place_of(const ServiceList *list, int64_t id)
{
    const size_t *place = id_index_find(&list->index, id);

    return place ? *place : NO_SERVICE;
}

/* A process that wrote to several of the sessions is one. */
static bool is_new_process(Load *load, int64_t process, int64_t service)
{
    bool is_new;

    id_index_slot(&load->processes,
                  (int64_t)((uint64_t)process << 32 ^ (uint64_t)service), &is_new);
    return is_new;
}

static bool add_measurement(void *context, const Row *row)
{
    Load *load = context;
    size_t place = place_of(load->list, row_integer(row, 0)), size;
    ServiceFigures figures = read_figures(row, 2);
    int next = 2 + EDGE_FIGURE_COUNT;
    const uint8_t *blob;

    if (place == NO_SERVICE) {
        return true;
    }
    figures.processes = is_new_process(load, row_integer(row, 1), row_integer(row, 0));
    figures.slow = row_count(row, next);
    figures.instances = row_count(row, next + 1);
    figures.changes = row_count(row, next + 2);
    figures.scope_resolutions = row_count(row, next + 3);
    figures.scope_visits = row_count(row, next + 4);
    figures.scope_changes = row_count(row, next + 5);
    figures.scope_others = row_count(row, next + 6);
    figures.threads = row_count(row, next + 7);
    figures.other_threads = row_count(row, next + 8);
    figures.min_ns = row_optional(row, next + 9);
    figures.max_ns = row_optional(row, next + 10);
    blob = row_blob(row, next + 11, &size);
    service_figures_add(&load->list->items[place].figures, &figures);
    distribution_merge_blob(&load->list->items[place].histogram, blob, size);
    return true;
}

/* --- edges and events --------------------------------------------------------- */

static ServiceEdge *edge_for(Load *load, size_t parent, size_t service)
{
    ServiceList *list = load->list;
    int64_t key = (int64_t)(parent + 1) << 32 | (int64_t)service; /* NO_SERVICE: 0 */
    bool is_new;
    size_t *place = id_index_slot(&load->edges, key, &is_new);

    if (is_new) {
        *place = list->edge_count;
        list->edges = grow_array(list->edges, list->edge_count, &list->edge_capacity,
                                 sizeof *list->edges);
        list->edges[list->edge_count++] =
            (ServiceEdge){.parent = parent,
                          .service = service,
                          .figures = {.min_ns = -1, .max_ns = -1}};
    }
    return &list->edges[*place];
}

static bool add_edge(void *context, const Row *row)
{
    Load *load = context;
    size_t parent = place_of(load->list, row_integer(row, 0));
    size_t service = place_of(load->list, row_integer(row, 1));

    if (service != NO_SERVICE) {
        ServiceFigures figures = read_figures(row, 2);

        service_figures_add(&edge_for(load, parent, service)->figures, &figures);
    }
    return true;
}

static bool add_event(void *context, const Row *row)
{
    Load *load = context;
    ServiceList *list = load->list;
    ServiceEvent event = {.parent = place_of(list, row_integer(row, 0)),
                          .service = place_of(list, row_integer(row, 1)),
                          .process_id = row_integer(row, 2),
                          .thread = row_integer(row, 3),
                          .started_at = row_time(row, 4),
                          .duration_ns = (double)row_integer(row, 5),
                          .self_ns = (double)row_integer(row, 6),
                          .constructed = !strcmp(row_text(row, 7), "constructed"),
                          .since_ns = (double)(row_time(row, 4) - row_time(row, 8))};

    if (event.service == NO_SERVICE) {
        return true;
    }
    list->events =
        grow_array(list->events, list->event_count, &list->event_capacity, sizeof event);
    list->events[list->event_count++] = event;
    return true;
}

static bool load_session(Load *load, int64_t session)
{
    return database_rows(load->database,
                         "SELECT m.service_id, m.process_id, " EDGE_FIGURES
                         ", m.slow, m.instances, m.changes, m.scope_resolutions, "
                         "m.scope_visits, m.scope_changes, m.scope_others, m.threads, "
                         "m.other_threads, m.min_ns, m.max_ns, m.histogram FROM "
                         "service_measurement m WHERE m.session_id = ?1",
                         &session, 1, add_measurement, load, load->error) &&
           database_rows(load->database,
                         "SELECT m.parent_id, m.service_id, " EDGE_FIGURES
                         " FROM service_edge m WHERE m.session_id = ?1 ORDER BY "
                         "m.parent_id, m.service_id",
                         &session, 1, add_edge, load, load->error) &&
           database_rows(
               load->database,
               "SELECT e.parent_id, e.service_id, e.process_id, e.thread, "
               "e.started_at, e.duration_ns, e.self_ns, e.kind, CASE WHEN p.pid = "
               "(SELECT min(f.pid) FROM process f WHERE f.session_id = "
               "p.session_id AND f.started_at = (SELECT min(g.started_at) FROM "
               "process g WHERE g.session_id = p.session_id)) THEN s.started_at "
               "ELSE p.started_at END FROM service_event e JOIN process p ON "
               "p.id = e.process_id JOIN session s ON s.id = p.session_id WHERE "
               "e.session_id = ?1 ORDER BY e.started_at, e.duration_ns DESC",
               &session, 1, add_event, load, load->error);
}

static int compare_events(const void *a, const void *b)
{
    const ServiceEvent *x = a, *y = b;

    if (x->started_at != y->started_at) {
        return x->started_at < y->started_at ? -1 : 1;
    }
    return (x->duration_ns < y->duration_ns) - (x->duration_ns > y->duration_ns);
}

/* First resolutions tell of a construction where no factory is known, and then only the
 * first of a process. */
static void keep_constructions(ServiceList *list)
{
    IdIndex seen = {0};
    size_t kept = 0;

    for (size_t i = 0; i < list->event_count; i++) {
        const ServiceEvent *event = &list->events[i];
        bool is_new = true;

        if (!event->constructed) {
            id_index_slot(&seen,
                          (int64_t)((uint64_t)event->process_id << 32 ^
                                    (uint64_t)list->items[event->service].id),
                          &is_new);
            is_new = is_new && list->items[event->service].figures.factories == 0;
        }
        if (is_new) {
            list->events[kept++] = *event;
        }
    }
    list->event_count = kept;
    id_index_release(&seen);
}

/* Events before one among which the one that it lies in is looked for: a process's. */
#define NEAR 2048

/* How deep each lies in others of its thread, and what starting each service took. */
static void place_events(ServiceList *list)
{
    for (size_t i = 0; i < list->event_count; i++) {
        ServiceEvent *event = &list->events[i];
        Service *service = &list->items[event->service];
        double end = (double)event->started_at + event->duration_ns;

        for (size_t j = i; j-- > 0 && i - j < NEAR && event->depth == 0;) {
            const ServiceEvent *around = &list->events[j];

            if (around->process_id == event->process_id &&
                around->thread == event->thread &&
                (double)around->started_at + around->duration_ns >= end) {
                event->depth = around->depth + 1;
            }
        }
        if (service->start_self_ns < 0) {
            service->start_self_ns = event->self_ns;
        }
    }
}

bool service_list_load(ServiceList *list, Database *database, const SessionIds *ids,
                       Error *error)
{
    Load load = {.list = list, .database = database, .error = error};
    bool ok =
        database_rows(database,
                      "SELECT id, function_id, kind, key FROM service s WHERE EXISTS "
                      "(SELECT 1 FROM service_measurement m WHERE m.service_id = "
                      "s.id) ORDER BY id",
                      NULL, 0, add_service, &load, error) &&
        !load.failed;

    for (size_t i = 0; ok && i < ids->count; i++) {
        ok = load_session(&load, ids->items[i]);
    }
    id_index_release(&load.processes);
    id_index_release(&load.edges);
    if (ok && list->event_count) {
        qsort(list->events, list->event_count, sizeof *list->events, compare_events);
        keep_constructions(list);
        place_events(list);
    }
    return ok;
}

void service_list_release(ServiceList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].key);
        free(list->items[i].kind);
        free(list->items[i].name);
        function_release(&list->items[i].function);
    }
    for (size_t i = 0; i < list->finding_count; i++) {
        free(list->findings[i].path);
    }
    free(list->items);
    free(list->edges);
    free(list->events);
    free(list->findings);
    id_index_release(&list->index);
    *list = (ServiceList){0};
}

/* --- figures ------------------------------------------------------------------ */

double service_quantile(const Service *service, double quantile)
{
    double value = distribution_quantile(&service->histogram, quantile);

    return value > service->figures.max_ns ? service->figures.max_ns : value;
}

/* Where the weights of the timed ones do not reach all, by chance, the rest is ordinary.
 */
double service_total(const Service *service)
{
    const ServiceFigures *f = &service->figures;
    double rest = (double)f->resolutions - (double)f->weight;

    if (f->samples == 0) {
        return 0;
    }
    return fmax(f->total_ns + rest * service_quantile(service, 0.5), 0);
}

double service_self(const Service *service)
{
    return fmax(service_total(service) - service->figures.child_ns, 0);
}

double service_mean(const Service *service)
{
    const ServiceFigures *f = &service->figures;

    return f->samples && f->resolutions ? service_total(service) / (double)f->resolutions
                                        : -1;
}

/* --- order -------------------------------------------------------------------- */

typedef struct Keyed {
    double value;
    const char *name;
    size_t place;
} Keyed;

static int compare_keyed(const void *a, const void *b)
{
    const Keyed *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    if (x->value < y->value || x->value > y->value) {
        return x->value < y->value ? 1 : -1;
    }
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

static double value_of(const Service *service, ServiceOrder order)
{
    switch (order) {
    case SERVICES_BY_TOTAL:
        return service_total(service);
    case SERVICES_BY_SELF:
        return service_self(service);
    case SERVICES_BY_COUNT:
        return (double)service->figures.resolutions;
    case SERVICES_BY_P99:
        return service_quantile(service, 0.99);
    case SERVICES_BY_START:
        return service->start_self_ns;
    case SERVICES_BY_NAME:
        break;
    }
    return 0;
}

static bool is_wanted(const Service *service, const char *glob)
{
    Function as_function = {
        .name = service->name, .function = service->key, .file = service->function.name};

    return service->figures.processes && (!glob || profile_matches(&as_function, glob) ||
                                          profile_matches(&service->function, glob));
}

size_t *service_list_sorted(const ServiceList *list, ServiceOrder order, const char *glob,
                            size_t *count)
{
    Keyed *keyed = allocate_zeroed(list->count + 1, sizeof *keyed);
    size_t *places = allocate_zeroed(list->count + 1, sizeof *places);

    *count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (is_wanted(&list->items[i], glob)) {
            keyed[(*count)++] =
                (Keyed){value_of(&list->items[i], order), list->items[i].name, i};
        }
    }
    qsort(keyed, *count, sizeof *keyed, compare_keyed);
    for (size_t i = 0; i < *count; i++) {
        places[i] = keyed[i].place;
    }
    free(keyed);
    return places;
}
