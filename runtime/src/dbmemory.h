/* dbmemory - the rows that say where memory went: per call path and place, and for the
 * process; what lived at this moment; a threshold that was crossed.
 *
 * Within the transaction of dbwriter, after it has stored the sums.
 */
#ifndef TKA_DBMEMORY_H
#define TKA_DBMEMORY_H

#include "dbevents.h"

/* 0; -1 the database says why, or there is no memory. ours: NULL another's file. */
int tkai_memory_store(const struct tkai_stored *stored, const struct tkai_ours *ours);

#endif
