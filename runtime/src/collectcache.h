/* collectcache - adds up what the chunks of a live file hold of caches' keys: per lookup
 * function. As collect, which comes first, it trusts nothing in them.
 */
#ifndef TKA_COLLECTCACHE_H
#define TKA_COLLECTCACHE_H

#include "collect.h"

struct tkai_cache {
    uint32_t function;                  /* index in collected */
    uint32_t rate_log2;                 /* the most of its rows */
    uint64_t references, weight, cold, dropped;
    uint64_t buckets[TKA_HISTOGRAM_BUCKETS];
};

/* *caches: one for each function of which keys are followed, from the scratch. 0; -1 no
 * memory. */
int tkai_collect_caches(const struct tkai_collected *collected,
                        struct tkai_scratch *scratch, struct tkai_cache **caches,
                        uint32_t *count);

#endif
