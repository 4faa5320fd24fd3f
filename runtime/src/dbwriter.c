#include "dbwriter.h"

#include <stdio.h>
#include <string.h>

#include "blob.h"
#include "dbcache.h"
#include "dbmemory.h"
#include "dbroles.h"
#include "dbservice.h"
#include "glob.h"
#include "os.h"

/* Ids of what is being stored. */
struct store {
    struct tkai_db *db;
    const struct tka_live_header *header;
    const struct tkai_collected *collected;
    struct tkai_scratch scratch;
    long long run, session, process;    /* run: the session of the whole run */
    struct tkai_statement *find_function, *add_function, *find_path, *add_path;
    long long *functions;               /* 0: not asked for yet */
    long long *paths;
    int has_others;                     /* rows of the process in other sessions */
    int new_builds;                     /* met in this session for the first time */
    int is_new;                         /* the process had no row: all is to be written */
    const struct tkai_ours *ours;    /* NULL: another process's file */
};

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
static uint64_t to_ticks(const struct store *s, long long ns)
{
    double ticks = (double)ns / s->header->ns_per_tick;

    if (!(ticks > -9e18 && ticks < 9e18)) {
        return 0;
    }
    return (uint64_t)(int64_t)ticks;
}

/* The scale is refined meanwhile: what is left may come out below zero. */
static void subtract(uint64_t *from, uint64_t ticks)
{
    *from -= ticks < *from ? ticks : *from;
}

static const char *exit_name(uint32_t kind)
{
    return kind == TKA_EXIT_EXIT ? "exit" : kind == TKA_EXIT_SIGNAL ? "signal" : "lost";
}

static int store_session(struct store *s, const struct tka_live_session *session,
                         long long parent, long long *id)
{
    static const char sql[] =
        "INSERT INTO session(uid,parent_id,name,host,command,executable,directory,"
        "build_id,git_commit,tka_version,mode,overhead_threshold,started_at,tags) "
        "VALUES(?1,nullif(?2,0),?3,?4,?5,?6,?7,nullif(?8,''),nullif(?9,''),?10,?11,?12,?13,"
        "CASE WHEN ?14 THEN json_object('run',?14) END)"
        " ON CONFLICT(uid) DO UPDATE SET name=name RETURNING id";
    const struct tka_live_header *h = s->header;
    struct tkai_statement *statement = tkai_db_prepare(s->db, sql);
    int failed = -1;

    if (statement != NULL) {
        tkai_db_bind(statement, "tittttttttt" "dii", session->uid, (long long)parent, session->name,
             h->host, h->command, h->executable, h->directory, h->build_id, h->git_commit,
             TKA_VERSION, h->mode, h->overhead_threshold, (long long)session->started_at,
             (long long)h->run_id);
        failed = tkai_db_step(s->db, statement, id);
    }
    tkai_db_finalize(statement);
    return failed;
}

static int end_session(struct store *s, long long id, long long at, const char *kind,
                       int status, int status_known)
{
    struct tkai_statement *statement =
        tkai_db_prepare(s->db, "UPDATE session SET ended_at=max(coalesce(ended_at,0),?1),"
                           "exit_kind=CASE WHEN exit_kind IS NULL OR exit_kind='lost'"
                           " THEN ?2 ELSE exit_kind END,"
                           "exit_status=CASE WHEN ?3 THEN ?4 ELSE exit_status END"
                           " WHERE id=?5");
    long long unused;
    int failed = -1;

    if (statement != NULL) {
        tkai_db_bind(statement, "itiii", at, kind, (long long)status_known, (long long)status,
             (long long)id);
        failed = tkai_db_step(s->db, statement, &unused);
    }
    tkai_db_finalize(statement);
    return failed;
}

/* How the process ended that began the session nobody knows if it profiled nothing
 * itself: then the session ends with its last child. */
static int prolong_session(struct store *s, long long at)
{
    long long unused;

    return tkai_db_ask(s->db, &unused,
                       "UPDATE session SET ended_at=max(coalesce(ended_at,0),?1) WHERE id=?2 "
                       "AND NOT EXISTS (SELECT 1 FROM process WHERE session_id=?2 AND "
                       "pid=?3)",
                       "iii", at, s->run, (long long)s->header->session.pid);
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
    if (strcmp(state, "running") == 0) {
        return 0;
    }
    return h->session.pid == h->pid
               ? end_session(s, s->run, ended_at, exit_name(h->exit_kind), h->exit_status,
                             h->exit_kind == TKA_EXIT_EXIT)
               : prolong_session(s, ended_at);
}

static int store_process(struct store *s, const char *state)
{
    static const char sql[] =
        "INSERT INTO process(uid,session_id,pid,parent_pid,started_at,stored_at,state,clock,"
        "count_cost_ns,timed_cost_ns,cpu_ns,wall_ns,threads,lost_calls,lost_samples,"
        "lost_paths,note,mode) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,nullif(?,''),?) "
        "ON CONFLICT(uid) DO UPDATE SET stored_at=excluded.stored_at,state=excluded.state,"
        "cpu_ns=excluded.cpu_ns,wall_ns=excluded.wall_ns,threads=excluded.threads,"
        "lost_calls=excluded.lost_calls,lost_samples=excluded.lost_samples,"
        "lost_paths=excluded.lost_paths,note=excluded.note,mode=excluded.mode,"
        "timed_cost_ns=excluded.timed_cost_ns RETURNING id";
    static const char *const clocks[] = {"monotonic", "tsc", "cntvct"};
    const struct tka_live_header *h = s->header;
    struct tkai_statement *statement = tkai_db_prepare(s->db, sql);
    long long known;
    int failed = -1;

    if (statement != NULL &&
        tkai_db_ask(s->db, &known, "SELECT id FROM process WHERE uid=?", "t", h->uid) == 0) {
        s->is_new = known == 0;
        tkai_db_bind(statement, "tiiiiittddiiiiiitt", h->uid, (long long)s->run, (long long)h->pid,
             (long long)h->parent_pid, (long long)h->started_at,
             (long long)tkai_os_unix_ns(), state, clocks[h->clock < 3 ? h->clock : 0],
             h->count_cost_ns, h->timed_cost_ns, (long long)h->cpu_ns,
             (long long)h->wall_ns, (long long)h->threads, (long long)h->lost_calls,
             (long long)h->lost_samples, (long long)h->lost_paths, h->note, h->mode);
        failed = tkai_db_step(s->db, statement, &s->process);
    }
    tkai_db_finalize(statement);
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

/* The id of a row that is mostly there: found, or else added. Both statements take the
 * same values, the first of them its key only. */
static int find_or_add(struct store *s, struct tkai_statement *find,
                       struct tkai_statement *add, long long *id)
{
    if (tkai_db_step(s->db, find, id) != 0) {
        return -1;
    }
    return *id != 0 ? 0 : tkai_db_step(s->db, add, id);
}

static void bind_function_key(const char *text, struct tkai_statement *statement)
{
    const char *field[7];
    int length[7];

    for (int i = 0; i < 7; i++) {
        field[i] = tkai_site_field(text, i, &length[i]);
    }
    tkai_db_bind(statement, "nnniti", length[2], field[2], length[3], field[3], length[4],
                 field[4], number(field[5], length[5]), kind_name(field[1][0]),
                 number(field[6], length[6]));
}

/* The row of a function, by what its text says. */
static int store_function(struct store *s, uint32_t index)
{
    const char *text = s->collected->functions[index].text;

    if (s->functions[index] != 0) {
        return 0;
    }
    bind_function_key(text, s->find_function);
    bind_function_key(text, s->add_function);
    return find_or_add(s, s->find_function, s->add_function, &s->functions[index]);
}

static const char find_function_sql[] =
    "SELECT id FROM function WHERE name=?1 AND function=?2 AND file=?3 AND line=?4 AND "
    "kind=?5 AND ?6>=0";
static const char add_function_sql[] =
    "INSERT INTO function(name,function,file,line,kind,size) VALUES(?,?,?,?,?,?) "
    "RETURNING id";

static int store_build(struct store *s, const struct tka_live_module *module,
                       long long *id)
{
    struct tkai_statement *statement =
        tkai_db_prepare(s->db, "INSERT INTO build(build_id,path,seen_at) VALUES(?,?,?) "
                           "ON CONFLICT(build_id,path) DO UPDATE SET seen_at=excluded.seen_at"
                           " RETURNING id");
    int failed = -1;

    if (statement != NULL) {
        tkai_db_bind(statement, "tti", module->build_id[0] ? module->build_id : "none",
             module->path, (long long)s->header->session.started_at);
        failed = tkai_db_step(s->db, statement, id);
    }
    tkai_db_finalize(statement);
    return failed;
}

/* 1 the build's annotations are known from an earlier store, 0 not, -1 failed. */
static int link_build(struct store *s, long long build)
{
    struct tkai_statement *statement = tkai_db_prepare(
        s->db, "INSERT OR IGNORE INTO session_build(session_id,build_id) VALUES(?,?)");
    long long unused;
    int result = -1;

    if (statement != NULL) {
        tkai_db_bind(statement, "ii", (long long)s->run, (long long)build);
        result = tkai_db_step(s->db, statement, &unused);
        if (result == 0) {
            result = tkai_db_changes(s->db) == 0;
        }
    }
    tkai_db_finalize(statement);
    return result;
}

static int store_annotations(struct store *s, uint32_t module, long long build)
{
    const struct tkai_collected *c = s->collected;
    struct tkai_statement *statement = tkai_db_prepare(
        s->db, "INSERT INTO annotation(build_id,function_id,reason) VALUES(?,?,?) "
                   "ON CONFLICT DO UPDATE SET reason='' WHERE excluded.reason=''");
    int failed = statement == NULL ? -1 : 0;

    for (uint32_t i = 0; failed == 0 && i < c->annotation_count; i++) {
        uint32_t function = c->annotations[i].function;
        long long unused;
        const char *reason;
        int length;

        if (c->annotations[i].module != module) {
            continue;
        }
        failed = store_function(s, function);
        if (failed == 0) {
            reason = tkai_site_field(c->functions[function].text, 7, &length);
            tkai_db_bind(statement, "iin", (long long)build, (long long)s->functions[function],
                 length, reason);
            failed = tkai_db_step(s->db, statement, &unused);
        }
    }
    tkai_db_finalize(statement);
    return failed;
}

static int store_builds(struct store *s)
{
    for (uint32_t i = 0; i < s->collected->module_count; i++) {
        long long build;
        int known;

        if (store_build(s, s->collected->modules[i], &build) != 0) {
            return -1;
        }
        known = link_build(s, build);
        s->new_builds |= known == 0;
        if (known < 0 ||
            (known == 0 && store_annotations(s, i, build) != 0)) {
            return -1;
        }
    }
    return 0;
}

/* --- measurements ------------------------------------------------------- */

/* What the process's other sessions have of a function is not this one's. */
static int subtract_others(struct store *s, struct tkai_statement *statement,
                           struct tkai_function *f, double *timing_ns, uint32_t index)
{
    double scale = s->header->ns_per_tick;
    int code;

    tkai_db_bind(statement, "iii", (long long)s->process, (long long)s->session,
         (long long)s->functions[index]);
    while ((code = tkai_db_next(s->db, statement)) == 1) {
        size_t size;
        const void *blob = tkai_db_blob(statement, 6, &size);

        f->calls -= (uint64_t)tkai_db_integer(statement, 0);
        f->samples -= (uint64_t)tkai_db_integer(statement, 1);
        f->weight -= (uint64_t)tkai_db_integer(statement, 2);
        subtract(&f->total, to_ticks(s, tkai_db_integer(statement, 3)));
        subtract(&f->outer, to_ticks(s, tkai_db_integer(statement, 7)));
        f->self -= to_ticks(s, tkai_db_integer(statement, 3) -
                                   tkai_db_integer(statement, 4));
        f->variance -= tkai_db_real(statement, 5) / (scale * scale);
        f->cpu_ns -= (uint64_t)tkai_db_integer(statement, 8);
        subtract(&f->cpu_wall, to_ticks(s, tkai_db_integer(statement, 9)));
        f->slow_calls -= (uint64_t)tkai_db_integer(statement, 10);
        f->off_ns -= tkai_db_integer(statement, 11);
        *timing_ns -= tkai_db_real(statement, 12);
        f->rare_weight -= tkai_db_real(statement, 13);
        f->rare_ticks -= tkai_db_real(statement, 14) / scale;
        if (blob != NULL && f->buckets != NULL) {
            tkai_blob_subtract(blob, size,
                               f->buckets);
        }
    }
    if (code != 0) {
        return -1;
    }
    f->variance = f->variance > 0 ? f->variance : 0;
    if (!(f->rare_weight > 0.5 && f->rare_ticks > 0)) {
        f->rare_weight = f->rare_ticks = 0;
    }
    return 0;
}

/* What timing a call costs where every one is: the longer it takes, the more of the
 * probes is hidden behind its own work. */
static double each_cost(const struct tka_live_header *header, double self_ns)
{
    double hidden = header->each_cost_ns - header->each_long_cost_ns;
    double share = header->long_call_ns > 0 ? self_ns / header->long_call_ns : 0;

    share = share < 0 ? 0 : share;
    return header->each_cost_ns - hidden * (share < 1 ? share : 1);
}

/* What timing its calls cost. */
static double timing_cost(const struct store *s, const struct tkai_function *f)
{
    uint64_t rare = f->rare < f->samples ? f->rare : f->samples;
    double self_ns =
        f->weight > 0 ? (double)to_ns_signed(s, f->self) / (double)f->weight : 0;

    return (double)(f->samples - rare) * each_cost(s->header, self_ns) +
           (double)rare * s->header->rare_cost_ns +
           (double)f->cpu_readings * s->header->cpu_cost_ns;
}

static void bind_function(struct store *s, struct tkai_statement *statement,
                          const struct tkai_function *f, double timing_ns, uint32_t index,
                          unsigned char *blob)
{
    static const char *const reasons[] = {NULL, "budget", "request"};
    double scale = s->header->ns_per_tick;
    size_t size = f->samples > 0 && f->buckets != NULL ? tkai_blob_write(blob, f->buckets)
                                                       : 0;

    tkai_db_bind(statement, "iiiiiiiii" "iidb" "diiiitdd", (long long)s->process,
                 (long long)s->session, (long long)s->functions[index],
                 (long long)f->calls, (long long)f->samples, (long long)f->weight,
                 to_ns(s, f->total), to_ns(s, f->outer),
                 to_ns(s, f->total) - to_ns_signed(s, f->self), to_ns(s, f->min),
                 to_ns(s, f->max), f->variance * scale * scale, (int)size, blob,
                 timing_ns > 0 ? timing_ns : 0.0, (long long)f->cpu_ns,
                 to_ns(s, f->cpu_wall), (long long)f->slow_calls, (long long)f->off_ns,
                 reasons[f->off_reason <= TKA_OFF_REQUEST ? f->off_reason : 0],
                 f->rare_weight, f->rare_ticks * scale);
}

/* Whether nothing has changed since the process's last store while it ran, so that what
 * its rows say still holds. */
static int is_stored(const struct store *s, uint32_t function)
{
    const struct tkai_function *f = &s->collected->functions[function];

    return s->ours != NULL && s->ours->only_changes && !s->is_new &&
           tkai_interval_is_past(s->ours->past, function, f) &&
           f->off_reason == TKA_OFF_NOT;
}

static int store_functions(struct store *s)
{
    static const char sql[] =
        "INSERT OR REPLACE INTO measurement(process_id,session_id,function_id,calls,samples,"
        "weight,total_ns,outer_ns,child_ns,min_ns,max_ns,variance,histogram,timing_ns,cpu_ns,"
        "cpu_wall_ns,slow_calls,off_ns,off_reason,rare_weight,rare_ns) "
        "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,"
        "CASE WHEN ?5>0 THEN ?10 END,CASE WHEN ?5>0 THEN ?11 END,?12,nullif(?13,x''),?14,"
        "?15,?16,?17,?18,?19,?20,?21)";
    static const char others_sql[] =
        "SELECT calls,samples,weight,total_ns,child_ns,variance,histogram,outer_ns,cpu_ns,"
        "cpu_wall_ns,slow_calls,off_ns,timing_ns,rare_weight,rare_ns FROM measurement "
        "WHERE process_id=? AND session_id<>? AND function_id=?";
    const struct tkai_collected *c = s->collected;
    unsigned char *blob = tkai_scratch_take(&s->scratch, TKAI_BLOB_MOST);
    struct tkai_statement *statement = tkai_db_prepare(s->db, sql);
    struct tkai_statement *others = tkai_db_prepare(s->db, others_sql);
    int failed = statement == NULL || others == NULL || blob == NULL ? -1 : 0;

    for (uint32_t i = 0; failed == 0 && i < c->function_count; i++) {
        struct tkai_function f = c->functions[i];
        double timing_ns = timing_cost(s, &f);
        long long unused;

        if (f.calls == 0 || is_stored(s, i)) {
            continue;
        }
        failed = store_function(s, i);
        if (failed == 0 && s->has_others) {
            failed = subtract_others(s, others, &f, &timing_ns, i);
        }
        if (failed == 0 && f.calls > 0) {
            bind_function(s, statement, &f, timing_ns, i, blob);
            failed = tkai_db_step(s->db, statement, &unused);
        }
    }
    tkai_db_finalize(statement);
    tkai_db_finalize(others);
    return failed;
}

static int subtract_other_paths(struct store *s, struct tkai_statement *statement,
                                struct tkai_path *p, long long id)
{
    int code;

    tkai_db_bind(statement, "iii", (long long)s->process, (long long)s->session, (long long)id);
    while ((code = tkai_db_next(s->db, statement)) == 1) {
        p->samples -= (uint64_t)tkai_db_integer(statement, 0);
        p->weight -= (uint64_t)tkai_db_integer(statement, 1);
        p->total -= to_ticks(s, tkai_db_integer(statement, 2));
        p->child -= to_ticks(s, tkai_db_integer(statement, 3));
    }
    return code;
}

struct path_statements {
    struct tkai_statement *measurement, *others;
};

/* The row of a path, and those of the paths that lead to it. */
static int find_path(struct store *s, uint32_t index)
{
    const struct tkai_path *p = &s->collected->paths[index];

    if (index == 0 || s->paths[index] != 0) {
        return 0;
    }
    if (find_path(s, p->parent) != 0 || store_function(s, p->function) != 0) {
        return -1;
    }
    tkai_db_bind(s->find_path, "ii", s->paths[p->parent], s->functions[p->function]);
    tkai_db_bind(s->add_path, "ii", s->paths[p->parent], s->functions[p->function]);
    return find_or_add(s, s->find_path, s->add_path, &s->paths[index]);
}

static int store_path(struct store *s, const struct path_statements *sql, uint32_t index)
{
    struct tkai_path p = s->collected->paths[index];
    long long unused;

    if (find_path(s, index) != 0) {
        return -1;
    }
    if (s->has_others && subtract_other_paths(s, sql->others, &p, s->paths[index]) != 0) {
        return -1;
    }
    if ((p.samples | p.total | p.child) == 0) {
        return 0;
    }
    tkai_db_bind(sql->measurement, "iiiiiii", s->process, s->session, s->paths[index],
                 (long long)p.samples, (long long)p.weight, to_ns_signed(s, p.total),
                 to_ns_signed(s, p.child));
    return tkai_db_step(s->db, sql->measurement, &unused);
}

/* Of a function that was not called nothing has changed, but for what callees that were
 * still open add to its paths; that is written when it is called again, or at the end. */
static int store_each_path(struct store *s, const struct path_statements *sql)
{
    int failed = 0;

    for (uint32_t i = 1; failed == 0 && i < s->collected->path_count; i++) {
        if (!is_stored(s, s->collected->paths[i].function)) {
            failed = store_path(s, sql, i);
        }
    }
    for (uint32_t i = 0; failed == 0 && i < s->collected->capture_count; i++) {
        const struct tkai_capture *capture = &s->collected->captures[i];

        failed = find_path(s, capture->path);
        for (uint32_t n = 0; failed == 0 && n < capture->source->event_count; n++) {
            failed = find_path(s, capture->event_paths[n]);
        }
    }
    return failed;
}

static int store_paths(struct store *s)
{
    struct path_statements sql = {
        tkai_db_prepare(s->db, "INSERT OR REPLACE INTO path_measurement(process_id,"
                               "session_id,callpath_id,samples,weight,total_ns,child_ns) "
                               "VALUES(?,?,?,?,?,?,?)"),
        tkai_db_prepare(s->db, "SELECT samples,weight,total_ns,child_ns FROM "
                               "path_measurement WHERE process_id=? AND session_id<>? AND "
                               "callpath_id=?")};
    int failed = -1;

    if (sql.measurement != NULL && sql.others != NULL) {
        failed = store_each_path(s, &sql);
    }
    tkai_db_finalize(sql.measurement);
    tkai_db_finalize(sql.others);
    return failed;
}

static int find_others(struct store *s)
{
    struct tkai_statement *statement =
        tkai_db_prepare(s->db, "SELECT EXISTS (SELECT 1 FROM measurement WHERE process_id=?1 "
                               "AND session_id<>?2) OR EXISTS (SELECT 1 FROM "
                               "memory_measurement WHERE process_id=?1 AND session_id<>?2)");
    long long count = 0;
    int failed = -1;

    if (statement != NULL) {
        tkai_db_bind(statement, "ii", (long long)s->process, (long long)s->session);
        failed = tkai_db_step(s->db, statement, &count);
    }
    tkai_db_finalize(statement);
    s->has_others = count > 0;
    return failed;
}

static const char find_path_sql[] =
    "SELECT id FROM callpath WHERE parent_id=? AND function_id=?";
static const char add_path_sql[] =
    "INSERT INTO callpath(parent_id,function_id) VALUES(?,?) RETURNING id";

static int prepare(struct store *s)
{
    s->find_function = tkai_db_prepare(s->db, find_function_sql);
    s->add_function = tkai_db_prepare(s->db, add_function_sql);
    s->find_path = tkai_db_prepare(s->db, find_path_sql);
    s->add_path = tkai_db_prepare(s->db, add_path_sql);
    s->functions = tkai_scratch_take(
        &s->scratch, (s->collected->function_count + 1) * sizeof *s->functions);
    s->paths = tkai_scratch_take(&s->scratch,
                                 (s->collected->path_count + 1) * sizeof *s->paths);
    return s->find_function != NULL && s->add_function != NULL && s->find_path != NULL &&
                   s->add_path != NULL && !s->scratch.failed
               ? 0
               : -1;
}

static void release(struct store *s)
{
    tkai_db_finalize(s->find_function);
    tkai_db_finalize(s->add_function);
    tkai_db_finalize(s->find_path);
    tkai_db_finalize(s->add_path);
    tkai_scratch_release(&s->scratch);
}

int tkai_stored_function(const struct tkai_stored *stored, uint32_t index, long long *id)
{
    struct store *s = stored->writer;
    int failed = store_function(s, index);

    *id = s->functions[index];
    return failed;
}

int tkai_stored_path(const struct tkai_stored *stored, uint32_t index, long long *id)
{
    struct store *s = stored->writer;
    int failed = find_path(s, index);

    *id = s->paths[index];
    return failed;
}

static int store_all(struct store *s, const char *state)
{
    struct tkai_stored stored;

    if (prepare(s) != 0 || store_sessions(s, state) != 0 || store_process(s, state) != 0 ||
        find_others(s) != 0 || store_builds(s) != 0 || store_functions(s) != 0 ||
        store_paths(s) != 0) {
        return -1;
    }
    stored = (struct tkai_stored){.db = s->db,
                                  .header = s->header,
                                  .collected = s->collected,
                                  .scratch = &s->scratch,
                                  .process = s->process,
                                  .session = s->session,
                                  .functions = s->functions,
                                  .paths = s->paths,
                                  .has_others = s->has_others,
                                  .is_new = s->is_new,
                                  .writer = s};
    if ((s->new_builds && tkai_roles_store(&stored) != 0) ||
        tkai_caches_store(&stored, s->ours) != 0 || tkai_events_store(&stored) != 0 ||
        tkai_memory_store(&stored, s->ours) != 0 || tkai_services_store(&stored, s->ours) != 0) {
        return -1;
    }
    return s->ours != NULL ? tkai_events_store_ours(&stored, s->ours) : 0;
}

int tkai_dbwriter_store(struct tkai_db *db, const struct tka_live_header *header,
                        const struct tkai_collected *collected,
                        const struct tkai_ours *ours, const char *state, char *error,
                        size_t error_size)
{
    struct store store = {
        .db = db, .header = header, .collected = collected, .ours = ours};
    int failed;

    error[0] = '\0';
    tkai_db_report_to(db, error, error_size);
    if (tkai_db_run(db, "BEGIN IMMEDIATE") != 0) {
        return -1;
    }
    failed = store_all(&store, state);
    if (failed == 0) {
        failed = tkai_db_run(db, "COMMIT");
    }
    if (failed != 0) {
        tkai_db_rollback(db);
    }
    release(&store);
    return failed;
}

int tkai_dbwriter_set_exit(struct tkai_db *db, int pid, long long started_after,
                           const char *kind, int status)
{
    struct tkai_statement *statement =
        tkai_db_prepare(db, "UPDATE session SET exit_kind=?1,exit_status=?2,"
                        "ended_at=coalesce(ended_at,?3) WHERE id IN (SELECT session_id FROM "
                        "process WHERE pid=?4 AND started_at>=?5)");
    long long unused;
    int failed = -1;

    if (statement != NULL) {
        tkai_db_bind(statement, "tiiii", kind, (long long)status, (long long)tkai_os_unix_ns(),
             (long long)pid, started_after);
        failed = tkai_db_step(db, statement, &unused);
    }
    tkai_db_finalize(statement);
    return failed;
}
