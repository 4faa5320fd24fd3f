/* database - the only module that knows SQLite: rows in, plain structs out.
 *
 * What was measured is read here; what happened when, in database_events, by
 * database_rows().
 *
 * A Database is opened read-only; nothing here changes it. One thread. Functions
 * that walk many rows call back for each; what they pass is borrowed until the
 * callback returns. A callback returns false to stop the walk early.
 */
#ifndef TKA_DATABASE_H
#define TKA_DATABASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failure.h"
#include "model.h"

typedef struct Database Database;

typedef bool MeasurementVisitor(void *context, const Measurement *measurement);
typedef bool PathVisitor(void *context, const PathMeasurement *measurement);
typedef bool FunctionVisitor(void *context, const Function *function);
typedef bool AnnotationVisitor(void *context, const Annotation *annotation);

/* NULL when it is not there, not a TKA database, or of a newer version. Close
 * with database_close(), which takes NULL too. */
Database *database_open(const char *path, Error *error);
void database_close(Database *database);

/* SQLite's own check of the file's structure. */
bool database_check(Database *database, Error *error);

/* Rows of what processes recorded: functions, annotations, measurements, paths. */
bool database_row_count(Database *database, uint64_t *rows, Error *error);

/* Runs, newest first, each followed by its stretches; at most limit (0: all). */
bool database_sessions(Database *database, uint64_t limit, SessionList *list,
                       Error *error);

/* id, uid, name (the newest of that name) or "last" (the newest run). */
bool database_find_session(Database *database, const char *wanted, Session *session,
                           Error *error);

/* Runs that `tka run` marked with this TKA_RUN_ID, oldest first. */
bool database_runs_marked(Database *database, int64_t run_id, SessionIds *ids,
                          Error *error);

/* Add the id of a run's stretches. */
bool database_stretches(Database *database, int64_t run, SessionIds *ids, Error *error);

bool database_totals(Database *database, int64_t session, SessionTotals *totals,
                     Error *error);

/* Add the processes that wrote to a session: its own, or for a stretch those of
 * its run that measured something in it. */
bool database_processes(Database *database, int64_t session, ProcessList *list,
                        Error *error);

/* Measurements of a session, ordered by function; of one function when function
 * is not 0. */
bool database_measurements(Database *database, int64_t session, int64_t function,
                           MeasurementVisitor *visit, void *context, Error *error);
bool database_paths(Database *database, int64_t session, PathVisitor *visit,
                    void *context, Error *error);
bool database_annotations(Database *database, int64_t session, AnnotationVisitor *visit,
                          void *context, Error *error);
bool database_functions(Database *database, FunctionVisitor *visit, void *context,
                        Error *error);

/* The rows of any query that takes integers; ?1 is values[0]. Texts and blobs are
 * borrowed until the callback returns. */
typedef struct Row Row;
typedef bool RowVisitor(void *context, const Row *row);
bool database_rows(Database *database, const char *sql, const int64_t *values,
                   size_t count, RowVisitor *visit, void *context, Error *error);
int64_t row_integer(const Row *row, int column);
uint64_t row_count(const Row *row, int column); /* negative: 0 */
int64_t row_time(const Row *row, int column); /* ns since 1970, 0 to half of what fits */
double row_optional(const Row *row, int column);  /* NULL, negative: -1 */
const char *row_text(const Row *row, int column); /* NULL: "" */
const uint8_t *row_blob(const Row *row, int column, size_t *size);

/* By id. The caller releases function. */
bool database_function(Database *database, int64_t id, Function *function, Error *error);
bool database_callpath(Database *database, int64_t id, int64_t *parent, int64_t *function,
                       Error *error);

#endif
