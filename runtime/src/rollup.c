#include "rollup.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "blob.h"
#include "dbcache.h"
#include "os.h"
#include "scratch.h"

#define SECOND 1000000000ll
#define MINUTE (60 * SECOND)
#define HOUR (3600 * SECOND)
#define DAY (86400 * SECOND)

/* How long each resolution is kept, from the finest on, and what it becomes. */
static const struct {
    long long keep_ns;
    int seconds;                    /* of the rows; 0: intervals */
    int next_seconds;
} levels[] = {{15 * MINUTE, 0, 60}, {DAY, 60, 3600}, {30 * DAY, 3600, 86400}};
#define LEVELS (sizeof levels / sizeof *levels)

/* In passing: how often. */
#define PASSING_NS (2 * MINUTE)

/* Minutes, hours or days that one transaction rolls up: others wait for the database
 * meanwhile, at most 5 s. 2,000 functions a second: 4 minutes 0.2 s, 4 hours 0.6 s. */
#define GROUPS_AT_ONCE 4

/* Sums of one function over one group: a session and a minute, hour or day. */
struct sum {
    long long function;
    unsigned long long calls, samples, weight, total;
    long long self;
    uint64_t *buckets;              /* NULL: none */
};

struct group {
    struct tkai_db *db;
    struct tkai_scratch scratch;    /* owns the sums */
    int seconds;
    long long session, started_at;  /* session 0: no group is open */
    struct sum *sums;
    uint32_t count, room;
    uint32_t *slots;                /* by function, power of two; index + 1 */
    uint32_t slot_count;
    unsigned char *blob;
    long long written;
};

static uint32_t slot_of(const struct group *g, long long function)
{
    uint32_t slot = (uint32_t)((unsigned long long)function * 0x9e3779b97f4a7c15ull >> 40);

    for (slot &= g->slot_count - 1; g->slots[slot] != 0; slot = (slot + 1) & (g->slot_count - 1)) {
        if (g->sums[g->slots[slot] - 1].function == function) {
            break;
        }
    }
    return slot;
}

static int make_room(struct group *g)
{
    uint32_t room = g->room != 0 ? 2 * g->room : 256;
    struct sum *sums = tkai_scratch_take(&g->scratch, room * sizeof *sums);
    uint32_t *slots = tkai_scratch_take(&g->scratch, 4 * room * sizeof *slots);

    if (sums == NULL || slots == NULL) {
        return -1;
    }
    if (g->count > 0) {
        memcpy(sums, g->sums, g->count * sizeof *sums);
    }
    g->sums = sums;
    g->slots = slots;
    g->room = room;
    g->slot_count = 4 * room;
    for (uint32_t i = 0; i < g->count; i++) {
        g->slots[slot_of(g, sums[i].function)] = i + 1;
    }
    return 0;
}

static int add(struct group *g, const struct sum *one, const void *histogram, size_t size)
{
    uint32_t slot;
    struct sum *to;

    if (g->count == g->room && make_room(g) != 0) {
        return -1;
    }
    slot = slot_of(g, one->function);
    if (g->slots[slot] == 0) {
        g->sums[g->count] = (struct sum){.function = one->function};
        g->slots[slot] = ++g->count;
    }
    to = &g->sums[g->slots[slot] - 1];
    to->calls += one->calls;
    to->samples += one->samples;
    to->weight += one->weight;
    to->total += one->total;
    to->self += one->self;
    if (size > 0 && to->buckets == NULL) {
        to->buckets =
            tkai_scratch_take(&g->scratch, TKA_HISTOGRAM_BUCKETS * sizeof *to->buckets);
        if (to->buckets == NULL) {
            return -1;
        }
    }
    if (size > 0) {
        tkai_blob_add(histogram, size, to->buckets); /* a damaged end is left out */
    }
    return 0;
}

/* --- writing ------------------------------------------------------------ */

/* What is there already, of another process of the session. */
static int merge_row(struct group *g, struct tkai_statement *select, const struct sum *sum)
{
    int row;

    tkai_db_bind(select, "iiii", (long long)g->seconds, sum->function, g->started_at,
                 g->session);
    while ((row = tkai_db_next(g->db, select)) == 1) {
        struct sum old = {sum->function,
                          (unsigned long long)tkai_db_integer(select, 0),
                          (unsigned long long)tkai_db_integer(select, 1),
                          (unsigned long long)tkai_db_integer(select, 2),
                          (unsigned long long)tkai_db_integer(select, 3),
                          tkai_db_integer(select, 4), NULL};
        size_t size;
        const void *blob = tkai_db_blob(select, 5, &size);

        if (add(g, &old, blob, size) != 0) {
            return -1;
        }
    }
    return row;
}

static int write_row(struct group *g, struct tkai_statement *insert, const struct sum *sum)
{
    size_t size = sum->buckets != NULL ? tkai_blob_write(g->blob, sum->buckets) : 0;
    long long unused;

    tkai_db_bind(insert, "iiiiiiiiib", (long long)g->seconds, sum->function, g->started_at,
                 g->session, (long long)sum->calls, (long long)sum->samples,
                 (long long)sum->weight, (long long)sum->total, sum->self, (int)size,
                 g->blob);
    g->written++;
    return tkai_db_step(g->db, insert, &unused);
}

static int write_group(struct group *g)
{
    struct tkai_statement *select, *insert;
    uint32_t count = g->count;
    int failed = 0;

    if (g->session == 0) {
        return 0;
    }
    select = tkai_db_prepare(g->db, "SELECT calls,samples,weight,total_ns,self_ns,histogram "
                                    "FROM rollup WHERE seconds=? AND function_id=? AND "
                                    "started_at=? AND session_id=?");
    insert = tkai_db_prepare(g->db, "INSERT OR REPLACE INTO rollup(seconds,function_id,"
                                    "started_at,session_id,calls,samples,weight,total_ns,"
                                    "self_ns,histogram) VALUES(?,?,?,?,?,?,?,?,?,"
                                    "nullif(?,x''))");
    failed = select == NULL || insert == NULL ? -1 : 0;
    for (uint32_t i = 0; failed == 0 && i < count; i++) {
        failed = merge_row(g, select, &g->sums[i]) != 0 ||
                 write_row(g, insert, &g->sums[i]) != 0;
    }
    tkai_db_finalize(select);
    tkai_db_finalize(insert);
    tkai_scratch_release(&g->scratch);
    g->sums = NULL;
    g->slots = NULL;
    g->count = g->room = g->slot_count = 0;
    g->session = 0;
    return failed ? -1 : 0;
}

/* Rows come in the order of their groups. */
static int enter_group(struct group *g, long long session, long long at)
{
    long long length = g->seconds * SECOND, started_at = at / length * length;

    if (g->session == session && g->started_at == started_at) {
        return 0;
    }
    if (write_group(g) != 0) {
        return -1;
    }
    g->session = session;
    g->started_at = started_at;
    g->blob = tkai_scratch_take(&g->scratch, TKAI_BLOB_MOST);
    return g->blob != NULL ? 0 : -1;
}

/* --- reading ------------------------------------------------------------ */

/* An interval's blob; a damaged one is left out from where it is. */
static int add_interval(struct group *g, const unsigned char *data, size_t size)
{
    const unsigned char *end = data + size;

    while (data != NULL && data < end) {
        uint64_t n[7] = {0};
        struct sum one;

        for (int i = 0; i < 7 && data != NULL; i++) {
            data = tkai_number_read(data, end, &n[i]);
        }
        if (data == NULL || n[6] > (uint64_t)(end - data)) {
            return 0;
        }
        one = (struct sum){(long long)n[0], n[1], n[2], n[3], n[4],
                           (long long)(n[5] >> 1 ^ (0 - (n[5] & 1))), NULL};
        if (add(g, &one, data, (size_t)n[6]) != 0) {
            return -1;
        }
        data += n[6];
    }
    return 0;
}

static int add_rollup(struct group *g, struct tkai_statement *row)
{
    struct sum one = {tkai_db_integer(row, 2),
                      (unsigned long long)tkai_db_integer(row, 3),
                      (unsigned long long)tkai_db_integer(row, 4),
                      (unsigned long long)tkai_db_integer(row, 5),
                      (unsigned long long)tkai_db_integer(row, 6),
                      tkai_db_integer(row, 7), NULL};
    size_t size;
    const void *blob = tkai_db_blob(row, 8, &size);

    return add(g, &one, blob, size);
}

/* ?1: before, ?2: seconds of the rows. Sums are found function by function: their key
 * begins with it, and a day has millions of them. */
static const struct sql {
    const char *first, *select, *remove;
} intervals_sql = {"SELECT ifnull(min(started_at),?1) FROM interval WHERE ?2=0",
                   "SELECT session_id,started_at,data FROM interval WHERE started_at<?1 AND "
                   "?2=0 ORDER BY session_id,started_at/60000000000",
                   "DELETE FROM interval WHERE started_at<?1 AND ?2=0"},
  sums_sql = {"SELECT ifnull(min((SELECT min(r.started_at) FROM rollup r WHERE r.seconds=?2 "
              "AND r.function_id=f.id)),?1) FROM function f",
              "SELECT r.session_id,r.started_at,r.function_id,r.calls,r.samples,r.weight,"
              "r.total_ns,r.self_ns,r.histogram FROM function f CROSS JOIN rollup r WHERE "
              "r.seconds=?2 AND r.function_id=f.id AND r.started_at<?1 "
              "ORDER BY r.session_id,r.started_at",
              "DELETE FROM rollup WHERE seconds=?2 AND function_id IN (SELECT id FROM "
              "function) AND started_at<?1"};

/* Where only whole groups are old enough. */
static long long cutoff(size_t level, int64_t now)
{
    long long length = levels[level].next_seconds * SECOND;

    return (now - levels[level].keep_ns) / length * length;
}

static int add_rows(struct group *g, struct tkai_statement *rows, int seconds)
{
    int row = -1, failed = rows == NULL ? -1 : 0;

    while (failed == 0 && (row = tkai_db_next(g->db, rows)) == 1) {
        failed = enter_group(g, tkai_db_integer(rows, 0), tkai_db_integer(rows, 1));
        if (failed == 0 && seconds == 0) {
            size_t size;
            const unsigned char *data = tkai_db_blob(rows, 2, &size);

            failed = add_interval(g, data, size);
        } else if (failed == 0) {
            failed = add_rollup(g, rows);
        }
    }
    return failed != 0 || row < 0 || write_group(g) != 0 ? -1 : 0;
}

/* The oldest minutes, hours or days that are due, at most GROUPS_AT_ONCE from the first
 * row on: 1 there may be more, 0 not, -1. */
static int roll_some(struct tkai_db *db, size_t level, int64_t now, long long *removed)
{
    int seconds = levels[level].seconds;
    const struct sql *sql = seconds == 0 ? &intervals_sql : &sums_sql;
    struct group g = {.db = db, .seconds = levels[level].next_seconds};
    long long length = g.seconds * SECOND, due = cutoff(level, now), before = due, first;
    struct tkai_statement *rows;
    int failed;

    if (tkai_db_ask(db, &first, sql->first, "ii", due, (long long)seconds) != 0) {
        return -1;
    }
    if (first >= due) {
        return 0;
    }
    if ((first / length + GROUPS_AT_ONCE) * length < due) {
        before = (first / length + GROUPS_AT_ONCE) * length;
    }
    rows = tkai_db_prepare(db, sql->select);
    if (rows != NULL) {
        tkai_db_bind(rows, "ii", before, (long long)seconds);
    }
    failed = add_rows(&g, rows, seconds);
    tkai_db_finalize(rows);
    tkai_scratch_release(&g.scratch);
    if (failed != 0 ||
        tkai_db_ask(db, &first, sql->remove, "ii", before, (long long)seconds) != 0) {
        return -1;
    }
    *removed += tkai_db_changes(db);
    return before < due;
}

static int in_transaction(struct tkai_db *db, int64_t now, size_t level, long long *removed)
{
    int more;

    if (tkai_db_run(db, "BEGIN IMMEDIATE") != 0) {
        return -1;
    }
    more = roll_some(db, level, now, removed);
    if (more < 0 || tkai_db_run(db, "COMMIT") != 0) {
        tkai_db_rollback(db);
        return -1;
    }
    return more;
}

static int thin(struct tkai_db *db, const char *table, int64_t now)
{
    char sql[256];
    int failed = 0;

    snprintf(sql, sizeof sql,
             "DELETE FROM %s AS a WHERE at<?1 AND EXISTS (SELECT 1 FROM %s b WHERE "
             "b.process_id=a.process_id AND b.at>a.at AND b.at<(a.at/?2+1)*?2)",
             table, table);
    for (size_t level = 0; failed == 0 && level < LEVELS; level++) {
        long long length = levels[level].next_seconds * SECOND, unused;

        failed = tkai_db_ask(db, &unused, sql, "ii", cutoff(level, now), length);
    }
    return failed;
}

/* Of what the system saw, and of what lived, the last sample of each minute, hour or day
 * stays: they are states, and sums since the process's start, so that no sum is lost. */
static int thin_samples(struct tkai_db *db, int64_t now)
{
    return thin(db, "system_sample", now) != 0 ? -1 : thin(db, "memory_interval", now);
}

static int roll_caches(struct tkai_db *db, int64_t now)
{
    int failed = 0;

    for (size_t level = 0; failed == 0 && level < LEVELS; level++) {
        failed = tkai_caches_roll(db, cutoff(level, now),
                                  levels[level].next_seconds * SECOND);
    }
    return failed;
}

void tkai_rollup_in_passing(struct tkai_db *db, int64_t now)
{
    static int64_t last;
    long long removed = 0;

    if (now < last + PASSING_NS && now > last - PASSING_NS) {
        return;
    }
    last = now;
    for (size_t level = 0; level < LEVELS; level++) {
        in_transaction(db, now, level, &removed);
    }
    thin_samples(db, now);
    roll_caches(db, now);
}

/* --- runs ------------------------------------------------------------------ */

/* Runs that ended, or that nothing was heard of any more, before the time; and their
 * stretches. */
#define OLD_RUNS \
    "(SELECT s.id FROM session s WHERE s.parent_id IS NULL AND s.started_at<?1 AND " \
    "coalesce((SELECT max(p.stored_at) FROM process p WHERE p.session_id=s.id)," \
    "s.ended_at,s.started_at)<?1)"
#define OLD \
    "(SELECT id FROM session WHERE id IN " OLD_RUNS " OR parent_id IN " OLD_RUNS ")"

/* Tables whose rows belong to a session, or to a process and so to its session. */
static const char owned_tables[] =
    "SELECT name, EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE name='session_id') "
    "AS of_session FROM sqlite_master m WHERE type='table' AND name NOT IN "
    "('process','session') AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE name "
    "IN ('session_id','process_id'))";

static int remove_rows(struct tkai_db *db, const char *table, int of_session,
                       long long before, TkaPruned *pruned)
{
    long long *const counts[] = {&pruned->intervals, &pruned->rollups, &pruned->slow_calls};
    static const char *const counted[] = {"interval", "rollup", "slow_call"};
    char sql[1024];
    long long unused;

    snprintf(sql, sizeof sql,
             of_session ? "DELETE FROM %.60s WHERE session_id IN " OLD
                        : "DELETE FROM %.60s WHERE process_id IN (SELECT id FROM process "
                          "WHERE session_id IN " OLD ")",
             table);
    if (tkai_db_ask(db, &unused, sql, "i", before) != 0) {
        return -1;
    }
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
        *counts[i] += strcmp(table, counted[i]) == 0 ? tkai_db_changes(db) : 0;
    }
    return 0;
}

static int remove_owned(struct tkai_db *db, long long before, TkaPruned *pruned)
{
    struct tkai_statement *tables = tkai_db_prepare(db, owned_tables);
    int failed = tables == NULL ? -1 : 0, code = 0;

    while (failed == 0 && (code = tkai_db_next(db, tables)) == 1) {
        size_t size;
        const char *name = tkai_db_blob(tables, 0, &size);
        char table[64];

        snprintf(table, sizeof table, "%.*s", (int)size, name != NULL ? name : "");
        failed = remove_rows(db, table, (int)tkai_db_integer(tables, 1), before, pruned);
    }
    tkai_db_finalize(tables);
    return failed != 0 || code != 0 ? -1 : 0;
}

static int remove_runs(struct tkai_db *db, long long before, TkaPruned *pruned)
{
    static const char *const statements[] = {
        "CREATE TEMP TABLE old AS SELECT id FROM session WHERE id IN " OLD,
        "DELETE FROM process WHERE session_id IN (SELECT id FROM temp.old)",
        "DELETE FROM session WHERE id IN (SELECT id FROM temp.old)",
        "DELETE FROM annotation WHERE build_id NOT IN (SELECT build_id FROM session_build)",
        "DELETE FROM build WHERE id NOT IN (SELECT build_id FROM session_build)",
        "DROP TABLE temp.old"};
    long long unused;

    if (remove_owned(db, before, pruned) != 0) {
        return -1;
    }
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        const char *types = strstr(statements[i], "?1") != NULL ? "i" : "";

        if (tkai_db_ask(db, &unused, statements[i], types, before) != 0) {
            return -1;
        }
        if (strncmp(statements[i], "DELETE FROM session ", 20) == 0) {
            pruned->sessions += tkai_db_changes(db);
        }
    }
    return 0;
}

/* Give the space back where much is free; others that read meanwhile win. */
static void shrink(struct tkai_db *db)
{
    long long pages = 0, unused_pages = 0;

    if (tkai_db_ask(db, &pages, "PRAGMA page_count", "") == 0 &&
        tkai_db_ask(db, &unused_pages, "PRAGMA freelist_count", "") == 0 &&
        unused_pages > pages / 4) {
        tkai_db_run(db, "VACUUM");
    }
}

/* Programs that store wait for the database by looking at it now and then: leave it to
 * them for as long as it was ours. */
static void let_others(int64_t ns)
{
    int64_t most = SECOND / 10;
    struct timespec pause = {0, (long)(ns < 0 ? 0 : ns < most ? ns : most)};

    nanosleep(&pause, NULL);
}

int tkai_rollup_all(struct tkai_db *db, int64_t now, double retention_days,
                    TkaPruned *pruned)
{
    for (size_t level = 0; level < LEVELS; level++) {
        long long *removed = level == 0 ? &pruned->intervals : &pruned->rollups;
        int more;

        do {
            int64_t began = tkai_os_unix_ns();

            more = in_transaction(db, now, level, removed);
            let_others(tkai_os_unix_ns() - began);
        } while (more == 1);
        if (more < 0) {
            return -1;
        }
    }
    if (thin_samples(db, now) != 0 || roll_caches(db, now) != 0) {
        return -1;
    }
    if (retention_days >= 0) {
        long long before = now - (long long)(retention_days * (double)DAY);

        if (tkai_db_run(db, "BEGIN IMMEDIATE") != 0) {
            return -1;
        }
        if (remove_runs(db, before, pruned) != 0 || tkai_db_run(db, "COMMIT") != 0) {
            tkai_db_rollback(db);
            return -1;
        }
    }
    shrink(db);
    return 0;
}
