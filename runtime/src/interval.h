/* interval - what the functions did since the last store, as one blob for the
 * database's table interval.
 *
 * A process keeps what it stored last (the past) in private memory, histograms as
 * blobs. When a store fails the past stays, and the next interval is longer.
 */
#ifndef TKA_INTERVAL_H
#define TKA_INTERVAL_H

#include <stddef.h>
#include <stdint.h>

#include "collect.h"

struct tkai_past {
    struct tkai_scratch scratch;    /* owns what follows */
    struct tkai_past_function *functions;
    uint32_t function_count;
    int64_t at;                     /* ns since the epoch; 0: since the process's start */
};

/* Calls of a function, and hits of a lookup, by its index in what was collected, up to the
 * past. */
uint64_t tkai_interval_past_calls(const struct tkai_past *past, uint32_t index);
uint64_t tkai_interval_past_hits(const struct tkai_past *past, uint32_t index);

/* Whether nothing of it has changed since. */
int tkai_interval_is_past(const struct tkai_past *past, uint32_t index,
                          const struct tkai_function *now);

/* What changed, by functions that have an id (0: none). NULL with *size 0: nothing, or
 * no memory. The blob belongs to scratch. */
unsigned char *tkai_interval_encode(const struct tkai_past *past,
                                    const struct tkai_collected *now,
                                    const long long *function_ids, double ns_per_tick,
                                    struct tkai_scratch *scratch, size_t *size);

/* This is the past now. Without memory there is none, and the next interval begins at
 * the process's start again: never lost, but told twice; so at is 0 then. */
void tkai_interval_advance(struct tkai_past *past, const struct tkai_collected *now,
                           int64_t at);

#endif
