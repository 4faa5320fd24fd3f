#include "dbmemory.h"

#include <stdio.h>
#include <string.h>

#include "blob.h"
#include "collectmem.h"

/* Of an event's detail: the paths that own most. */
#define OWNERS_MOST 20

struct job {
    const struct tkai_stored *stored;
    struct tkai_memory_collected memory;
    long long *ids;                 /* of allocations */
    int has_verdict;
    struct tkai_statement *find_place, *add_place, *find, *add, *write, *others;
};

/* --- ids ----------------------------------------------------------------- */

static int find_or_add(const struct job *job, struct tkai_statement *find,
                       struct tkai_statement *add, long long *id)
{
    struct tkai_db *db = job->stored->db;

    if (tkai_db_step(db, find, id) != 0) {
        return -1;
    }
    return *id != 0 ? 0 : tkai_db_step(db, add, id);
}

static int find_place(const struct job *job, const struct tkai_allocation *a, long long *id)
{
    *id = 0;
    if (a->image == NULL) {
        return 0;
    }
    tkai_db_bind(job->find_place, "tti", a->image->path, a->image->build_id,
                 (long long)a->address);
    tkai_db_bind(job->add_place, "tti", a->image->path, a->image->build_id,
                 (long long)a->address);
    return find_or_add(job, job->find_place, job->add_place, id);
}

static int find_allocation(const struct job *job, uint32_t index)
{
    const struct tkai_allocation *a = &job->memory.allocations[index];
    long long path = 0, place;

    if ((a->path != 0 && tkai_stored_path(job->stored, a->path, &path) != 0) ||
        find_place(job, a, &place) != 0) {
        return -1;
    }
    tkai_db_bind(job->find, "ii", path, place);
    tkai_db_bind(job->add, "ii", path, place);
    return find_or_add(job, job->find, job->add, &job->ids[index]);
}

/* --- measurements -------------------------------------------------------- */

/* Columns of memory_measurement from allocations to reachable_bytes. */
#define FIGURES 24

static void read_figures(const struct tkai_allocation *a, long long *figure)
{
    static const int from[] = {
        TKAI_ALLOCATIONS, TKAI_BYTES, TKAI_TEMPORARY, TKAI_RESIZED, TKAI_GROWN,
        TKAI_LADDERS, TKAI_MOVED_BYTES, TKAI_TRACKED, TKAI_TRACKED_BYTES, TKAI_FREED,
        TKAI_FREED_BYTES, TKAI_PEAK_BYTES, TKAI_SAMPLES, TKAI_SAMPLED_BLOCKS,
        TKAI_SAMPLED_BYTES, TKAI_AT_PEAK_BYTES, TKAI_MAPPED, TKAI_MAPPED_BYTES, TKAI_LOST,
        TKAI_LOST_BYTES, TKAI_INDIRECT, TKAI_INDIRECT_BYTES, TKAI_REACHABLE,
        TKAI_REACHABLE_BYTES};

    for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
        figure[i] = (long long)a->figure[from[i]];
    }
    figure[9] += (long long)a->figure[TKAI_FOREIGN_FREED];
    figure[10] += (long long)a->figure[TKAI_FOREIGN_FREED_BYTES];
}

/* What the process's other sessions have is not this one's. */
static int subtract_others(const struct job *job, long long id, long long *figure)
{
    const struct tkai_stored *s = job->stored;
    int code;

    tkai_db_bind(job->others, "iii", s->process, s->session, id);
    while ((code = tkai_db_next(s->db, job->others)) == 1) {
        for (int i = 0; i < FIGURES; i++) {
            figure[i] -= i == 13 ? (long long)(256 * tkai_db_real(job->others, i))
                                 : tkai_db_integer(job->others, i);
        }
    }
    return code;
}

static int store_allocation(const struct job *job, uint32_t index)
{
    const struct tkai_stored *s = job->stored;
    const struct tkai_allocation *a = &job->memory.allocations[index];
    uint64_t buckets[TKA_HISTOGRAM_BUCKETS] = {0};
    unsigned char blob[TKAI_BLOB_MOST];
    long long f[FIGURES] = {0}, unused, any = 0;

    if (find_allocation(job, index) != 0) {
        return -1;
    }
    memcpy(buckets, a->sizes, sizeof a->sizes);
    read_figures(a, f);
    if (s->has_others && subtract_others(job, job->ids[index], f) != 0) {
        return -1;
    }
    for (int i = 0; i < FIGURES; i++) {
        any |= f[i];
    }
    if (any == 0) {
        return 0;
    }
    tkai_db_bind(job->write, "iiiiiiiiiiiiiiiidiiiiiiiiiiib", s->process, s->session,
                 job->ids[index], f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9],
                 f[10], f[11], f[12], (double)f[13] / 256, f[14], f[15], f[16], f[17], f[18],
                 f[19], f[20], f[21], f[22], f[23], (long long)job->has_verdict,
                 (int)tkai_blob_write(blob, buckets), blob);
    return tkai_db_step(s->db, job->write, &unused);
}

static int prepare(struct job *job)
{
    struct tkai_db *db = job->stored->db;

    job->find_place =
        tkai_db_prepare(db, "SELECT id FROM place WHERE path=? AND build_id=? AND address=?");
    job->add_place = tkai_db_prepare(
        db, "INSERT INTO place(path,build_id,address) VALUES(?,?,?) RETURNING id");
    job->find =
        tkai_db_prepare(db, "SELECT id FROM allocation WHERE callpath_id=? AND place_id=?");
    job->add = tkai_db_prepare(
        db, "INSERT INTO allocation(callpath_id,place_id) VALUES(?,?) RETURNING id");
    job->write = tkai_db_prepare(
        db, "INSERT OR REPLACE INTO memory_measurement VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,"
            "?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,"
            "CASE WHEN ?28 THEN ?22 END,CASE WHEN ?28 THEN ?23 END,"
            "CASE WHEN ?28 THEN ?24 END,CASE WHEN ?28 THEN ?25 END,"
            "CASE WHEN ?28 THEN ?26 END,CASE WHEN ?28 THEN ?27 END,?29)");
    job->others = tkai_db_prepare(
        db, "SELECT allocations,bytes,temporary,resized,grown,ladders,moved_bytes,tracked,"
            "tracked_bytes,freed,freed_bytes,peak_bytes,samples,sampled_blocks,"
            "sampled_bytes,at_peak_bytes,mapped,mapped_bytes,lost,lost_bytes,indirect,"
            "indirect_bytes,reachable,reachable_bytes FROM memory_measurement WHERE "
            "process_id=? AND session_id<>? AND allocation_id=?");
    job->ids = tkai_scratch_take(job->stored->scratch,
                                 (job->memory.count + 1) * sizeof *job->ids);
    return job->find_place != NULL && job->add_place != NULL && job->find != NULL &&
                   job->add != NULL && job->write != NULL && job->others != NULL &&
                   job->ids != NULL
               ? 0
               : -1;
}

static void release(struct job *job)
{
    tkai_db_finalize(job->find_place);
    tkai_db_finalize(job->add_place);
    tkai_db_finalize(job->find);
    tkai_db_finalize(job->add);
    tkai_db_finalize(job->write);
    tkai_db_finalize(job->others);
}

/* --- the process --------------------------------------------------------- */

static int store_process(const struct job *job)
{
    const struct tkai_stored *s = job->stored;
    const struct tka_live_memory *m = &s->header->memory;
    long long released = 0, unused;

    for (uint32_t i = 0; i < job->memory.count; i++) {
        released += (long long)job->memory.allocations[i].figure[TKAI_RELEASED];
    }
    return tkai_db_ask(
        s->db, &unused,
        "INSERT OR REPLACE INTO process_memory(process_id,mode,sample_bytes,released,"
        "live_bytes,peak_bytes,peak_at,lost_rows,lost_samples,verdict,scan_ns,why) "
        "VALUES(?,?,?,?,?,?,nullif(?,0),?,?,?,?,nullif(?,''))",
        "itiiiiiiitit", s->process, m->mode == TKA_MEMORY_EXACT ? "exact" : "sampled",
        (long long)m->sample_bytes, released, (long long)m->live_bytes,
        (long long)m->peak_bytes, (long long)m->peak_at, (long long)m->lost_rows,
        (long long)m->lost_samples, m->verdict == TKA_VERDICT_DONE ? "done" : "none",
        (long long)m->scan_ns, m->why);
}

/* --- what lives now ------------------------------------------------------ */

static int store_interval(const struct job *job, int64_t now)
{
    const struct tkai_stored *s = job->stored;
    unsigned char *data = tkai_scratch_take(s->scratch, 20 * (size_t)job->memory.count + 1);
    unsigned char *end = data;
    long long unused;

    if (data == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < job->memory.count; i++) {
        int64_t live = tkai_allocation_live(&job->memory.allocations[i]);

        if (live > 0 && job->ids[i] != 0) {
            end = tkai_number_write(end, (uint64_t)job->ids[i]);
            end = tkai_number_write(end, (uint64_t)live);
        }
    }
    return tkai_db_ask(s->db, &unused,
                       "INSERT OR REPLACE INTO memory_interval(process_id,session_id,at,data) "
                       "VALUES(?,?,?,?)",
                       "iiib", s->process, s->session, (long long)now, (int)(end - data),
                       data);
}

/* --- events -------------------------------------------------------------- */

/* The one that owned most when the threshold was crossed, of those below `most`. */
static const struct tkai_allocation *next_owner(const struct job *job, uint64_t most,
                                                uint32_t *index)
{
    const struct tkai_allocation *found = NULL;

    for (uint32_t i = 0; i < job->memory.count; i++) {
        const struct tkai_allocation *a = &job->memory.allocations[i];
        uint64_t bytes = a->figure[TKAI_AT_PEAK_BYTES];

        if (bytes > 0 && bytes < most &&
            (found == NULL || bytes > found->figure[TKAI_AT_PEAK_BYTES])) {
            found = a;
            *index = i;
        }
    }
    return found;
}

static int store_alert(const struct job *job)
{
    const struct tkai_stored *s = job->stored;
    const struct tka_live_memory *m = &s->header->memory;
    char detail[64 * OWNERS_MOST] = "[";
    size_t n = 1;
    uint64_t most = UINT64_MAX;
    uint32_t index = 0;
    long long unused;

    for (int i = 0; i < OWNERS_MOST; i++) {
        const struct tkai_allocation *a = next_owner(job, most, &index);

        if (a == NULL) {
            break;
        }
        most = a->figure[TKAI_AT_PEAK_BYTES];
        n += (size_t)snprintf(detail + n, sizeof detail - n, "%s[%lld,%llu]", i > 0 ? "," : "",
                              job->ids[index], (unsigned long long)most);
    }
    snprintf(detail + n, sizeof detail - n, "]");
    return tkai_db_ask(s->db, &unused,
                       "INSERT OR IGNORE INTO event(process_id,session_id,at,kind,value,"
                       "threshold,detail) VALUES(?,?,?,'memory',?,?,?)",
                       "iiiddt", s->process, s->session, (long long)m->alert_at,
                       (double)m->alert_bytes, (double)m->alert_threshold, detail);
}

static int store_all(struct job *job, const struct tkai_ours *ours)
{
    if (prepare(job) != 0 || store_process(job) != 0) {
        return -1;
    }
    for (uint32_t i = 0; i < job->memory.count; i++) {
        if (store_allocation(job, i) != 0) {
            return -1;
        }
    }
    /* at the exit destructors have run: a reading that would hide what grew till then */
    if (ours != NULL && ours->only_changes && store_interval(job, ours->now) != 0) {
        return -1;
    }
    return job->stored->header->memory.alert_at != 0 ? store_alert(job) : 0;
}

int tkai_memory_store(const struct tkai_stored *stored, const struct tkai_ours *ours)
{
    struct job job = {.stored = stored};
    int failed;

    if (stored->header->memory.mode == TKA_MEMORY_OFF) {
        return 0;
    }
    if (tkai_collect_memory(&job.memory, stored->collected, stored->scratch) != 0) {
        return -1;
    }
    job.has_verdict = stored->header->memory.verdict == TKA_VERDICT_DONE;
    failed = store_all(&job, ours);
    release(&job);
    return failed;
}
