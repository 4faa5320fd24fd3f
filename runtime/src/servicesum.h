/* servicesum - adds up what the chunks of a live file hold of services: per service (a
 * resolver and a key), per pair of a service and what it needed, and the events of the
 * start, times in ticks.
 *
 * Reads what its owners may change, from a file that anything may have written: nothing
 * in it is trusted.
 */
#ifndef TKA_SERVICESUM_H
#define TKA_SERVICESUM_H

#include <stdint.h>
#include <tka/live.h>

#include "collect.h"

/* The sums of service nodes, then those of services; as in live.h. */
enum tkai_figure {
    TKAI_RESOLUTIONS,
    TKAI_FAILURES,
    TKAI_CONSTRUCTED,
    TKAI_FACTORIES,
    TKAI_CONSTRUCT,
    TKAI_CONSTRUCT_SELF,
    TKAI_SAMPLES,
    TKAI_WEIGHT,
    TKAI_TOTAL,
    TKAI_CHILD,
    TKAI_CYCLES,
    TKAI_NODE_FIGURES,
    TKAI_SLOW = TKAI_NODE_FIGURES,
    TKAI_INSTANCES,
    TKAI_CHANGES,
    TKAI_SCOPE_RESOLUTIONS,
    TKAI_SCOPE_VISITS,
    TKAI_SCOPE_CHANGES,
    TKAI_SCOPE_OTHERS,
    TKAI_FIGURES
};

struct tkai_service_sum {
    uint32_t function; /* of the resolver, in what was collected */
    uint32_t kind;     /* enum tka_key_kind, or TKA_KEY_FOLDED */
    const char *key;   /* printable UTF-8; numbers that have a name: it */
    uint32_t threads;
    uint32_t other_threads; /* whose instance was not that of the first */
    uint64_t instance;      /* of the first thread that was told one */
    uint64_t figure[TKAI_FIGURES];
    uint64_t min, max; /* of timed resolutions; min 0: none */
    uint64_t *buckets; /* TKA_HISTOGRAM_BUCKETS */
};

struct tkai_service_edge {
    uint32_t parent, service; /* TKAI_NO_SERVICE: nothing was being resolved */
    uint64_t figure[TKAI_NODE_FIGURES];
};
#define TKAI_NO_SERVICE UINT32_MAX

struct tkai_service_event {
    const struct tka_service_event *source;
    uint32_t parent, service, place;
};

struct tkai_servicesum {
    struct tkai_scratch scratch; /* owns what follows */
    struct tkai_service_sum *services;
    uint32_t service_count;
    struct tkai_service_edge *edges;
    uint32_t edge_count;
    struct tkai_service_event *events;
    uint32_t event_count;
};

/* From what tkai_collect() read. 0; -1 without memory. Release in both cases. */
int tkai_servicesum(struct tkai_servicesum *to, const struct tkai_collected *from);
void tkai_servicesum_release(struct tkai_servicesum *sum);

#endif
