#include "db.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <tka/store.h>

#include "heap.h"
#include "os.h"

struct tkai_db {
    sqlite3 *handle;
    char *error;
    size_t error_size;
    char path[1024];
};

static int round_up(int size)
{
    return (size + 15) & ~15;
}

static int heap_init(void *unused)
{
    (void)unused;
    return SQLITE_OK;
}

static void heap_shutdown(void *unused)
{
    (void)unused;
}

static int prepare_sqlite(void)
{
    static const sqlite3_mem_methods methods = {
        tkai_heap_take, tkai_heap_give, tkai_heap_resize, tkai_heap_size,
        round_up, heap_init, heap_shutdown, NULL
    };
    static int ready;

    if (!ready) {
        sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
        sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
        ready = sqlite3_initialize() == SQLITE_OK;
    }
    return ready ? 0 : -1;
}

static const char *advice(int code)
{
    switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "; move it aside and what was measured goes into a new one";
    case SQLITE_BUSY:
        return "; it is kept in the live file until the next store";
    case SQLITE_FULL:
        return "; make room and run tka report";
    default:
        return "";
    }
}

static int fail(struct tkai_db *db)
{
    if (db->error[0] == '\0') {
        snprintf(db->error, db->error_size, "%s: %s%s", db->path,
                 sqlite3_errmsg(db->handle), advice(sqlite3_errcode(db->handle)));
    }
    return -1;
}

int tkai_db_run(struct tkai_db *db, const char *sql)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(db);
}

void tkai_db_rollback(struct tkai_db *db)
{
    sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

void tkai_db_report_to(struct tkai_db *db, char *error, size_t error_size)
{
    error[0] = '\0';
    db->error = error;
    db->error_size = error_size;
}

int tkai_db_changes(struct tkai_db *db)
{
    return sqlite3_changes(db->handle);
}

static sqlite3_stmt *handle_of(struct tkai_statement *statement)
{
    return (sqlite3_stmt *)(void *)statement;
}

struct tkai_statement *tkai_db_prepare(struct tkai_db *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail(db);
    }
    return (struct tkai_statement *)(void *)statement;
}

void tkai_db_finalize(struct tkai_statement *statement)
{
    sqlite3_finalize(handle_of(statement));
}

static void bind_values(sqlite3_stmt *statement, const char *types, va_list values)
{
    int length;

    for (int i = 1; types[i - 1] != '\0'; i++) {
        switch (types[i - 1]) {
        case 't':
            sqlite3_bind_text(statement, i, va_arg(values, const char *), -1, NULL);
            break;
        case 'n':
            length = va_arg(values, int);
            sqlite3_bind_text(statement, i, va_arg(values, const char *), length, NULL);
            break;
        case 'i':
            sqlite3_bind_int64(statement, i, va_arg(values, long long));
            break;
        case 'd':
            sqlite3_bind_double(statement, i, va_arg(values, double));
            break;
        case 'b':
            length = va_arg(values, int);
            sqlite3_bind_blob(statement, i, va_arg(values, const void *), length, NULL);
            break;
        default:
            sqlite3_bind_null(statement, i);
        }
    }
}

void tkai_db_bind(struct tkai_statement *statement, const char *types, ...)
{
    va_list values;

    va_start(values, types);
    bind_values(handle_of(statement), types, values);
    va_end(values);
}

int tkai_db_next(struct tkai_db *db, struct tkai_statement *statement)
{
    int code = sqlite3_step(handle_of(statement));

    if (code == SQLITE_ROW) {
        return 1;
    }
    if (code != SQLITE_DONE) {
        fail(db);
    }
    sqlite3_reset(handle_of(statement));
    return code == SQLITE_DONE ? 0 : -1;
}

int tkai_db_step(struct tkai_db *db, struct tkai_statement *statement, long long *value)
{
    int row = tkai_db_next(db, statement);

    *value = 0;
    if (row == 1) {
        *value = sqlite3_column_int64(handle_of(statement), 0);
        row = tkai_db_next(db, statement);
        if (row == 1) {
            sqlite3_reset(handle_of(statement));
            row = 0;
        }
    }
    return row;
}

long long tkai_db_integer(struct tkai_statement *statement, int column)
{
    return sqlite3_column_int64(handle_of(statement), column);
}

double tkai_db_real(struct tkai_statement *statement, int column)
{
    return sqlite3_column_double(handle_of(statement), column);
}

const void *tkai_db_blob(struct tkai_statement *statement, int column, size_t *size)
{
    const void *blob = sqlite3_column_blob(handle_of(statement), column);

    *size = (size_t)sqlite3_column_bytes(handle_of(statement), column);
    return blob;
}

int tkai_db_ask(struct tkai_db *db, long long *value, const char *sql, const char *types, ...)
{
    struct tkai_statement *statement = tkai_db_prepare(db, sql);
    va_list values;
    int failed = -1;

    *value = 0;
    if (statement != NULL) {
        va_start(values, types);
        bind_values(handle_of(statement), types, values);
        va_end(values);
        failed = tkai_db_step(db, statement, value);
    }
    tkai_db_finalize(statement);
    return failed;
}

/* --- schema ------------------------------------------------------------- */

/* What turns version i + 1 into the next. */
static const char *const migrations[TKA_SCHEMA_VERSION - 1] = {
    "ALTER TABLE measurement ADD COLUMN outer_ns INTEGER NOT NULL DEFAULT 0;"
    "UPDATE measurement SET outer_ns=total_ns",
    "ALTER TABLE process ADD COLUMN mode TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE process ADD COLUMN store_ns INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE measurement ADD COLUMN timing_ns REAL;"
    "ALTER TABLE measurement ADD COLUMN cpu_ns INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE measurement ADD COLUMN cpu_wall_ns INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE measurement ADD COLUMN slow_calls INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE measurement ADD COLUMN off_ns INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE measurement ADD COLUMN off_reason TEXT;"
    "ALTER TABLE measurement ADD COLUMN rare_weight REAL NOT NULL DEFAULT 0;"
    "ALTER TABLE measurement ADD COLUMN rare_ns REAL NOT NULL DEFAULT 0",
    "",
};

/* The tables that a version added stand last in the schema, behind such a line, and
 * those of later versions behind them. NULL: it is the current one. */
static const char *tables_added_to(long long version)
{
    return version < 3    ? strstr(tka_store_schema, "-- Since version 3.")
           : version == 3 ? strstr(tka_store_schema, "-- Since version 4.")
                          : NULL;
}

static int refuse(struct tkai_db *db, const char *why)
{
    snprintf(db->error, db->error_size, "%s: %s", db->path, why);
    return -1;
}

/* Under the write lock, so that of two processes one does it. */
static int make_current(struct tkai_db *db)
{
    long long version, tables, ours;
    char sql[64];

    if (tkai_db_ask(db, &version, "PRAGMA user_version", "") != 0 ||
        tkai_db_ask(db, &tables, "SELECT count(*) FROM sqlite_master", "") != 0 ||
        tkai_db_ask(db, &ours, "SELECT count(*) FROM sqlite_master WHERE name IN "
                               "('session','process','function','measurement')", "") != 0) {
        return -1;
    }
    if (version == 0 && tables == 0) {
        version = TKA_SCHEMA_VERSION;
        if (tkai_db_run(db, tka_store_schema) != 0) {
            return -1;
        }
    }
    if (version > TKA_SCHEMA_VERSION) {
        return refuse(db, "written by a later version of TKA; use that, or set "
                              "TKA_PERFORMANCE_DB_PATH to a new file");
    }
    if (version == 0 || (tables != 0 && ours != 4)) {
        return refuse(db, "not a TKA database; set TKA_PERFORMANCE_DB_PATH");
    }
    if (tables_added_to(version) != NULL && tkai_db_run(db, tables_added_to(version)) != 0) {
        return -1;
    }
    for (; version < TKA_SCHEMA_VERSION; version++) {
        if (tkai_db_run(db, migrations[version - 1]) != 0) {
            return -1;
        }
    }
    snprintf(sql, sizeof sql, "PRAGMA user_version=%d", TKA_SCHEMA_VERSION);
    return tkai_db_run(db, sql);
}

/* To change a file to the WAL, once in its life, SQLite must have it alone, and does not
 * wait for that: of programs that start at once with a new file, one would fail. */
static int use_wal(struct tkai_db *db, int wait_ms)
{
    static const struct timespec pause = {0, 10000000};
    int64_t began = tkai_os_unix_ns();
    int code;

    while ((code = sqlite3_exec(db->handle, "PRAGMA journal_mode=WAL", NULL, NULL, NULL)) ==
               SQLITE_BUSY &&
           tkai_os_unix_ns() - began < wait_ms * 1000000ll) {
        nanosleep(&pause, NULL);
    }
    return code == SQLITE_OK ? 0 : fail(db);
}

static int open_database(struct tkai_db *db, int wait_ms)
{
    long long version;

    if (sqlite3_open_v2(db->path, &db->handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
        return fail(db);
    }
    sqlite3_busy_timeout(db->handle, wait_ms);
    if (tkai_db_ask(db, &version, "PRAGMA user_version", "") != 0) {
        return -1;
    }
    if (version != TKA_SCHEMA_VERSION) {
        if (tkai_db_run(db, "BEGIN IMMEDIATE") != 0) {
            return -1;
        }
        if (make_current(db) != 0 || tkai_db_run(db, "COMMIT") != 0) {
            tkai_db_rollback(db);
            return -1;
        }
    }
    return use_wal(db, wait_ms) != 0
               ? -1
               : tkai_db_run(db, "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=OFF");
}

static void make_folder(const char *path)
{
    char folder[1024];
    char *slash;

    snprintf(folder, sizeof folder, "%s", path);
    slash = strrchr(folder, '/');
    if (slash != NULL && slash != folder) {
        *slash = '\0';
        tkai_os_make_folders(folder);
    }
}

struct tkai_db *tkai_db_open(const char *path, int wait_ms, char *error,
                                         size_t error_size)
{
    struct tkai_db *db;

    error[0] = '\0';
    if (prepare_sqlite() != 0 ||
        (db = tkai_heap_take((int)sizeof *db)) == NULL) {
        snprintf(error, error_size, "%s: out of memory", path);
        return NULL;
    }
    memset(db, 0, sizeof *db);
    snprintf(db->path, sizeof db->path, "%s", path);
    db->error = error;
    db->error_size = error_size;
    make_folder(path);
    if (open_database(db, wait_ms) != 0) {
        tkai_db_close(db);
        return NULL;
    }
    return db;
}

void tkai_db_close(struct tkai_db *db)
{
    if (db != NULL) {
        sqlite3_close(db->handle);
        tkai_heap_give(db);
    }
}

