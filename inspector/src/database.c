#include "database.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>
#include <tka/store.h>

#include "allocation.h"

struct Database {
    sqlite3 *handle;
    char *path;
    sqlite3_stmt *function; /* lookups by id, kept prepared */
    sqlite3_stmt *callpath;
};

/* How long a reader waits for a writer that holds the database, ms. */
#define BUSY_TIMEOUT 5000

static bool fail(const Database *database, Error *error)
{
    int code = sqlite3_errcode(database->handle);

    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) {
        return error_set(error, STATUS_FAILURE,
                         "%s: not a database, or damaged (%s); restore it, or move it "
                         "away and let the next run make a new one",
                         database->path, sqlite3_errmsg(database->handle));
    }
    return error_set(error, STATUS_FAILURE, "%s: %s", database->path,
                     sqlite3_errmsg(database->handle));
}

static sqlite3_stmt *prepare(Database *database, const char *sql, Error *error)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail(database, error);
    }
    return statement;
}

/* True while there is a row; *ok tells the end from a failure. */
static bool step(Database *database, sqlite3_stmt *statement, bool *ok, Error *error)
{
    int code = sqlite3_step(statement);

    if (code == SQLITE_ROW) {
        return true;
    }
    *ok = code == SQLITE_DONE || fail(database, error);
    return false;
}

static uint64_t column_count(sqlite3_stmt *statement, int column)
{
    int64_t value = sqlite3_column_int64(statement, column);

    return value < 0 ? 0 : (uint64_t)value;
}

/* Of a damaged database times can be anything: differences of these fit. */
static int64_t column_time(sqlite3_stmt *statement, int column)
{
    int64_t value = sqlite3_column_int64(statement, column);

    return value < 0 ? 0 : value > INT64_MAX / 2 ? INT64_MAX / 2 : value;
}

static const char *column_text(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);

    return text ? (const char *)text : "";
}

static char *column_copy(sqlite3_stmt *statement, int column)
{
    return duplicate_text(column_text(statement, column));
}

/* NULL in the database and anything negative: -1. */
static double column_optional(sqlite3_stmt *statement, int column)
{
    double value = sqlite3_column_double(statement, column);

    return sqlite3_column_type(statement, column) == SQLITE_NULL || value < 0 ? -1
                                                                              : value;
}

/* --- opening ------------------------------------------------------------ */

/* A path as a file: URI. immutable is for a database on a medium where not even
 * the WAL index can be made. */
static char *read_only_uri(const char *path)
{
    static const char hex[] = "0123456789ABCDEF";
    char *uri = allocate_zeroed(strlen(path) * 3 + 64, 1), *to = uri;

    to = stpcpy(to, "file:");
    for (const unsigned char *c = (const unsigned char *)path; *c; c++) {
        if (*c == '%' || *c == '?' || *c == '#' || *c >= 0x80) {
            *to++ = '%';
            *to++ = hex[*c >> 4];
            *to++ = hex[*c & 15];
        } else {
            *to++ = (char)*c;
        }
    }
    stpcpy(to, "?immutable=1");
    return uri;
}

static int read_number(sqlite3 *handle, const char *sql, int64_t *number)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(handle, sql, -1, &statement, NULL);

    if (code != SQLITE_OK) {
        return code;
    }
    code = sqlite3_step(statement);
    *number = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

static int connect_to(Database *database, const char *name, int64_t *version)
{
    int code = sqlite3_open_v2(name, &database->handle,
                               SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);

    if (code != SQLITE_OK) {
        return code;
    }
    sqlite3_busy_timeout(database->handle, BUSY_TIMEOUT);
    return read_number(database->handle, "PRAGMA user_version", version);
}

static bool check_tables(const Database *database, int64_t version, Error *error)
{
    int64_t tables = 0;

    if (read_number(database->handle,
                    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND "
                    "name IN ('session', 'process', 'function', 'measurement')",
                    &tables) != SQLITE_OK) {
        return fail(database, error);
    }
    if (tables != 4 || version < 1) {
        return error_set(error, STATUS_FAILURE,
                         "%s: a database, but not one of TKA's; name the right one "
                         "with --db FILE",
                         database->path);
    }
    return true;
}

static bool check_version(const Database *database, int64_t version, Error *error)
{
    if (!check_tables(database, version, error)) {
        return false;
    }
    if (version != TKA_SCHEMA_VERSION) {
        return error_set(error, STATUS_FAILURE,
                         "%s: schema version %lld, this tka reads %d; use the %s tka",
                         database->path, (long long)version, TKA_SCHEMA_VERSION,
                         version > TKA_SCHEMA_VERSION ? "newer" : "older");
    }
    return true;
}

/* An earlier version is brought up to date by the runtime's own writer; a file
 * that cannot be written stays what it is. */
static bool upgrade(Database *database, Error *error)
{
    char reason[256];
    int64_t version = 0;
    int code;

    if (!check_tables(database, 1, error)) {
        return false;
    }
    sqlite3_close(database->handle);
    database->handle = NULL;
    if (tka_store_upgrade(database->path, reason, sizeof reason) != 0) {
        return error_set(error, STATUS_FAILURE, "%s: an older schema, and %s",
                         database->path, reason);
    }
    code = connect_to(database, database->path, &version);
    return code == SQLITE_OK ? check_version(database, version, error)
                             : fail(database, error);
}

static bool connect_database(Database *database, Error *error)
{
    int64_t version = 0;
    int code = connect_to(database, database->path, &version);

    if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY) {
        char *uri = read_only_uri(database->path);

        sqlite3_close(database->handle);
        database->handle = NULL;
        code = connect_to(database, uri, &version);
        free(uri);
    }
    if (code != SQLITE_OK) {
        return fail(database, error);
    }
    if (version >= 1 && version < TKA_SCHEMA_VERSION) {
        return upgrade(database, error);
    }
    return check_version(database, version, error);
}

Database *database_open(const char *path, Error *error)
{
    Database *database;
    struct stat status;

    if (stat(path, &status) != 0) {
        error_set(error, STATUS_FAILURE,
                  "%s: %s; run a profiled program first, or name "
                  "another database with --db FILE",
                  path, strerror(errno));
        return NULL;
    }
    database = allocate_zeroed(1, sizeof *database);
    database->path = duplicate_text(path);
    if (!connect_database(database, error)) {
        database_close(database);
        return NULL;
    }
    return database;
}

void database_close(Database *database)
{
    if (database) {
        sqlite3_finalize(database->function);
        sqlite3_finalize(database->callpath);
        sqlite3_close(database->handle);
        free(database->path);
        free(database);
    }
}

bool database_check(Database *database, Error *error)
{
    sqlite3_stmt *statement = prepare(database, "PRAGMA quick_check(1)", error);
    bool ok = statement != NULL;

    if (ok && step(database, statement, &ok, error) &&
        strcmp(column_text(statement, 0), "ok") != 0) {
        ok = error_set(error, STATUS_FAILURE, "%s: damaged: %s", database->path,
                       column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    return ok;
}

bool database_row_count(Database *database, uint64_t *rows, Error *error)
{
    sqlite3_stmt *statement = prepare(
        database,
        "SELECT (SELECT count(*) FROM function) + (SELECT count(*) FROM annotation) + "
        "(SELECT count(*) FROM measurement) + (SELECT count(*) FROM callpath) + "
        "(SELECT count(*) FROM path_measurement)",
        error);
    bool ok = statement != NULL;

    *rows = ok && step(database, statement, &ok, error) ? column_count(statement, 0) : 0;
    sqlite3_finalize(statement);
    return ok;
}

/* --- sessions ----------------------------------------------------------- */

#define SESSION_COLUMNS                                                                  \
    "id, parent_id, uid, name, host, command, executable, directory, build_id, "         \
    "git_commit, tags, tka_version, mode, overhead_threshold, started_at, ended_at, "    \
    "exit_kind, exit_status "

static void read_session(sqlite3_stmt *statement, Session *session)
{
    char **const texts[] = {
        &session->uid,         &session->name,       &session->host,
        &session->command,     &session->executable, &session->directory,
        &session->build_id,    &session->git_commit, &session->tags,
        &session->tka_version, &session->mode};

    session->id = sqlite3_column_int64(statement, 0);
    session->parent_id = sqlite3_column_int64(statement, 1);
    for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++) {
        *texts[i] = column_copy(statement, 2 + i);
    }
    session->overhead_threshold = sqlite3_column_double(statement, 13);
    session->started_at = column_time(statement, 14);
    session->ended_at = column_time(statement, 15);
    session->exit_kind = column_copy(statement, 16);
    session->exit_status = sqlite3_column_type(statement, 17) == SQLITE_NULL
                               ? -1
                               : sqlite3_column_int64(statement, 17);
}

bool database_sessions(Database *database, uint64_t limit, SessionList *list,
                       Error *error)
{
    sqlite3_stmt *statement =
        prepare(database,
                "SELECT " SESSION_COLUMNS "FROM session s ORDER BY "
                "ifnull((SELECT r.started_at FROM session r WHERE r.id = s.parent_id), "
                "started_at) DESC, ifnull(parent_id, id) DESC, parent_id IS NOT NULL, "
                "started_at, id LIMIT ?",
                error);
    bool ok = statement != NULL;

    if (ok) {
        sqlite3_bind_int64(statement, 1, limit ? (int64_t)limit : -1);
    }
    while (ok && step(database, statement, &ok, error)) {
        list->items =
            grow_array(list->items, list->count, &list->capacity, sizeof *list->items);
        read_session(statement, &list->items[list->count++]);
    }
    sqlite3_finalize(statement);
    return ok;
}

/* An id looks like one, but a name may too: ids win. */
static const char find_session[] =
    "SELECT " SESSION_COLUMNS "FROM session WHERE id = (SELECT id FROM session WHERE "
    "uid = ?1 OR name = ?1 OR id = ?2 "
    "ORDER BY id = ?2 DESC, started_at DESC, id DESC LIMIT 1)";
static const char find_last_run[] =
    "SELECT " SESSION_COLUMNS "FROM session WHERE parent_id IS NULL "
    "ORDER BY started_at DESC, id DESC LIMIT 1";

static int64_t parse_id(const char *text)
{
    char *end;
    long long id;

    errno = 0;
    id = strtoll(text, &end, 10);
    return *end || end == text || errno || id < 1 ? -1 : id;
}

bool database_find_session(Database *database, const char *wanted, Session *session,
                           Error *error)
{
    bool last = strcmp(wanted, "last") == 0;
    sqlite3_stmt *statement =
        prepare(database, last ? find_last_run : find_session, error);
    bool ok = statement != NULL;

    if (ok && !last) {
        sqlite3_bind_text(statement, 1, wanted, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 2, parse_id(wanted));
    }
    if (ok && step(database, statement, &ok, error)) {
        read_session(statement, session);
    } else if (ok) {
        ok = last ? error_set(error, STATUS_FAILURE,
                              "%s: no session recorded yet; run a "
                              "profiled program first",
                              database->path)
                  : error_set(error, STATUS_FAILURE,
                              "%s: no session \"%s\"; list them "
                              "with `tka sessions`",
                              database->path, wanted);
    }
    sqlite3_finalize(statement);
    return ok;
}

static bool collect_ids(Database *database, const char *sql, int64_t argument,
                        SessionIds *ids, Error *error)
{
    sqlite3_stmt *statement = prepare(database, sql, error);
    bool ok = statement != NULL;

    if (ok) {
        sqlite3_bind_int64(statement, 1, argument);
    }
    while (ok && step(database, statement, &ok, error)) {
        session_ids_add(ids, sqlite3_column_int64(statement, 0));
    }
    sqlite3_finalize(statement);
    return ok;
}

bool database_runs_marked(Database *database, int64_t run_id, SessionIds *ids,
                          Error *error)
{
    return collect_ids(database,
                       "SELECT id FROM session WHERE tags ->> 'run' = ? AND "
                       "parent_id IS NULL ORDER BY started_at, id",
                       run_id, ids, error);
}

bool database_stretches(Database *database, int64_t run, SessionIds *ids, Error *error)
{
    return collect_ids(database,
                       "SELECT id FROM session WHERE parent_id = ? ORDER BY started_at",
                       run, ids, error);
}

bool database_totals(Database *database, int64_t session, SessionTotals *totals,
                     Error *error)
{
    sqlite3_stmt *statement =
        prepare(database,
                "SELECT count(DISTINCT process_id), count(DISTINCT function_id), "
                "sum(calls), sum(samples) FROM measurement WHERE session_id = ?",
                error);
    bool ok = statement != NULL;

    if (ok) {
        sqlite3_bind_int64(statement, 1, session);
    }
    if (ok && step(database, statement, &ok, error)) {
        totals->processes = column_count(statement, 0);
        totals->functions = column_count(statement, 1);
        totals->calls = column_count(statement, 2);
        totals->samples = column_count(statement, 3);
    }
    sqlite3_finalize(statement);
    return ok;
}

/* --- processes ---------------------------------------------------------- */

static const char select_processes[] =
    "SELECT id, session_id, pid, parent_pid, started_at, stored_at, state, clock, note, "
    "count_cost_ns, timed_cost_ns, cpu_ns, wall_ns, threads, lost_calls, lost_samples, "
    "lost_paths, mode, store_ns FROM process WHERE session_id = ?1 OR id IN "
    "(SELECT process_id FROM measurement WHERE session_id = ?1) ORDER BY started_at, id";

static void read_process(sqlite3_stmt *statement, Process *process)
{
    process->id = sqlite3_column_int64(statement, 0);
    process->session_id = sqlite3_column_int64(statement, 1);
    process->pid = sqlite3_column_int64(statement, 2);
    process->parent_pid = sqlite3_column_int64(statement, 3);
    process->started_at = column_time(statement, 4);
    process->stored_at = column_time(statement, 5);
    process->state = column_copy(statement, 6);
    process->clock = column_copy(statement, 7);
    process->note = column_copy(statement, 8);
    process->count_cost_ns = sqlite3_column_double(statement, 9);
    process->timed_cost_ns = sqlite3_column_double(statement, 10);
    process->cpu_ns = sqlite3_column_int64(statement, 11);
    process->wall_ns = sqlite3_column_int64(statement, 12);
    process->threads = sqlite3_column_int64(statement, 13);
    process->lost_calls = column_count(statement, 14);
    process->lost_samples = column_count(statement, 15);
    process->lost_paths = column_count(statement, 16);
    process->mode = column_copy(statement, 17);
    process->store_ns = sqlite3_column_int64(statement, 18);
}

static bool has_process(const ProcessList *list, int64_t id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].id == id) {
            return true;
        }
    }
    return false;
}

bool database_processes(Database *database, int64_t session, ProcessList *list,
                        Error *error)
{
    sqlite3_stmt *statement = prepare(database, select_processes, error);
    bool ok = statement != NULL;

    if (ok) {
        sqlite3_bind_int64(statement, 1, session);
    }
    while (ok && step(database, statement, &ok, error)) {
        if (!has_process(list, sqlite3_column_int64(statement, 0))) {
            list->items = grow_array(list->items, list->count, &list->capacity,
                                     sizeof *list->items);
            read_process(statement, &list->items[list->count++]);
        }
    }
    sqlite3_finalize(statement);
    return ok;
}

/* --- measurements ------------------------------------------------------- */

#define MEASUREMENT_COLUMNS                                                              \
    "SELECT process_id, function_id, calls, samples, weight, total_ns, child_ns, "       \
    "min_ns, max_ns, variance, histogram, outer_ns, cpu_ns, cpu_wall_ns, slow_calls, "   \
    "timing_ns, off_ns, off_reason, rare_weight, rare_ns FROM measurement "              \
    "WHERE session_id = ?1 "

static OffReason off_reason(const char *text)
{
    return !strcmp(text, "budget") ? OFF_BUDGET : *text ? OFF_REQUEST : OFF_NOT;
}

static Measurement read_measurement(sqlite3_stmt *statement)
{
    Measurement measurement = {
        .process_id = sqlite3_column_int64(statement, 0),
        .function_id = sqlite3_column_int64(statement, 1),
        .recorded = {.calls = column_count(statement, 2),
                     .samples = column_count(statement, 3),
                     .weight = column_count(statement, 4),
                     .total_ns = sqlite3_column_double(statement, 5),
                     .child_ns = sqlite3_column_double(statement, 6),
                     .min_ns = column_optional(statement, 7),
                     .max_ns = column_optional(statement, 8),
                     .variance = sqlite3_column_double(statement, 9),
                     .outer_ns = sqlite3_column_double(statement, 11),
                     .cpu_ns = sqlite3_column_double(statement, 12),
                     .cpu_wall_ns = sqlite3_column_double(statement, 13),
                     .slow_calls = column_count(statement, 14),
                     .rare_weight = sqlite3_column_double(statement, 18),
                     .rare_ns = sqlite3_column_double(statement, 19)},
        .timing_ns = column_optional(statement, 15),
        .off_ns = sqlite3_column_double(statement, 16),
        .off_reason = off_reason(column_text(statement, 17)),
        .histogram = sqlite3_column_blob(statement, 10),
    };
    measurement.histogram_size = (size_t)sqlite3_column_bytes(statement, 10);
    return measurement;
}

bool database_measurements(Database *database, int64_t session, int64_t function,
                           MeasurementVisitor *visit, void *context, Error *error)
{
    sqlite3_stmt *statement =
        prepare(database,
                function ? MEASUREMENT_COLUMNS "AND function_id = ?2"
                         : MEASUREMENT_COLUMNS "ORDER BY function_id",
                error);
    bool ok = statement != NULL, more = true;

    if (ok) {
        sqlite3_bind_int64(statement, 1, session);
        sqlite3_bind_int64(statement, 2, function);
    }
    while (ok && more && step(database, statement, &ok, error)) {
        Measurement measurement = read_measurement(statement);

        more = visit(context, &measurement);
    }
    sqlite3_finalize(statement);
    return ok;
}

bool database_paths(Database *database, int64_t session, PathVisitor *visit,
                    void *context, Error *error)
{
    sqlite3_stmt *statement =
        prepare(database,
                "SELECT callpath_id, samples, weight, total_ns, child_ns "
                "FROM path_measurement WHERE session_id = ?",
                error);
    bool ok = statement != NULL, more = true;

    if (ok) {
        sqlite3_bind_int64(statement, 1, session);
    }
    while (ok && more && step(database, statement, &ok, error)) {
        PathMeasurement path = {.callpath_id = sqlite3_column_int64(statement, 0),
                                .samples = column_count(statement, 1),
                                .weight = column_count(statement, 2),
                                .total_ns = sqlite3_column_double(statement, 3),
                                .child_ns = sqlite3_column_double(statement, 4)};

        more = visit(context, &path);
    }
    sqlite3_finalize(statement);
    return ok;
}

/* A stretch has no builds of its own: its run's count. */
bool database_annotations(Database *database, int64_t session, AnnotationVisitor *visit,
                          void *context, Error *error)
{
    sqlite3_stmt *statement =
        prepare(database,
                "SELECT a.function_id, b.path, a.reason FROM session_build s "
                "JOIN build b ON b.id = s.build_id "
                "JOIN annotation a ON a.build_id = s.build_id WHERE s.session_id IN "
                "(?1, (SELECT parent_id FROM session WHERE id = ?1))",
                error);
    bool ok = statement != NULL, more = true;

    if (ok) {
        sqlite3_bind_int64(statement, 1, session);
    }
    while (ok && more && step(database, statement, &ok, error)) {
        Annotation annotation = {.function_id = sqlite3_column_int64(statement, 0),
                                 .module = column_text(statement, 1),
                                 .reason = column_text(statement, 2)};

        more = visit(context, &annotation);
    }
    sqlite3_finalize(statement);
    return ok;
}

/* --- functions and call paths ------------------------------------------- */

bool database_functions(Database *database, FunctionVisitor *visit, void *context,
                        Error *error)
{
    sqlite3_stmt *statement =
        prepare(database,
                "SELECT id, name, function, file, line, kind, size FROM function", error);
    bool ok = statement != NULL, more = true;

    while (ok && more && step(database, statement, &ok, error)) {
        Function function = {.id = sqlite3_column_int64(statement, 0),
                             .name = column_copy(statement, 1),
                             .function = column_copy(statement, 2),
                             .file = column_copy(statement, 3),
                             .line = sqlite3_column_int64(statement, 4),
                             .kind = column_copy(statement, 5),
                             .size = sqlite3_column_int64(statement, 6)};

        more = visit(context, &function);
        function_release(&function);
    }
    sqlite3_finalize(statement);
    return ok;
}

/* Point a kept statement at an id and step to its row. */
static bool look_up(Database *database, sqlite3_stmt **kept, const char *sql, int64_t id,
                    Error *error)
{
    bool ok = true;

    if (!*kept && !(*kept = prepare(database, sql, error))) {
        return false;
    }
    sqlite3_reset(*kept);
    sqlite3_bind_int64(*kept, 1, id);
    if (step(database, *kept, &ok, error)) {
        return true;
    }
    return ok ? error_set(error, STATUS_FAILURE,
                          "%s: damaged: a measurement names an unknown function or call "
                          "path %lld",
                          database->path, (long long)id)
              : false;
}

bool database_function(Database *database, int64_t id, Function *function, Error *error)
{
    sqlite3_stmt *row;

    if (!look_up(database, &database->function,
                 "SELECT name, function, file, line, kind, size FROM function "
                 "WHERE id = ?",
                 id, error)) {
        return false;
    }
    row = database->function;
    *function = (Function){.id = id,
                           .name = column_copy(row, 0),
                           .function = column_copy(row, 1),
                           .file = column_copy(row, 2),
                           .line = sqlite3_column_int64(row, 3),
                           .kind = column_copy(row, 4),
                           .size = sqlite3_column_int64(row, 5)};
    sqlite3_reset(row);
    return true;
}

bool database_callpath(Database *database, int64_t id, int64_t *parent, int64_t *function,
                       Error *error)
{
    if (!look_up(database, &database->callpath,
                 "SELECT parent_id, function_id FROM callpath WHERE id = ?", id, error)) {
        return false;
    }
    *parent = sqlite3_column_int64(database->callpath, 0);
    *function = sqlite3_column_int64(database->callpath, 1);
    sqlite3_reset(database->callpath);
    return true;
}

/* --- rows for database_events --------------------------------------------- */

struct Row {
    sqlite3_stmt *statement;
};

bool database_rows(Database *database, const char *sql, const int64_t *values,
                   size_t count, RowVisitor *visit, void *context, Error *error)
{
    Row row = {prepare(database, sql, error)};
    bool ok = row.statement != NULL, more = true;

    for (size_t i = 0; ok && i < count; i++) {
        sqlite3_bind_int64(row.statement, (int)i + 1, values[i]);
    }
    while (ok && more && step(database, row.statement, &ok, error)) {
        more = visit(context, &row);
    }
    sqlite3_finalize(row.statement);
    return ok;
}

int64_t row_integer(const Row *row, int column)
{
    return sqlite3_column_int64(row->statement, column);
}

int64_t row_time(const Row *row, int column)
{
    return column_time(row->statement, column);
}

uint64_t row_count(const Row *row, int column)
{
    return column_count(row->statement, column);
}

double row_optional(const Row *row, int column)
{
    return column_optional(row->statement, column);
}

const char *row_text(const Row *row, int column)
{
    return column_text(row->statement, column);
}

const uint8_t *row_blob(const Row *row, int column, size_t *size)
{
    const uint8_t *blob = sqlite3_column_blob(row->statement, column);

    *size = (size_t)sqlite3_column_bytes(row->statement, column);
    return blob;
}
