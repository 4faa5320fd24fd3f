/* rollup - old intervals become minutes, hours and days; old runs go.
 *
 * An interval is kept as it is for 15 minutes, minutes for a day, hours for 30 days,
 * days as long as their run. Sums and histograms are merged; percentiles come from
 * merged histograms, so nothing but the resolution in time is lost. System samples are
 * thinned by the same times.
 */
#ifndef TKA_ROLLUP_H
#define TKA_ROLLUP_H

#include <stdint.h>
#include <tka/store.h>

#include "db.h"

/* Roll up what is old, a bounded part of it and every few minutes only: for a process
 * that has the database open anyway. Failures are left to the next time. */
void tkai_rollup_in_passing(struct tkai_db *db, int64_t now);

/* All of it; see tka_store_prune(). 0; -1. */
int tkai_rollup_all(struct tkai_db *db, int64_t now, double retention_days,
                    TkaPruned *pruned);

#endif
