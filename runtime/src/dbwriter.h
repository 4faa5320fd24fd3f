/* dbwriter - writes what one process measured into the database.
 *
 * tkai_dbwriter_store() writes all of one process's rows in one transaction, as
 * absolute values, so that writing them again changes nothing.
 */
#ifndef TKA_DBWRITER_H
#define TKA_DBWRITER_H

#include <stddef.h>
#include <tka/live.h>

#include "collect.h"
#include "db.h"
#include "dbevents.h"

/* ours: what only the process itself knows; NULL when it is another's file. state: "running", 
 * "ended" or "recovered". 0; -1: error has one line. */
int tkai_dbwriter_store(struct tkai_db *db, const struct tka_live_header *header,
                        const struct tkai_collected *collected,
                        const struct tkai_ours *ours, const char *state, char *error,
                        size_t error_size);

/* tka_store_exit() on an open database. */
int tkai_dbwriter_set_exit(struct tkai_db *db, int pid, long long started_after,
                           const char *kind, int status);

#endif
