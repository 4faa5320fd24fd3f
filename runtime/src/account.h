/* account - adding a timed call to the figures of its path and of its function. Only
 * the thread that they belong to, in the slow path: no calls of ordinary code.
 *
 * What to add depends on the clock reading that ended the call, and the next reading
 * waits for all that is under way. So a short call's figures are added when the next
 * one ends: 10 of 71 ticks a call. Only its number is counted at once. At a crash the
 * times of one call shorter than some 100 ns a thread are missing.
 */
#ifndef TKA_ACCOUNT_H
#define TKA_ACCOUNT_H

#include <stdint.h>
#include <tka/live.h>

#include "bucket.h"
#include "clock.h"
#include "record.h"
#include "state.h"

/* A short call whose figures are not added yet. */
struct tkai_short_call {
    struct tka_node *node; /* NULL: none */
    struct tka_node *caller;
    int64_t ticks; /* with the probe's part in it */
};

/* Ticks that a call shorter than the knee took itself. */
static inline uint64_t tkai_account_own(int64_t ticks, const struct tkai_inside *inside)
{
    ticks -= inside->empty;
    return ticks > 0 ? (uint64_t)ticks * inside->slope >> 16 : 0;
}

static inline void tkai_account_extremes(struct tka_record *record, uint64_t ticks)
{
    if (~ticks > record->min_complement) {
        record->min_complement = ~ticks;
    }
    if (ticks > record->max) {
        record->max = ticks;
    }
}

static inline void tkai_account_path(struct tka_node *caller, struct tka_node *node,
                                     uint64_t ticks, unsigned k)
{
    caller->child += ticks << k;
    if (__builtin_expect(node->parent == (uint64_t)(uintptr_t)caller, 1)) {
        node->total += ticks << k;
    } else {
        /* deep recursion: an outer activation of the node has this time */
        node->child -= ticks << k;
        ((struct tka_record *)(uintptr_t)node->record)->nested += ticks << k;
    }
}

/* The times of a call; k: log2 of the calls it stands for. */
static inline void tkai_account_add(struct tka_node *caller, struct tka_node *node,
                                    uint64_t ticks, unsigned k)
{
    struct tka_record *record = (struct tka_record *)(uintptr_t)node->record;
    struct tka_histogram *histogram = tkai_record_histogram(record);

    tkai_account_path(caller, node, ticks, k);
    tkai_account_extremes(record, ticks);
    histogram->bucket[tkai_bucket_index(tkai_clock_ns(ticks))] += 1ull << k;
}

/* Add what was put off. */
static inline void tkai_account_settle(struct tkai_short_call *call)
{
    if (__builtin_expect(call->node != NULL, 1)) {
        tkai_account_add(call->caller, call->node,
                         tkai_account_own(call->ticks, &tkai_state.inside[0]), 0);
        call->node = NULL;
    }
}

#endif
