#include "dbwriter.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "blob.h"
#include "heap.h"
#include "os.h"

struct tkai_dbwriter {
    sqlite3 *db;
    char *error;
    size_t error_size;
    char path[1024];
};

/* Ids of what is being stored. */
struct store {
    struct tkai_dbwriter *writer;
    const struct tka_live_header *header;
    const struct tkai_collected *collected;
    struct tkai_scratch scratch;
    sqlite3_int64 run, session, process; /* run: the session of the whole run */
    sqlite3_int64 *functions;       /* 0: not asked for yet */
    int has_others;                 /* rows of the process in other sessions */
};

/* --- SQLite ------------------------------------------------------------- */

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

static int fail(struct tkai_dbwriter *writer)
{
    if (writer->error[0] == '\0') {
        snprintf(writer->error, writer->error_size, "%s: %s%s", writer->path,
                 sqlite3_errmsg(writer->db), advice(sqlite3_errcode(writer->db)));
    }
    return -1;
}

static int run_sql(struct tkai_dbwriter *writer, const char *sql)
{
    return sqlite3_exec(writer->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(writer);
}

static sqlite3_stmt *prepare(struct tkai_dbwriter *writer, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(writer->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail(writer);
    }
    return statement;
}

/* Bind by letters: t text (char *), n text with its length (int, char *), i
 * integer (long long), d double, x NULL. */
static void bind(sqlite3_stmt *statement, const char *types, ...)
{
    va_list values;
    int length;

    va_start(values, types);
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
        default:
            sqlite3_bind_null(statement, i);
        }
    }
    va_end(values);
}

/* Run a bound statement to its end; the first column of its first row, 0 if it
 * has none. */
static int step(struct tkai_dbwriter *writer, sqlite3_stmt *statement, sqlite3_int64 *value)
{
    int code = sqlite3_step(statement);

    *value = 0;
    if (code == SQLITE_ROW) {
        *value = sqlite3_column_int64(statement, 0);
        code = sqlite3_step(statement);
    }
    if (code != SQLITE_DONE) {
        fail(writer);
    }
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : -1;
}

/* Prepare, bind nothing, step: for single questions. */
static int ask(struct tkai_dbwriter *writer, const char *sql, sqlite3_int64 *value)
{
    sqlite3_stmt *statement = prepare(writer, sql);
    int failed = statement == NULL ? -1 : step(writer, statement, value);

    sqlite3_finalize(statement);
    return failed;
}

/* --- schema ------------------------------------------------------------- */

/* What turns version i + 1 into the next. */
static const char *const migrations[TKA_SCHEMA_VERSION - 1] = {
    "ALTER TABLE measurement ADD COLUMN outer_ns INTEGER NOT NULL DEFAULT 0;"
    "UPDATE measurement SET outer_ns=total_ns",
};

static int refuse(struct tkai_dbwriter *writer, const char *why)
{
    snprintf(writer->error, writer->error_size, "%s: %s", writer->path, why);
    return -1;
}

/* Under the write lock, so that of two processes one does it. */
static int make_current(struct tkai_dbwriter *writer)
{
    sqlite3_int64 version, tables, ours;
    char sql[64];

    if (ask(writer, "PRAGMA user_version", &version) != 0 ||
        ask(writer, "SELECT count(*) FROM sqlite_master", &tables) != 0 ||
        ask(writer, "SELECT count(*) FROM sqlite_master WHERE name IN "
                    "('session','process','function','measurement')", &ours) != 0) {
        return -1;
    }
    if (version == 0 && tables == 0) {
        version = TKA_SCHEMA_VERSION;
        if (run_sql(writer, tka_store_schema) != 0) {
            return -1;
        }
    }
    if (version > TKA_SCHEMA_VERSION) {
        return refuse(writer, "written by a later version of TKA; use that, or set "
                              "TKA_PERFORMANCE_DB_PATH to a new file");
    }
    if (version == 0 || (tables != 0 && ours != 4)) {
        return refuse(writer, "not a TKA database; set TKA_PERFORMANCE_DB_PATH");
    }
    for (; version < TKA_SCHEMA_VERSION; version++) {
        if (run_sql(writer, migrations[version - 1]) != 0) {
            return -1;
        }
    }
    snprintf(sql, sizeof sql, "PRAGMA user_version=%d", TKA_SCHEMA_VERSION);
    return run_sql(writer, sql);
}

static int open_database(struct tkai_dbwriter *writer, int wait_ms)
{
    sqlite3_int64 version;

    if (sqlite3_open_v2(writer->path, &writer->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
        return fail(writer);
    }
    sqlite3_busy_timeout(writer->db, wait_ms);
    if (ask(writer, "PRAGMA user_version", &version) != 0) {
        return -1;
    }
    if (version != TKA_SCHEMA_VERSION) {
        if (run_sql(writer, "BEGIN IMMEDIATE") != 0) {
            return -1;
        }
        if (make_current(writer) != 0 || run_sql(writer, "COMMIT") != 0) {
            sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
            return -1;
        }
    }
    return run_sql(writer, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                           "PRAGMA foreign_keys=OFF");
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

struct tkai_dbwriter *tkai_dbwriter_open(const char *path, int wait_ms, char *error,
                                         size_t error_size)
{
    struct tkai_dbwriter *writer;

    error[0] = '\0';
    if (prepare_sqlite() != 0 ||
        (writer = tkai_heap_take((int)sizeof *writer)) == NULL) {
        snprintf(error, error_size, "%s: out of memory", path);
        return NULL;
    }
    memset(writer, 0, sizeof *writer);
    snprintf(writer->path, sizeof writer->path, "%s", path);
    writer->error = error;
    writer->error_size = error_size;
    make_folder(path);
    if (open_database(writer, wait_ms) != 0) {
        tkai_dbwriter_close(writer);
        return NULL;
    }
    return writer;
}

void tkai_dbwriter_close(struct tkai_dbwriter *writer)
{
    if (writer != NULL) {
        sqlite3_close(writer->db);
        tkai_heap_give(writer);
    }
}

/* --- rows --------------------------------------------------------------- */

static long long to_ns(const struct store *s, uint64_t ticks)
{
    double ns = (double)ticks * s->header->ns_per_tick;

    return ns < 9e18 ? (long long)ns : INT64_MAX;
}

/* Sums that the folding of recursion may have left below zero. */
static long long to_ns_signed(const struct store *s, uint64_t ticks)
{
    return (long long)((double)(int64_t)ticks * s->header->ns_per_tick);
}

/* Back from what a row holds; no figure of ours comes near the limits. */
static uint64_t to_ticks(const struct store *s, sqlite3_int64 ns)
{
    double ticks = (double)ns / s->header->ns_per_tick;

    if (!(ticks > -9e18 && ticks < 9e18)) {
        return 0;
    }
    return (uint64_t)(int64_t)ticks;
}

static const char *exit_name(uint32_t kind)
{
    return kind == TKA_EXIT_EXIT ? "exit" : kind == TKA_EXIT_SIGNAL ? "signal" : "lost";
}

static int store_session(struct store *s, const struct tka_live_session *session,
                         sqlite3_int64 parent, sqlite3_int64 *id)
{
    static const char sql[] =
        "INSERT INTO session(uid,parent_id,name,host,command,executable,directory,"
        "build_id,git_commit,tka_version,mode,overhead_threshold,started_at,tags) "
        "VALUES(?1,nullif(?2,0),?3,?4,?5,?6,?7,nullif(?8,''),nullif(?9,''),?10,?11,?12,?13,"
        "CASE WHEN ?14 THEN json_object('run',?14) END)"
        " ON CONFLICT(uid) DO UPDATE SET name=name RETURNING id";
    const struct tka_live_header *h = s->header;
    sqlite3_stmt *statement = prepare(s->writer, sql);
    int failed = -1;

    if (statement != NULL) {
        bind(statement, "tittttttttt" "dii", session->uid, (long long)parent, session->name,
             h->host, h->command, h->executable, h->directory, h->build_id, h->git_commit,
             TKA_VERSION, h->mode, h->overhead_threshold, (long long)session->started_at,
             (long long)h->run_id);
        failed = step(s->writer, statement, id);
    }
    sqlite3_finalize(statement);
    return failed;
}

static int end_session(struct store *s, sqlite3_int64 id, long long at, const char *kind,
                       int status, int status_known)
{
    sqlite3_stmt *statement =
        prepare(s->writer, "UPDATE session SET ended_at=max(coalesce(ended_at,0),?1),"
                           "exit_kind=CASE WHEN exit_kind IS NULL OR exit_kind='lost'"
                           " THEN ?2 ELSE exit_kind END,"
                           "exit_status=CASE WHEN ?3 THEN ?4 ELSE exit_status END"
                           " WHERE id=?5");
    sqlite3_int64 unused;
    int failed = -1;

    if (statement != NULL) {
        bind(statement, "itiii", at, kind, (long long)status_known, (long long)status,
             (long long)id);
        failed = step(s->writer, statement, &unused);
    }
    sqlite3_finalize(statement);
    return failed;
}

/* The run's session, the stretch's if one is open, and how they ended. */
static int store_sessions(struct store *s, const char *state)
{
    const struct tka_live_header *h = s->header;
    long long ended_at = h->started_at + h->wall_ns;

    if (store_session(s, &h->session, 0, &s->run) != 0) {
        return -1;
    }
    s->session = s->run;
    if (h->stretch.uid[0] != '\0') {
        if (store_session(s, &h->stretch, s->run, &s->session) != 0) {
            return -1;
        }
        if (h->stretch.ended_at != 0 &&
            end_session(s, s->session, h->stretch.ended_at, "stretch", 0, 0) != 0) {
            return -1;
        }
    }
    if (strcmp(state, "running") != 0 && h->session.pid == h->pid) {
        return end_session(s, s->run, ended_at, exit_name(h->exit_kind), h->exit_status,
                           h->exit_kind == TKA_EXIT_EXIT);
    }
    return 0;
}

static int store_process(struct store *s, const char *state)
{
    static const char sql[] =
        "INSERT INTO process(uid,session_id,pid,parent_pid,started_at,stored_at,state,clock,"
        "count_cost_ns,timed_cost_ns,cpu_ns,wall_ns,threads,lost_calls,lost_samples,"
        "lost_paths,note) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,nullif(?,'')) "
        "ON CONFLICT(uid) DO UPDATE SET stored_at=excluded.stored_at,state=excluded.state,"
        "cpu_ns=excluded.cpu_ns,wall_ns=excluded.wall_ns,threads=excluded.threads,"
        "lost_calls=excluded.lost_calls,lost_samples=excluded.lost_samples,"
        "lost_paths=excluded.lost_paths,note=excluded.note RETURNING id";
    static const char *const clocks[] = {"monotonic", "tsc", "cntvct"};
    const struct tka_live_header *h = s->header;
    sqlite3_stmt *statement = prepare(s->writer, sql);
    int failed = -1;

    if (statement != NULL) {
        bind(statement, "tiiiiittddiiiiiit", h->uid, (long long)s->run, (long long)h->pid,
             (long long)h->parent_pid, (long long)h->started_at,
             (long long)tkai_os_unix_ns(), state, clocks[h->clock < 3 ? h->clock : 0],
             h->count_cost_ns, h->timed_cost_ns, (long long)h->cpu_ns,
             (long long)h->wall_ns, (long long)h->threads, (long long)h->lost_calls,
             (long long)h->lost_samples, (long long)h->lost_paths, h->note);
        failed = step(s->writer, statement, &s->process);
    }
    sqlite3_finalize(statement);
    return failed;
}

static const char *kind_name(char kind)
{
    return kind == 'c' ? "critical" : kind == 'b' ? "block" : "function";
}

static long long number(const char *digits, int length)
{
    long long value = 0;

    for (int i = 0; i < length && i < 18 && digits[i] >= '0' && digits[i] <= '9'; i++) {
        value = 10 * value + (digits[i] - '0');
    }
    return value;
}

/* The row of a function, by what its text says. */
static int store_function(struct store *s, sqlite3_stmt *statement, uint32_t index)
{
    const char *field[7];
    int length[7];

    if (s->functions[index] != 0) {
        return 0;
    }
    for (int i = 0; i < 7; i++) {
        field[i] = tkai_text_field(s->collected->functions[index].text, i, &length[i]);
    }
    bind(statement, "nnniti", length[2], field[2], length[3], field[3], length[4], field[4],
         number(field[5], length[5]), kind_name(field[1][0]), number(field[6], length[6]));
    return step(s->writer, statement, &s->functions[index]);
}

static const char function_sql[] =
    "INSERT INTO function(name,function,file,line,kind,size) VALUES(?,?,?,?,?,?) "
    "ON CONFLICT(name,function,file,line,kind) DO UPDATE SET size=excluded.size RETURNING id";

static int store_build(struct store *s, const struct tka_live_module *module,
                       sqlite3_int64 *id)
{
    sqlite3_stmt *statement =
        prepare(s->writer, "INSERT INTO build(build_id,path,seen_at) VALUES(?,?,?) "
                           "ON CONFLICT(build_id,path) DO UPDATE SET seen_at=excluded.seen_at"
                           " RETURNING id");
    int failed = -1;

    if (statement != NULL) {
        bind(statement, "tti", module->build_id[0] ? module->build_id : "none",
             module->path, (long long)s->header->session.started_at);
        failed = step(s->writer, statement, id);
    }
    sqlite3_finalize(statement);
    return failed;
}

/* 1 the build's annotations are known from an earlier store, 0 not, -1 failed. */
static int link_build(struct store *s, sqlite3_int64 build)
{
    sqlite3_stmt *statement = prepare(
        s->writer, "INSERT OR IGNORE INTO session_build(session_id,build_id) VALUES(?,?)");
    sqlite3_int64 unused;
    int result = -1;

    if (statement != NULL) {
        bind(statement, "ii", (long long)s->run, (long long)build);
        result = step(s->writer, statement, &unused);
        if (result == 0) {
            result = sqlite3_changes(s->writer->db) == 0;
        }
    }
    sqlite3_finalize(statement);
    return result;
}

static int store_annotations(struct store *s, uint32_t module, sqlite3_int64 build,
                             sqlite3_stmt *functions)
{
    const struct tkai_collected *c = s->collected;
    sqlite3_stmt *statement = prepare(
        s->writer, "INSERT INTO annotation(build_id,function_id,reason) VALUES(?,?,?) "
                   "ON CONFLICT DO UPDATE SET reason='' WHERE excluded.reason=''");
    int failed = statement == NULL ? -1 : 0;

    for (uint32_t i = 0; failed == 0 && i < c->annotation_count; i++) {
        uint32_t function = c->annotations[i].function;
        sqlite3_int64 unused;
        const char *reason;
        int length;

        if (c->annotations[i].module != module) {
            continue;
        }
        failed = store_function(s, functions, function);
        if (failed == 0) {
            reason = tkai_text_field(c->functions[function].text, 7, &length);
            bind(statement, "iin", (long long)build, (long long)s->functions[function],
                 length, reason);
            failed = step(s->writer, statement, &unused);
        }
    }
    sqlite3_finalize(statement);
    return failed;
}

static int store_builds(struct store *s, sqlite3_stmt *functions)
{
    for (uint32_t i = 0; i < s->collected->module_count; i++) {
        sqlite3_int64 build;
        int known;

        if (store_build(s, s->collected->modules[i], &build) != 0) {
            return -1;
        }
        known = link_build(s, build);
        if (known < 0 ||
            (known == 0 && store_annotations(s, i, build, functions) != 0)) {
            return -1;
        }
    }
    return 0;
}

/* --- measurements ------------------------------------------------------- */

/* What the process's other sessions have of a function is not this one's. */
static int subtract_others(struct store *s, sqlite3_stmt *statement,
                           struct tkai_function *f, uint32_t index)
{
    double scale = s->header->ns_per_tick;
    int code;

    bind(statement, "iii", (long long)s->process, (long long)s->session,
         (long long)s->functions[index]);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const void *blob = sqlite3_column_blob(statement, 6);

        f->calls -= (uint64_t)sqlite3_column_int64(statement, 0);
        f->samples -= (uint64_t)sqlite3_column_int64(statement, 1);
        f->weight -= (uint64_t)sqlite3_column_int64(statement, 2);
        f->total -= to_ticks(s, sqlite3_column_int64(statement, 3));
        f->outer -= to_ticks(s, sqlite3_column_int64(statement, 7));
        f->self -= to_ticks(s, sqlite3_column_int64(statement, 3) -
                                   sqlite3_column_int64(statement, 4));
        f->variance -= sqlite3_column_double(statement, 5) / (scale * scale);
        if (blob != NULL && f->buckets != NULL) {
            tkai_blob_subtract(blob, (size_t)sqlite3_column_bytes(statement, 6),
                               f->buckets);
        }
    }
    sqlite3_reset(statement);
    if (code != SQLITE_DONE) {
        return fail(s->writer);
    }
    f->variance = f->variance > 0 ? f->variance : 0;
    return 0;
}

static void bind_function(struct store *s, sqlite3_stmt *statement,
                          const struct tkai_function *f, uint32_t index,
                          unsigned char *blob)
{
    double scale = s->header->ns_per_tick;

    bind(statement, "iiiiiiiiixxd", (long long)s->process, (long long)s->session,
         (long long)s->functions[index], (long long)f->calls, (long long)f->samples,
         (long long)f->weight, to_ns(s, f->total), to_ns(s, f->outer),
         to_ns(s, f->total) - to_ns_signed(s, f->self), f->variance * scale * scale);
    if (f->samples > 0) {
        sqlite3_bind_int64(statement, 10, to_ns(s, f->min));
        sqlite3_bind_int64(statement, 11, to_ns(s, f->max));
    }
    if (f->samples > 0 && f->buckets != NULL) {
        size_t size = tkai_blob_write(blob, f->buckets);

        sqlite3_bind_blob(statement, 13, blob, (int)size, NULL);
    } else {
        sqlite3_bind_null(statement, 13);
    }
}

static int store_functions(struct store *s, sqlite3_stmt *functions)
{
    static const char sql[] =
        "INSERT OR REPLACE INTO measurement(process_id,session_id,function_id,calls,samples,"
        "weight,total_ns,outer_ns,child_ns,min_ns,max_ns,variance,histogram) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)";
    static const char others_sql[] =
        "SELECT calls,samples,weight,total_ns,child_ns,variance,histogram,outer_ns FROM "
        "measurement WHERE process_id=? AND session_id<>? AND function_id=?";
    const struct tkai_collected *c = s->collected;
    unsigned char *blob = tkai_scratch_take(&s->scratch, TKAI_BLOB_MOST);
    sqlite3_stmt *statement = prepare(s->writer, sql);
    sqlite3_stmt *others = prepare(s->writer, others_sql);
    int failed = statement == NULL || others == NULL || blob == NULL ? -1 : 0;

    for (uint32_t i = 0; failed == 0 && i < c->function_count; i++) {
        struct tkai_function f = c->functions[i];
        sqlite3_int64 unused;

        if (f.calls == 0) {
            continue;
        }
        failed = store_function(s, functions, i);
        if (failed == 0 && s->has_others) {
            failed = subtract_others(s, others, &f, i);
        }
        if (failed == 0 && f.calls > 0) {
            bind_function(s, statement, &f, i, blob);
            failed = step(s->writer, statement, &unused);
        }
    }
    sqlite3_finalize(statement);
    sqlite3_finalize(others);
    return failed;
}

static int subtract_other_paths(struct store *s, sqlite3_stmt *statement,
                                struct tkai_path *p, sqlite3_int64 id)
{
    int code;

    bind(statement, "iii", (long long)s->process, (long long)s->session, (long long)id);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        p->samples -= (uint64_t)sqlite3_column_int64(statement, 0);
        p->weight -= (uint64_t)sqlite3_column_int64(statement, 1);
        p->total -= to_ticks(s, sqlite3_column_int64(statement, 2));
        p->child -= to_ticks(s, sqlite3_column_int64(statement, 3));
    }
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : fail(s->writer);
}

struct path_statements {
    sqlite3_stmt *path, *measurement, *others;
};

static int store_path(struct store *s, const struct path_statements *sql,
                      sqlite3_stmt *functions, sqlite3_int64 *ids, uint32_t index)
{
    struct tkai_path p = s->collected->paths[index];
    sqlite3_int64 unused;

    if (store_function(s, functions, p.function) != 0) {
        return -1;
    }
    bind(sql->path, "ii", (long long)ids[p.parent], (long long)s->functions[p.function]);
    if (step(s->writer, sql->path, &ids[index]) != 0) {
        return -1;
    }
    if (s->has_others && subtract_other_paths(s, sql->others, &p, ids[index]) != 0) {
        return -1;
    }
    if ((p.samples | p.total | p.child) == 0) {
        return 0;
    }
    bind(sql->measurement, "iiiiiii", (long long)s->process, (long long)s->session,
         (long long)ids[index], (long long)p.samples, (long long)p.weight,
         to_ns_signed(s, p.total), to_ns_signed(s, p.child));
    return step(s->writer, sql->measurement, &unused);
}

static int store_paths(struct store *s, sqlite3_stmt *functions)
{
    struct path_statements sql = {
        prepare(s->writer, "INSERT INTO callpath(parent_id,function_id) VALUES(?,?) "
                           "ON CONFLICT(parent_id,function_id) DO UPDATE SET "
                           "parent_id=parent_id RETURNING id"),
        prepare(s->writer, "INSERT OR REPLACE INTO path_measurement(process_id,session_id,"
                           "callpath_id,samples,weight,total_ns,child_ns) "
                           "VALUES(?,?,?,?,?,?,?)"),
        prepare(s->writer, "SELECT samples,weight,total_ns,child_ns FROM path_measurement "
                           "WHERE process_id=? AND session_id<>? AND callpath_id=?")};
    uint32_t count = s->collected->path_count;
    sqlite3_int64 *ids = tkai_scratch_take(&s->scratch, (count + 1) * sizeof *ids);
    int failed = sql.path == NULL || sql.measurement == NULL || sql.others == NULL ||
                 ids == NULL ? -1 : 0;

    for (uint32_t i = 1; failed == 0 && i < count; i++) {
        failed = store_path(s, &sql, functions, ids, i);
    }
    sqlite3_finalize(sql.path);
    sqlite3_finalize(sql.measurement);
    sqlite3_finalize(sql.others);
    return failed;
}

static int find_others(struct store *s)
{
    sqlite3_stmt *statement =
        prepare(s->writer, "SELECT count(*) FROM measurement WHERE process_id=? AND "
                           "session_id<>?");
    sqlite3_int64 count = 0;
    int failed = -1;

    if (statement != NULL) {
        bind(statement, "ii", (long long)s->process, (long long)s->session);
        failed = step(s->writer, statement, &count);
    }
    sqlite3_finalize(statement);
    s->has_others = count > 0;
    return failed;
}

static int store_all(struct store *s, const char *state)
{
    sqlite3_stmt *functions = prepare(s->writer, function_sql);
    int failed = -1;

    s->functions = tkai_scratch_take(
        &s->scratch, (s->collected->function_count + 1) * sizeof *s->functions);
    if (functions != NULL && s->functions != NULL) {
        failed = store_sessions(s, state) != 0 || store_process(s, state) != 0 ||
                 find_others(s) != 0 || store_builds(s, functions) != 0 ||
                 store_functions(s, functions) != 0 || store_paths(s, functions) != 0;
    }
    sqlite3_finalize(functions);
    return failed ? -1 : 0;
}

int tkai_dbwriter_store(struct tkai_dbwriter *writer, const struct tka_live_header *header,
                        const struct tkai_collected *collected, const char *state,
                        char *error, size_t error_size)
{
    struct store store = {.writer = writer, .header = header, .collected = collected};
    int failed;

    error[0] = '\0';
    writer->error = error;
    writer->error_size = error_size;
    if (run_sql(writer, "BEGIN IMMEDIATE") != 0) {
        return -1;
    }
    failed = store_all(&store, state);
    if (failed == 0) {
        failed = run_sql(writer, "COMMIT");
    }
    if (failed != 0) {
        sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
    }
    tkai_scratch_release(&store.scratch);
    return failed;
}

int tkai_dbwriter_set_exit(struct tkai_dbwriter *writer, int pid, long long started_after,
                           const char *kind, int status)
{
    sqlite3_stmt *statement =
        prepare(writer, "UPDATE session SET exit_kind=?1,exit_status=?2,"
                        "ended_at=coalesce(ended_at,?3) WHERE id IN (SELECT session_id FROM "
                        "process WHERE pid=?4 AND started_at>=?5)");
    sqlite3_int64 unused;
    int failed = -1;

    if (statement != NULL) {
        bind(statement, "tiiii", kind, (long long)status, (long long)tkai_os_unix_ns(),
             (long long)pid, started_after);
        failed = step(writer, statement, &unused);
    }
    sqlite3_finalize(statement);
    return failed;
}
