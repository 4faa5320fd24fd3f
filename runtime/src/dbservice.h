/* dbservice - the rows of services: what was resolved, what needed it, and the events of
 * the start. Within the transaction of dbwriter, after it has stored the sums.
 */
#ifndef TKA_DBSERVICE_H
#define TKA_DBSERVICE_H

#include "dbevents.h"

/* 0; -1 the database says why. */
int tkai_services_store(const struct tkai_stored *stored);

#endif
