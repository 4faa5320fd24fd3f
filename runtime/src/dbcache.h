/* dbcache - what caches' lookups did, as rows of the database: hits and what the keys that
 * are followed tell, in total and by time.
 *
 * Within the transaction of dbwriter, after it has stored the sums.
 */
#ifndef TKA_DBCACHE_H
#define TKA_DBCACHE_H

#include "dbevents.h"

/* ours: NULL for another process's file, of which nothing is told by time. 0; -1. */
int tkai_caches_store(const struct tkai_stored *stored, const struct tkai_ours *ours);

/* Old rows of cache_interval become longer ones: those that began before the time, one for
 * all that began in the same `length` ns. 0; -1. */
int tkai_caches_roll(struct tkai_db *db, long long before, long long length);

#endif
