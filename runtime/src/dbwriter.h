/* dbwriter - writes what one process measured into the database. The runtime's
 * only user of SQLite, which is private to it and takes its memory from heap.
 *
 * tkai_dbwriter_open() makes or checks the database; tkai_dbwriter_store()
 * writes all of one process's rows in one transaction, as absolute values, so
 * that writing them again changes nothing. One thread at a time; never keep a
 * writer open across a fork.
 */
#ifndef TKA_DBWRITER_H
#define TKA_DBWRITER_H

#include <stddef.h>
#include <tka/live.h>

#include "collect.h"

struct tkai_dbwriter;

/* NULL: error has one line. wait_ms: how long to wait for a lock. */
struct tkai_dbwriter *tkai_dbwriter_open(const char *path, int wait_ms, char *error,
                                         size_t error_size);
void tkai_dbwriter_close(struct tkai_dbwriter *writer);

/* state: "running", "ended" or "recovered". 0; -1: error has one line. */
int tkai_dbwriter_store(struct tkai_dbwriter *writer, const struct tka_live_header *header,
                        const struct tkai_collected *collected, const char *state,
                        char *error, size_t error_size);

/* tka_store_exit() on an open database. */
int tkai_dbwriter_set_exit(struct tkai_dbwriter *writer, int pid, long long started_after,
                           const char *kind, int status);

#endif
