/* collect - adds up what the chunks of a live file hold: per function and per
 * call path, over all threads, times in ticks.
 *
 * Reads counters while their owners may change them. The chunks may come from
 * a file that anything may have written: nothing in them is trusted.
 */
#ifndef TKA_COLLECT_H
#define TKA_COLLECT_H

#include <stddef.h>
#include <stdint.h>
#include <tka/live.h>

#include "scratch.h"

struct tkai_function {
    const char *text;           /* as in tka/probe.h; NUL-terminated */
    uint64_t calls, samples, weight;
    uint64_t total, outer;      /* of all calls; of those not inside another */
    uint64_t self;              /* may be below zero: two's complement */
    uint64_t min, max;          /* of samples > 0 */
    double variance, rare_weight, rare_ticks; /* as in tka_histogram */
    uint64_t rare;              /* samples that stand for more than one call */
    uint64_t cpu_ns, cpu_wall;  /* of calls with both: ns, ticks */
    uint64_t cpu_readings;      /* of such calls */
    uint64_t slow_calls;
    uint64_t hits;              /* of a cache's lookup */
    int64_t off_ns;             /* how long probes were off, of the site longest off */
    uint32_t off_reason;        /* enum tka_off_reason, now */
    uint64_t *buckets;          /* TKA_HISTOGRAM_BUCKETS, or NULL */
};

struct tkai_path {
    uint32_t parent;            /* index; 0 is the root */
    uint32_t function;
    uint64_t samples, weight, total, child;
    int recursive;              /* its function is on the path above it too */
};

/* A captured call; events: of it, paths in place of nodes. */
struct tkai_capture {
    const struct tka_capture *source;   /* a copy, complete */
    uint32_t path;
    uint32_t event_paths[TKA_CAPTURE_EVENTS];
};

struct tkai_annotation {        /* a text of a module */
    uint32_t module, function;
};

/* A chunk's elements by their addresses in the process that wrote them. */
struct tkai_range {
    uint64_t low, high;             /* read once: the file may change */
    struct tka_live_chunk *chunk;
    uint32_t *paths;                /* NODES: path of each node, UINT32_MAX unknown */
};

struct tkai_collected {
    struct tkai_scratch scratch;    /* owns everything below */
    struct tkai_function *functions;
    uint32_t function_count;
    struct tkai_path *paths;    /* [0] is the root; parents before children */
    uint32_t path_count;
    struct tkai_capture *captures;
    uint32_t capture_count;
    struct tkai_annotation *annotations;
    uint32_t annotation_count;
    const struct tka_live_module **modules;
    uint32_t module_count;
    /* how addresses that other chunks hold are found, see the functions below */
    struct tkai_range *records, *nodes;
    uint32_t record_ranges, node_ranges;
    uint32_t **site_functions;      /* by module, by site */
    uint32_t *site_counts;
    struct tka_live_chunk *const *chunks;   /* what it was made of; borrowed */
    uint32_t chunk_count;
};

/* now: ns since the epoch, for probes that are off. 0; -1 without memory. Release in both cases. Texts point into the chunks. */
int tkai_collect(struct tkai_collected *to, struct tka_live_chunk *const *chunks,
                 uint32_t count, int64_t now);
void tkai_collect_release(struct tkai_collected *collected);

/* The function of the record at this address in the writing process; UINT32_MAX none. */
uint32_t tkai_collect_function(const struct tkai_collected *collected, uint64_t record);

/* The function of a module's site; UINT32_MAX none. */
uint32_t tkai_collect_site(const struct tkai_collected *collected, uint32_t module,
                           uint64_t site);

/* The path of the node at this address; 0: none, or a thread's root. */
uint32_t tkai_collect_path(const struct tkai_collected *collected, uint64_t node);

/* Elements of this size that a chunk has, and holds. */
uint32_t tkai_collect_used(const struct tka_live_chunk *chunk, size_t element);

#endif
