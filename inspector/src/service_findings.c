#include "service_findings.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"

static const char *const names[FINDING_KINDS] = {[FINDING_FAILURE] = "failure",
                                                 [FINDING_CYCLE] = "cycle",
                                                 [FINDING_CAPTIVE] = "captive",
                                                 [FINDING_TRANSIENT] = "transient",
                                                 [FINDING_SLOW] = "slow"};

const char *finding_name(FindingKind kind)
{
    return names[kind];
}

bool finding_kind_from_name(const char *name, size_t length, FindingKind *kind)
{
    for (size_t i = 0; i < FINDING_KINDS; i++) {
        if (strlen(names[i]) == length && !memcmp(names[i], name, length)) {
            *kind = (FindingKind)i;
            return true;
        }
    }
    return false;
}

/* path: taken over. */
static void add_finding(ServiceList *list, FindingKind kind, size_t *path, size_t count)
{
    list->findings = grow_array(list->findings, list->finding_count,
                                &list->finding_capacity, sizeof *list->findings);
    list->findings[list->finding_count++] = (Finding){kind, path, count};
}

static void add_one(ServiceList *list, FindingKind kind, size_t service)
{
    size_t *path = allocate_zeroed(1, sizeof *path);

    path[0] = service;
    add_finding(list, kind, path, 1);
}

/* --- cycles ------------------------------------------------------------------- */

/* Cycles listed; more would be variants of them. */
#define CYCLES_MOST 100

/* The ways from a service to another by what they needed. */
typedef struct Search {
    size_t *edges; /* places of edges, by their parent */
    size_t *first; /* by service: where its edges begin in those; and their end */
    size_t *from;  /* by service: the one before it, NO_SERVICE not reached */
    size_t *queue;
} Search;

static void search_init(Search *search, const ServiceList *list)
{
    search->edges = allocate_zeroed(list->edge_count + 1, sizeof(size_t));
    search->first = allocate_zeroed(list->count + 2, sizeof(size_t));
    search->from = allocate_zeroed(list->count + 1, sizeof(size_t));
    search->queue = allocate_zeroed(list->count + 1, sizeof(size_t));
    for (size_t i = 0; i < list->edge_count; i++) {
        if (list->edges[i].parent != NO_SERVICE) {
            search->first[list->edges[i].parent + 2]++;
        }
    }
    for (size_t i = 2; i < list->count + 2; i++) {
        search->first[i] += search->first[i - 1];
    }
    for (size_t i = 0; i < list->edge_count; i++) {
        if (list->edges[i].parent != NO_SERVICE) {
            search->edges[search->first[list->edges[i].parent + 1]++] = i;
        }
    }
}

static void search_release(Search *search)
{
    free(search->edges);
    free(search->first);
    free(search->from);
    free(search->queue);
}

/* The fewest steps from start to goal. */
static bool reach(const ServiceList *list, Search *search, size_t start, size_t goal)
{
    size_t next = 0, last = 0;

    for (size_t i = 0; i < list->count; i++) {
        search->from[i] = NO_SERVICE;
    }
    search->from[start] = start;
    search->queue[last++] = start;
    while (next < last && search->from[goal] == NO_SERVICE) {
        size_t at = search->queue[next++];

        for (size_t i = search->first[at]; i < search->first[at + 1]; i++) {
            size_t to = list->edges[search->edges[i]].service;

            if (search->from[to] == NO_SERVICE) {
                search->from[to] = at;
                search->queue[last++] = to;
            }
        }
    }
    return search->from[goal] != NO_SERVICE;
}

/* The same cycle begins with the same service, whichever edge was seen to close it. */
static void turn(size_t *path, size_t count)
{
    size_t least = 0;

    for (size_t i = 1; i < count; i++) {
        least = path[i] < path[least] ? i : least;
    }
    for (; least > 0; least--) {
        size_t first = path[0];

        memmove(path, path + 1, (count - 1) * sizeof *path);
        path[count - 1] = first;
    }
}

static bool is_known(const ServiceList *list, const size_t *path, size_t count)
{
    for (size_t i = 0; i < list->finding_count; i++) {
        const Finding *finding = &list->findings[i];

        if (finding->kind == FINDING_CYCLE && finding->count == count &&
            !memcmp(finding->path, path, count * sizeof *path)) {
            return true;
        }
    }
    return false;
}

static void add_cycle(ServiceList *list, const Search *search, size_t start, size_t goal)
{
    size_t count = 1, *path;

    for (size_t at = goal; at != start; at = search->from[at]) {
        count++;
    }
    path = allocate_zeroed(count, sizeof *path);
    for (size_t i = count, at = goal; i-- > 0; at = search->from[at]) {
        path[i] = at;
    }
    turn(path, count);
    if (is_known(list, path, count)) {
        free(path);
    } else {
        add_finding(list, FINDING_CYCLE, path, count);
    }
}

static void find_cycles(ServiceList *list)
{
    size_t most = list->finding_count + CYCLES_MOST;
    Search search;

    search_init(&search, list);
    for (size_t i = 0; i < list->edge_count && list->finding_count < most; i++) {
        const ServiceEdge *edge = &list->edges[i];

        if (edge->figures.cycles && edge->parent != NO_SERVICE &&
            reach(list, &search, edge->service, edge->parent)) {
            add_cycle(list, &search, edge->service, edge->parent);
        }
    }
    search_release(&search);
}

/* --- captives and the rest ------------------------------------------------------ */

static void find_captives(ServiceList *list, FindingKind kind)
{
    for (size_t i = 0; i < list->edge_count; i++) {
        ServiceEdge *edge = &list->edges[i];
        Lifetime of = list->items[edge->service].lifetime;
        size_t *path;

        if (edge->parent == NO_SERVICE ||
            list->items[edge->parent].lifetime != LIFETIME_SINGLETON ||
            !lifetime_is_captive(of) ||
            (of == LIFETIME_TRANSIENT) != (kind == FINDING_TRANSIENT)) {
            continue;
        }
        edge->is_captive = true;
        path = allocate_zeroed(2, sizeof *path);
        path[0] = edge->parent;
        path[1] = edge->service;
        add_finding(list, kind, path, 2);
    }
}

void service_list_judge(ServiceList *list, double slow_ns)
{
    for (size_t i = 0; i < list->count; i++) {
        Service *service = &list->items[i];

        service->lifetime = service_lifetime(&service->figures, &service->by_address);
        if (!strcmp(service->kind, "more")) {
            service->lifetime = LIFETIME_UNKNOWN; /* of many */
        }
        service->is_slow = service_quantile(service, 0.99) >= slow_ns;
        if (service->figures.failures) {
            add_one(list, FINDING_FAILURE, i);
        }
    }
    find_cycles(list);
    find_captives(list, FINDING_CAPTIVE);
    find_captives(list, FINDING_TRANSIENT);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].is_slow) {
            add_one(list, FINDING_SLOW, i);
        }
    }
}
