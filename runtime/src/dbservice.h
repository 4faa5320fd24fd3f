/* dbservice - the rows of services: what was resolved, what needed it, and the events of
 * the start. Within the transaction of dbwriter, after it has stored the sums.
 */
#ifndef TKA_DBSERVICE_H
#define TKA_DBSERVICE_H

#include "dbevents.h"

/* ours: NULL for another process's file. 0; -1 the database says why. */
int tkai_services_store(const struct tkai_stored *stored, const struct tkai_ours *ours);

/* Whether what was stored is in the database now; in a forked child: 0. */
void tkai_services_settle(int is_stored);

#endif
