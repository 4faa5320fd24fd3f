#include "dbcache.h"

#include "blob.h"
#include "collectcache.h"
#include "dbroles.h"

/* A lookup function; of: what its keys told, empty where none are followed. */
struct entry {
    uint32_t function;                  /* index in collected */
    long long id;
    uint64_t hits;
    struct tkai_cache of;
};

struct writer {
    const struct tkai_stored *stored;
    const struct tkai_ours *ours;
    struct tkai_statement *others, *insert, *interval;
    unsigned char *blob;
};

static void subtract(uint64_t *from, long long number)
{
    *from -= (uint64_t)number < *from ? (uint64_t)number : *from;
}

/* What the process's other sessions have is not this one's. */
static int subtract_others(const struct writer *w, struct entry *entry)
{
    int row;

    tkai_db_bind(w->others, "iii", w->stored->process, w->stored->session, entry->id);
    while ((row = tkai_db_next(w->stored->db, w->others)) == 1) {
        size_t size;
        const void *blob = tkai_db_blob(w->others, 5, &size);

        subtract(&entry->hits, tkai_db_integer(w->others, 0));
        subtract(&entry->of.references, tkai_db_integer(w->others, 1));
        subtract(&entry->of.weight, tkai_db_integer(w->others, 2));
        subtract(&entry->of.cold, tkai_db_integer(w->others, 3));
        subtract(&entry->of.dropped, tkai_db_integer(w->others, 4));
        if (blob != NULL) {
            tkai_blob_subtract(blob, size, entry->of.buckets);
        }
    }
    return row;
}

static int store_sums(const struct writer *w, struct entry *entry)
{
    size_t size;
    long long unused;

    if (subtract_others(w, entry) != 0) {
        return -1;
    }
    size = tkai_blob_write(w->blob, entry->of.buckets);
    tkai_db_bind(w->insert, "iiiiiiiiib", w->stored->process, w->stored->session, entry->id,
                 (long long)entry->hits, (long long)entry->of.references,
                 (long long)entry->of.weight, (long long)entry->of.cold,
                 (long long)entry->of.dropped, (long long)entry->of.rate_log2, (int)size,
                 w->blob);
    return tkai_db_step(w->stored->db, w->insert, &unused);
}

/* What is new since the last store, as interval does for all functions. */
static int store_interval(const struct writer *w, const struct entry *entry)
{
    const struct tkai_ours *ours = w->ours;
    const struct tkai_function *f = &w->stored->collected->functions[entry->function];
    uint64_t calls = f->calls - tkai_interval_past_calls(ours->past, entry->function);
    uint64_t hits = f->hits - tkai_interval_past_hits(ours->past, entry->function);
    int64_t since = ours->past->at != 0 ? ours->past->at : w->stored->header->started_at;
    long long unused;

    if ((calls | hits) == 0) {
        return 0;
    }
    tkai_db_bind(w->interval, "iiiiiii", w->stored->process, w->stored->session, entry->id,
                 (long long)since, (long long)ours->now, (long long)calls, (long long)hits);
    return tkai_db_step(w->stored->db, w->interval, &unused);
}

static int is_lookup_with_news(const struct writer *w, uint32_t function)
{
    const struct tkai_function *f = &w->stored->collected->functions[function];

    if (f->calls == 0 ||
        (w->ours != NULL && w->ours->only_changes && !w->stored->is_new &&
         tkai_interval_is_past(w->ours->past, function, f))) {
        return 0;
    }
    return tkai_role_is_lookup(f->text);
}

static int store_entry(const struct writer *w, struct entry *entry)
{
    entry->hits = w->stored->collected->functions[entry->function].hits;
    if (tkai_stored_function(w->stored, entry->function, &entry->id) != 0) {
        return -1;
    }
    if (w->ours != NULL && store_interval(w, entry) != 0) {
        return -1;
    }
    return store_sums(w, entry);
}

static int store_all(struct writer *w)
{
    const struct tkai_collected *c = w->stored->collected;
    struct entry *entry = tkai_scratch_take(w->stored->scratch, sizeof *entry);
    struct tkai_cache *caches;
    uint32_t count;
    int failed = 0;

    if (entry == NULL ||
        tkai_collect_caches(c, w->stored->scratch, &caches, &count) != 0) {
        return -1;
    }
    for (uint32_t i = 0; failed == 0 && i < c->function_count; i++) {
        if (!is_lookup_with_news(w, i)) {
            continue;
        }
        *entry = (struct entry){.function = i};
        for (uint32_t n = 0; n < count; n++) {
            if (caches[n].function == i) {
                entry->of = caches[n];
            }
        }
        failed = store_entry(w, entry);
    }
    return failed;
}

/* Mostly none has changed, or there is none. */
static int has_news(const struct writer *w)
{
    const struct tkai_collected *c = w->stored->collected;

    for (uint32_t i = 0; i < c->function_count; i++) {
        if (is_lookup_with_news(w, i)) {
            return 1;
        }
    }
    return 0;
}

int tkai_caches_store(const struct tkai_stored *stored, const struct tkai_ours *ours)
{
    struct tkai_db *db = stored->db;
    struct writer w = {.stored = stored, .ours = ours};
    int failed = -1;

    if (!has_news(&w)) {
        return 0;
    }
    w.others = tkai_db_prepare(db, "SELECT hits,refs,weight,cold,dropped,distances FROM "
                                   "cache_measurement WHERE process_id=? AND session_id<>? "
                                   "AND function_id=?");
    w.insert = tkai_db_prepare(db, "INSERT OR REPLACE INTO cache_measurement(process_id,"
                                   "session_id,function_id,hits,refs,weight,cold,dropped,"
                                   "rate_log2,distances) VALUES(?,?,?,?,?,?,?,?,?,"
                                   "nullif(?,x''))");
    w.interval = tkai_db_prepare(db, "INSERT OR REPLACE INTO cache_interval(process_id,"
                                     "session_id,function_id,started_at,ended_at,calls,hits)"
                                     " VALUES(?,?,?,?,?,?,?)");
    w.blob = tkai_scratch_take(stored->scratch, TKAI_BLOB_MOST);
    if (w.others != NULL && w.insert != NULL && w.interval != NULL && w.blob != NULL) {
        failed = store_all(&w);
    }
    tkai_db_finalize(w.others);
    tkai_db_finalize(w.insert);
    tkai_db_finalize(w.interval);
    return failed;
}

int tkai_caches_roll(struct tkai_db *db, long long before, long long length)
{
    static const char merge[] =
        "INSERT OR REPLACE INTO cache_interval(process_id,session_id,function_id,started_at,"
        "ended_at,calls,hits) SELECT process_id,session_id,function_id,min(started_at),"
        "max(ended_at),sum(calls),sum(hits) FROM cache_interval WHERE started_at<?1 "
        "GROUP BY process_id,session_id,function_id,started_at/?2 HAVING count(*)>1";
    static const char remove[] =
        "DELETE FROM cache_interval WHERE started_at<?1 AND EXISTS (SELECT 1 FROM "
        "cache_interval b WHERE b.process_id=cache_interval.process_id AND b.session_id="
        "cache_interval.session_id AND b.function_id=cache_interval.function_id AND "
        "b.started_at<cache_interval.started_at AND b.started_at/?2="
        "cache_interval.started_at/?2)";
    long long unused;
    int failed;

    if (tkai_db_run(db, "SAVEPOINT caches") != 0) {
        return -1;
    }
    failed = tkai_db_ask(db, &unused, merge, "ii", before, length) != 0 ||
             tkai_db_ask(db, &unused, remove, "ii", before, length) != 0;
    if (failed) {
        tkai_db_run(db, "ROLLBACK TO caches");
    }
    return tkai_db_run(db, "RELEASE caches") != 0 || failed ? -1 : 0;
}
