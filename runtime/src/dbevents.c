#include "dbevents.h"

#include <stdio.h>
#include <string.h>

/* --- slow calls --------------------------------------------------------- */

static double ns_of(const struct tkai_stored *s, int64_t ticks)
{
    return (double)ticks * s->header->ns_per_tick;
}

/* [[callpath, start, duration], ...], what fits. */
static void write_events(const struct tkai_stored *s, const struct tkai_capture *capture,
                         char *text, size_t size)
{
    const struct tka_capture *source = capture->source;
    size_t n = 0;

    text[n++] = '[';
    for (uint32_t i = 0; i < source->event_count && n + 100 < size; i++) {
        const struct tka_event *event = &source->events[i];
        int64_t start = (int64_t)(event->start - source->start);

        if (capture->event_paths[i] == 0) {
            continue;
        }
        n += (size_t)snprintf(text + n, size - n, "%s[%lld,%.0f,", n > 1 ? "," : "",
                              s->paths[capture->event_paths[i]], ns_of(s, start));
        if (event->ticks == TKA_STILL_OPEN) {
            n += (size_t)snprintf(text + n, size - n, "null]");
        } else {
            n += (size_t)snprintf(text + n, size - n, "%.0f]",
                                  ns_of(s, (int64_t)event->ticks));
        }
    }
    text[n++] = ']';
    text[n] = '\0';
}

static void bind_capture(const struct tkai_stored *s, struct tkai_statement *statement,
                         const struct tkai_capture *capture, const char *events)
{
    const struct tka_capture *source = capture->source;
    const struct tkai_path *path = &s->collected->paths[capture->path];
    int64_t since = (int64_t)(source->start - s->header->start_ticks);

    tkai_db_bind(statement, "iiiiiiiiit", (long long)s->process, (long long)s->session,
                 (long long)source->tid, (long long)source->sequence,
                 (long long)s->functions[path->function],
                 (long long)s->paths[capture->path],
                 (long long)(s->header->started_at + (int64_t)ns_of(s, since)),
                 (long long)ns_of(s, (int64_t)source->ticks),
                 source->cpu_ns == TKA_NOT_READ ? -1LL : (long long)source->cpu_ns, events);
}

static int keep_the_slowest(const struct tkai_stored *s)
{
    long long unused;

    return tkai_db_ask(s->db, &unused,
                       "DELETE FROM slow_call WHERE session_id=?1 AND id IN (SELECT id FROM "
                       "slow_call WHERE session_id=?1 ORDER BY duration_ns DESC LIMIT -1 "
                       "OFFSET ?2)",
                       "ii", (long long)s->session, (long long)TKAI_SLOW_CALLS_MOST);
}

/* A capture stays where it lies until its thread needs the place: it may have been
 * stored already, in this session or, before a stretch began, in another one. */
int tkai_events_store(const struct tkai_stored *s)
{
    static const char sql[] =
        "INSERT OR IGNORE INTO slow_call(process_id,session_id,thread,sequence,function_id,"
        "callpath_id,started_at,duration_ns,cpu_ns,events) "
        "VALUES(?,?,?,?,?,?,?,?,nullif(?,-1),?)";
    size_t size = 64 * TKA_CAPTURE_EVENTS;
    struct tkai_statement *statement;
    char *events;
    int failed = 0, changed = 0;

    if (s->collected->capture_count == 0) {
        return 0;
    }
    statement = tkai_db_prepare(s->db, sql);
    events = tkai_scratch_take(s->scratch, size);
    if (statement == NULL || events == NULL) {
        failed = -1;
    }
    for (uint32_t i = 0; failed == 0 && i < s->collected->capture_count; i++) {
        const struct tkai_capture *capture = &s->collected->captures[i];
        long long unused;

        if (s->paths[capture->path] == 0) {
            continue;
        }
        write_events(s, capture, events, size);
        bind_capture(s, statement, capture, events);
        failed = tkai_db_step(s->db, statement, &unused);
        changed |= tkai_db_changes(s->db);
    }
    tkai_db_finalize(statement);
    return failed != 0 ? -1 : changed ? keep_the_slowest(s) : 0;
}

/* --- intervals and the system -------------------------------------------- */

static int store_interval(const struct tkai_stored *s, const struct tkai_ours *ours)
{
    size_t size;
    int64_t since = ours->past->at != 0 ? ours->past->at : s->header->started_at;
    unsigned char *data =
        tkai_interval_encode(ours->past, s->collected, s->functions, s->header->ns_per_tick,
                             s->scratch, &size);
    long long unused;

    if (data == NULL) {
        return 0;
    }
    return tkai_db_ask(s->db, &unused,
                       "INSERT OR REPLACE INTO interval(process_id,session_id,started_at,"
                       "ended_at,data) VALUES(?,?,?,?,?)",
                       "iiiib", (long long)s->process, (long long)s->session,
                       (long long)since, (long long)ours->now, (int)size, data);
}

static int store_usage(const struct tkai_stored *s, const struct tkai_usage *u)
{
    long long unused;

    return tkai_db_ask(s->db, &unused,
                       "INSERT OR REPLACE INTO system_sample(process_id,at,user_ns,system_ns,"
                       "rss_bytes,threads,voluntary_switches,involuntary_switches,"
                       "minor_faults,major_faults,open_files) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
                       "iiiiiiiiiii", (long long)s->process, (long long)u->at,
                       (long long)u->user_ns, (long long)u->system_ns,
                       (long long)u->rss_bytes, (long long)u->threads,
                       (long long)u->voluntary_switches,
                       (long long)u->involuntary_switches, (long long)u->minor_faults,
                       (long long)u->major_faults, (long long)u->open_files);
}

static int store_counters(const struct tkai_stored *s, const struct tkai_ours *ours)
{
    int failed = 0;

    for (uint32_t i = 0; failed == 0 && i < ours->counter_count; i++) {
        const struct tkai_counter *c = &ours->counters[i];
        long long unused;

        failed = tkai_db_ask(
            s->db, &unused,
            "INSERT OR REPLACE INTO hardware_counter(process_id,name,value,enabled_ns,"
            "running_ns,reason) VALUES(?1,?2,CASE WHEN ?6='' AND ?5>0 THEN ?3 END,?4,?5,"
            "nullif(?6,''))",
            "itiiit", (long long)s->process, c->name, (long long)c->value,
            (long long)c->enabled_ns, (long long)c->running_ns, c->reason);
    }
    return failed;
}

/* Last, so that it is nearly all of it. */
static int store_own_cost(const struct tkai_stored *s, const struct tkai_ours *ours)
{
    long long unused;

    return tkai_db_ask(s->db, &unused, "UPDATE process SET store_ns=? WHERE id=?", "ii",
                       (long long)(ours->store_ns + (int64_t)tkai_os_thread_cpu_ns()),
                       (long long)s->process);
}

int tkai_events_store_ours(const struct tkai_stored *s, const struct tkai_ours *ours)
{
    if (store_interval(s, ours) != 0) {
        return -1;
    }
    if ((ours->usage != NULL && store_usage(s, ours->usage) != 0) ||
        store_counters(s, ours) != 0) {
        return -1;
    }
    return store_own_cost(s, ours);
}
