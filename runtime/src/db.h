/* db - the runtime's database: opening, schema, statements. Its only user of
 * SQLite, which is private to it and takes its memory from heap.
 *
 * A failing function puts one line into the error text that was given last,
 * unless there is one already. One thread at a time; never keep one open across
 * a fork.
 */
#ifndef TKA_DB_H
#define TKA_DB_H

#include <stddef.h>

struct tkai_db;
struct tkai_statement;

/* Open, make or migrate to the current schema. NULL: error has one line.
 * wait_ms: how long to wait for a lock. */
struct tkai_db *tkai_db_open(const char *path, int wait_ms, char *error,
                             size_t error_size);
void tkai_db_close(struct tkai_db *db);

/* Where errors go from now on; emptied. */
void tkai_db_report_to(struct tkai_db *db, char *error, size_t error_size);

/* All return 0, or -1. tkai_db_rollback() cannot fail. */
int tkai_db_run(struct tkai_db *db, const char *sql);
void tkai_db_rollback(struct tkai_db *db);

/* NULL: failed. finalize takes NULL. */
struct tkai_statement *tkai_db_prepare(struct tkai_db *db, const char *sql);
void tkai_db_finalize(struct tkai_statement *statement);

/* Bind from the first parameter on, by letters: t text (char *), n text with its
 * length (int, char *), i integer (long long), d double, b blob (int, void *), x NULL. Texts
 * and blobs are borrowed until the next step is done. */
void tkai_db_bind(struct tkai_statement *statement, const char *types, ...);

/* Run a bound statement to its end; *value: the first column of its first row, 0
 * if it has none. */
int tkai_db_step(struct tkai_db *db, struct tkai_statement *statement, long long *value);

/* The next row: 1; 0 there is no other, and the statement can be bound anew; -1. */
int tkai_db_next(struct tkai_db *db, struct tkai_statement *statement);
long long tkai_db_integer(struct tkai_statement *statement, int column);
double tkai_db_real(struct tkai_statement *statement, int column);
const void *tkai_db_blob(struct tkai_statement *statement, int column, size_t *size);

/* Prepare, bind, step once. */
int tkai_db_ask(struct tkai_db *db, long long *value, const char *sql, const char *types, ...);

/* Rows that the last statement changed. */
int tkai_db_changes(struct tkai_db *db);

#endif
