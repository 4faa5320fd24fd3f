/* service_list - services of a selection of sessions: what was resolved, what needed it,
 * what happened at the start, and what is wrong with it.
 *
 * Loaded from the database by service_list_load(); service_findings.h then tells
 * lifetimes and findings, on plain data, so that tests can fill a list by hand.
 */
#ifndef TKA_SERVICE_LIST_H
#define TKA_SERVICE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "distribution.h"
#include "failure.h"
#include "id_index.h"
#include "model.h"
#include "service_lifetime.h"

#define NO_SERVICE SIZE_MAX

typedef struct Service {
    int64_t id;
    char *key, *kind;
    char *name; /* what reports show: the key, the function's where it has none */
    Function function;
    ServiceFigures figures;
    Distribution histogram;
    double start_self_ns; /* making it took at the start, not its needs; -1 not known */
    Lifetime lifetime;
    bool by_address; /* lifetime: told from addresses only */
    bool is_slow;    /* p99 at the threshold or over it */
} Service;

/* What `parent` needed of `service`, as places in items. */
typedef struct ServiceEdge {
    size_t parent; /* NO_SERVICE: nothing else was being resolved */
    size_t service;
    ServiceFigures figures; /* those that service_edge has */
    bool is_captive;
} ServiceEdge;

typedef struct ServiceEvent {
    size_t parent, service;
    int64_t process_id, thread, started_at;
    double since_ns; /* from the start of its program */
    double duration_ns, self_ns;
    bool constructed; /* else: resolved for the first time */
    size_t depth;     /* in others of its thread */
} ServiceEvent;

typedef enum FindingKind {
    FINDING_FAILURE,
    FINDING_CYCLE,
    FINDING_CAPTIVE,   /* a singleton keeps what lives for a scope or a thread */
    FINDING_TRANSIENT, /* a singleton keeps what is made anew for everybody else */
    FINDING_SLOW,
    FINDING_KINDS
} FindingKind;

typedef struct Finding {
    FindingKind kind;
    size_t
        *path; /* services: one; keeper and kept; those of a cycle, the first not again */
    size_t count;
} Finding;

typedef struct ServiceList {
    Service *items;
    size_t count, capacity;
    ServiceEdge *edges;
    size_t edge_count, edge_capacity;
    ServiceEvent *events; /* oldest first */
    size_t event_count, event_capacity;
    Finding *findings;
    size_t finding_count, finding_capacity;
    IdIndex index; /* of services, by database id */
} ServiceList;

typedef enum ServiceOrder {
    SERVICES_BY_TOTAL,
    SERVICES_BY_SELF,
    SERVICES_BY_COUNT,
    SERVICES_BY_P99,
    SERVICES_BY_START,
    SERVICES_BY_NAME
} ServiceOrder;

bool service_list_load(ServiceList *list, Database *database, const SessionIds *ids,
                       Error *error);
void service_list_release(ServiceList *list);

/* Places in list->items, in that order, of those whose name, key or function the glob
 * matches (NULL: all). The caller frees them. */
size_t *service_list_sorted(const ServiceList *list, ServiceOrder order, const char *glob,
                            size_t *count);

/* Of all resolutions; with nothing timed 0. */
double service_total(const Service *service);
double service_self(const Service *service);
double service_mean(const Service *service); /* -1 nothing timed */
double service_quantile(const Service *service, double quantile);

#endif
