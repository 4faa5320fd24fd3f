/* service_lifetime - how long what a resolver hands out lives, told from what it did.
 *
 * Where factories are known by the constructions counted: made once, at every resolution,
 * once in each scope. Else by the addresses of what was returned, which malloc may use
 * again. Pure functions on plain data.
 */
#ifndef TKA_SERVICE_LIFETIME_H
#define TKA_SERVICE_LIFETIME_H

#include <stdbool.h>
#include <stdint.h>

/* The sums of a service over processes, as in docs/schema.md. */
typedef struct ServiceFigures {
    uint64_t processes;
    uint64_t resolutions, failures, constructed, factories, cycles;
    uint64_t samples, weight, slow;
    uint64_t instances, changes;
    uint64_t scope_resolutions, scope_visits, scope_changes, scope_others;
    uint64_t threads, other_threads;
    double construct_ns, construct_self_ns;
    double total_ns, child_ns; /* of the weight */
    double min_ns, max_ns;     /* -1: nothing was timed */
} ServiceFigures;

typedef enum Lifetime {
    LIFETIME_UNKNOWN,
    LIFETIME_SINGLETON,
    LIFETIME_THREAD,    /* one for each thread */
    LIFETIME_SCOPED,    /* one for each scope */
    LIFETIME_SHORT,     /* scoped or transient: each scope resolved it once */
    LIFETIME_TRANSIENT, /* made anew at each resolution */
    LIFETIMES
} Lifetime;

/* by_address: no factory of it is known. */
Lifetime service_lifetime(const ServiceFigures *figures, bool *by_address);
const char *lifetime_name(Lifetime lifetime); /* "not known" */

/* Whether what a singleton keeps of that lifetime lives longer than it should. */
bool lifetime_is_captive(Lifetime lifetime);

void service_figures_add(ServiceFigures *sum, const ServiceFigures *one);

#endif
