/* dbevents - the rows that say when: slow calls, what the functions did in each
 * interval, what the system saw of the process.
 *
 * Within the transaction of dbwriter, after it has stored the sums.
 */
#ifndef TKA_DBEVENTS_H
#define TKA_DBEVENTS_H

#include <tka/live.h>

#include "collect.h"
#include "db.h"
#include "hwcounters.h"
#include "interval.h"
#include "os.h"

/* What has been stored, and its ids. */
struct tkai_stored {
    struct tkai_db *db;
    const struct tka_live_header *header;
    const struct tkai_collected *collected;
    struct tkai_scratch *scratch;
    long long process, session;
    const long long *functions, *paths; /* by index in collected; 0: no row yet */
    int has_others;                     /* rows of the process in other sessions */
    int is_new;                         /* the process had no row: all is to be written */
    void *writer;                       /* dbwriter's, for the two below */
};

/* The row's id, made where there is none yet. 0; -1. */
int tkai_stored_function(const struct tkai_stored *stored, uint32_t index, long long *id);
int tkai_stored_path(const struct tkai_stored *stored, uint32_t index, long long *id);

/* What only the process itself knows. */
struct tkai_ours {
    const struct tkai_past *past;
    const struct tkai_usage *usage;     /* NULL: not asked for */
    const struct tkai_counter *counters; /* counter_count 0: not asked for, or not yet */
    uint32_t counter_count;
    int64_t now;                        /* ns since the epoch */
    int only_changes;                   /* rows that hold what has not changed can stay */
    int64_t store_ns;                   /* CPU time that storing took, but for this thread's */
};

/* Rows of slow_call that a session keeps: its slowest. */
#define TKAI_SLOW_CALLS_MOST 200

/* 0; -1 the database says why. */
int tkai_events_store(const struct tkai_stored *stored);
int tkai_events_store_ours(const struct tkai_stored *stored, const struct tkai_ours *ours);

#endif
