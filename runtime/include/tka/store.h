/* tka/store.h - how tools bring what programs left in live files into the
 * database. Part of libtka; used by `tka` and by the runtime itself.
 *
 * A profiled process keeps its counters in a live file, DIR/live/NAME.tka. It
 * folds them into the database as it runs and when it ends. tka_store_fold()
 * does the same for processes that died before they could, and on request for
 * those that are running. Folding writes absolute values: doing it again, from
 * whichever process, changes nothing; a lock on the live file keeps two from
 * folding the same one at once.
 */
#ifndef TKA_STORE_H
#define TKA_STORE_H

#ifdef __cplusplus
extern "C" {
#endif

#define TKA_SCHEMA_VERSION 2

/* The text of schema.sql, for tools that make a database of their own. */
extern const char tka_store_schema[];

typedef enum TkaFold {
    TKA_FOLD_DEAD,          /* live files whose process is gone; then remove them */
    TKA_FOLD_ALL            /* those of running processes too */
} TkaFold;

typedef struct TkaFoldResult {
    int recovered;          /* files of dead processes stored and removed */
    int running;            /* running processes; with TKA_FOLD_ALL: stored */
    int failed;             /* files that could not be stored, left in place */
    char error[256];        /* the last failure in one line; empty if none */
} TkaFoldResult;

/* Fold the live files below data_dir into the database at db_path, which is
 * made, or migrated to TKA_SCHEMA_VERSION, when there is something to fold.
 * 0; -1 when any file failed, with result->error set. result must not be NULL.
 * Blocks for at most about 10 s on a database locked by others. */
int tka_store_fold(const char *data_dir, const char *db_path, TkaFold what,
                   TkaFoldResult *result);

/* Bring a database of an earlier schema version to TKA_SCHEMA_VERSION. 0, also
 * when there is nothing to do; -1 with error set. */
int tka_store_upgrade(const char *db_path, char *error, int error_size);

/* Record how a process ended, as only its parent knows. kind: "exit" or
 * "signal". The process's own session row is changed, if there is one. 0; -1. */
int tka_store_exit(const char *db_path, int pid, long long started_after_ns,
                   const char *kind, int status);

/* Histogram: values in ns; below 16 one bucket each, above 8 per octave.
 * Blob in the database: pairs of unsigned LEB128 numbers (gap, count), gap
 * being the number of empty buckets before this one. */
#define TKA_HISTOGRAM_BUCKETS 496

#ifdef __cplusplus
}
#endif
#endif
