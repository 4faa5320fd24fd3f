#include "dbservice.h"

#include <string.h>

#include "blob.h"
#include "servicepast.h"
#include "servicesum.h"

/* Columns of the figures, in their order. */
#define NODE_COLUMNS                                                                     \
    "resolutions,failures,constructed,factories,construct_ns,construct_self_ns,samples," \
    "weight,total_ns,child_ns,cycles"
#define SERVICE_COLUMNS                                                                  \
    NODE_COLUMNS ",slow,instances,changes,scope_resolutions,scope_visits,scope_changes," \
                 "scope_others"

struct store {
    const struct tkai_stored *stored;
    struct tkai_servicesum sum;
    long long *ids; /* rows of the services */
    int is_ours;    /* what was stored before is known */
    int only_changes;
    struct tkai_statement *add, *others;
};

static int is_time(int figure)
{
    return figure == TKAI_CONSTRUCT || figure == TKAI_CONSTRUCT_SELF ||
           figure == TKAI_TOTAL || figure == TKAI_CHILD;
}

static long long ns_of(const struct store *s, uint64_t ticks)
{
    double ns = (double)(int64_t)ticks * s->stored->header->ns_per_tick;

    return ns < 9e18 && ns > -9e18 ? (long long)ns : INT64_MAX;
}

/* As the columns have them. */
static void to_columns(const struct store *s, const uint64_t *figures, int count,
                       long long *columns)
{
    for (int i = 0; i < count; i++) {
        columns[i] = is_time(i) ? ns_of(s, figures[i]) : (long long)figures[i];
    }
}

/* What the process's other sessions have is not this one's; times may come out below
 * zero, as the scale is refined meanwhile. */
static void subtract_row(struct tkai_statement *row, int count, long long *columns)
{
    for (int i = 0; i < count; i++) {
        columns[i] -= tkai_db_integer(row, i);
        if (is_time(i) && columns[i] < 0) {
            columns[i] = 0;
        }
    }
}

static int is_nothing(const long long *columns, int count)
{
    for (int i = 0; i < count; i++) {
        if (columns[i] != 0) {
            return 0;
        }
    }
    return 1;
}

/* --- what is stored already ---------------------------------------------------- */

static uint32_t events_stored; /* the first of them */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
    return hash ^ hash >> 32;
}

static uint64_t key_of(const struct tkai_service_sum *sum)
{
    uint64_t hash = mix(sum->function + 1, sum->kind);

    for (const char *at = sum->key; *at != '\0'; at++) {
        hash = (hash ^ (unsigned char)*at) * 0x100000001b3ull;
    }
    return mix(hash, 1) | 1;
}

/* Whether the row by that key has these figures; it has from now on. */
static int is_stored(const struct store *s, uint64_t key, const uint64_t *figures,
                     int count)
{
    struct tkai_service_past *past = s->is_ours ? tkai_servicepast_of(key) : NULL;
    uint64_t hash = (uint64_t)s->stored->session;
    int same;

    for (int i = 0; i < count; i++) {
        hash = mix(hash, figures[i]);
    }
    if (past == NULL) {
        return 0;
    }
    same = past->figures == hash;
    past->figures = hash;
    return same && s->only_changes;
}

void tkai_services_settle(int stored)
{
    if (!stored) {
        tkai_servicepast_forget();
        events_stored = 0;
    }
}

/* --- services -------------------------------------------------------------- */

static const char *kind_name(uint32_t kind)
{
    static const char *const names[] = {"none", "text", "text", "number", "type", "more"};

    return names[kind <= TKA_KEY_FOLDED ? kind : 0];
}

static int find_ids(struct store *s)
{
    const struct tkai_stored *stored = s->stored;
    struct tkai_statement *statement = tkai_db_prepare(
        stored->db, "INSERT INTO service(function_id,kind,key) VALUES(?,?,?) ON "
                    "CONFLICT(function_id,kind,key) DO UPDATE SET key=key RETURNING id");
    int failed = statement == NULL ? -1 : 0;

    for (uint32_t i = 0; failed == 0 && i < s->sum.service_count; i++) {
        const struct tkai_service_sum *sum = &s->sum.services[i];
        struct tkai_service_past *past =
            s->is_ours ? tkai_servicepast_of(key_of(sum)) : NULL;
        long long function;

        if (past != NULL && past->id != 0 && s->only_changes) {
            s->ids[i] = past->id;
            continue;
        }
        failed = tkai_stored_function(stored, sum->function, &function);
        if (failed == 0) {
            tkai_db_bind(statement, "itt", function, kind_name(sum->kind), sum->key);
            failed = tkai_db_step(stored->db, statement, &s->ids[i]);
        }
        if (past != NULL) {
            past->id = s->ids[i];
        }
    }
    tkai_db_finalize(statement);
    return failed;
}

static long long id_of(const struct store *s, uint32_t service)
{
    return service == TKAI_NO_SERVICE ? 0 : s->ids[service];
}

static int subtract_others(struct store *s, uint32_t index, long long *columns)
{
    struct tkai_service_sum *sum = &s->sum.services[index];
    int code;

    if (!s->stored->has_others) {
        return 0;
    }
    tkai_db_bind(s->others, "iii", s->stored->process, s->stored->session, s->ids[index]);
    while ((code = tkai_db_next(s->stored->db, s->others)) == 1) {
        size_t size;
        const void *blob = tkai_db_blob(s->others, TKAI_FIGURES, &size);

        subtract_row(s->others, TKAI_FIGURES, columns);
        if (blob != NULL) {
            tkai_blob_subtract(blob, size, sum->buckets);
        }
    }
    return code;
}

static void bind_service(const struct store *s, const struct tkai_service_sum *sum,
                         long long id, const long long *columns, unsigned char *blob)
{
    const struct tkai_stored *stored = s->stored;
    const long long *c = columns;
    size_t size = tkai_blob_write(blob, sum->buckets);
    long long least = sum->min != 0 ? ns_of(s, sum->min - 1) : -1;
    long long most = sum->min != 0 ? ns_of(s, sum->max) : -1;

    tkai_db_bind(s->add,
                 "iii"
                 "iiiiiiiiiii"
                 "iiiiiii"
                 "iiii"
                 "b",
                 stored->process, stored->session, id, c[0], c[1], c[2], c[3], c[4], c[5],
                 c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], c[14], c[15], c[16],
                 c[17], (long long)sum->threads, (long long)sum->other_threads, least,
                 most, (int)size, blob);
}

static int store_each(struct store *s)
{
    unsigned char *blob = tkai_scratch_take(&s->sum.scratch, TKAI_BLOB_MOST);
    int failed = blob == NULL ? -1 : 0;

    for (uint32_t i = 0; failed == 0 && i < s->sum.service_count; i++) {
        long long columns[TKAI_FIGURES], unused;

        if (is_stored(s, key_of(&s->sum.services[i]) ^ 2, s->sum.services[i].figure,
                      TKAI_FIGURES)) {
            continue;
        }
        to_columns(s, s->sum.services[i].figure, TKAI_FIGURES, columns);
        failed = subtract_others(s, i, columns);
        if (failed == 0 && !is_nothing(columns, TKAI_FIGURES)) {
            bind_service(s, &s->sum.services[i], s->ids[i], columns, blob);
            failed = tkai_db_step(s->stored->db, s->add, &unused);
        }
    }
    return failed;
}

static int with_statements(struct store *s, const char *add, const char *others,
                           int (*store_all)(struct store *))
{
    int failed = -1;

    s->add = tkai_db_prepare(s->stored->db, add);
    s->others = tkai_db_prepare(s->stored->db, others);
    if (s->add != NULL && s->others != NULL) {
        failed = store_all(s);
    }
    tkai_db_finalize(s->add);
    tkai_db_finalize(s->others);
    return failed;
}

/* --- edges and events ------------------------------------------------------ */

static int store_edge(struct store *s, const struct tkai_service_edge *edge)
{
    const struct tkai_stored *stored = s->stored;
    long long parent = id_of(s, edge->parent), service = id_of(s, edge->service);
    long long c[TKAI_NODE_FIGURES], unused;
    int code = 0;

    if (is_stored(s, mix(mix((uint64_t)parent + 3, (uint64_t)service), 3) | 1,
                  edge->figure, TKAI_NODE_FIGURES)) {
        return 0;
    }
    to_columns(s, edge->figure, TKAI_NODE_FIGURES, c);
    if (stored->has_others) {
        tkai_db_bind(s->others, "iiii", stored->process, stored->session, parent,
                     service);
        while ((code = tkai_db_next(stored->db, s->others)) == 1) {
            subtract_row(s->others, TKAI_NODE_FIGURES, c);
        }
    }
    if (code != 0 || is_nothing(c, TKAI_NODE_FIGURES)) {
        return code;
    }
    tkai_db_bind(s->add,
                 "iiii"
                 "iiiiiiiiiii",
                 stored->process, stored->session, parent, service, c[0], c[1], c[2],
                 c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10]);
    return tkai_db_step(stored->db, s->add, &unused);
}

static int store_edges(struct store *s)
{
    int failed = 0;

    for (uint32_t i = 0; failed == 0 && i < s->sum.edge_count; i++) {
        failed = store_edge(s, &s->sum.edges[i]);
    }
    return failed;
}

/* An event stays where it lies: it may be stored already. */
static int store_events(struct store *s)
{
    const struct tkai_stored *stored = s->stored;
    struct tkai_statement *statement = tkai_db_prepare(
        stored->db, "INSERT OR IGNORE INTO service_event(process_id,session_id,sequence,"
                    "parent_id,service_id,kind,thread,started_at,duration_ns,self_ns) "
                    "VALUES(?,?,?,?,?,?,?,?,?,?)");
    int failed = statement == NULL ? -1 : 0;

    for (uint32_t i = 0; failed == 0 && i < s->sum.event_count; i++) {
        const struct tkai_service_event *event = &s->sum.events[i];
        const struct tka_service_event *source = event->source;
        long long since = ns_of(s, source->start - stored->header->start_ticks), unused;

        if (s->only_changes && event->place < events_stored) {
            continue;
        }

        tkai_db_bind(
            statement, "iiiiitiiii", stored->process, stored->session,
            (long long)event->place, id_of(s, event->parent), id_of(s, event->service),
            source->was_first ? "first" : "constructed", (long long)source->thread,
            (long long)((uint64_t)stored->header->started_at + (uint64_t)since),
            ns_of(s, source->ticks), ns_of(s, source->self));
        failed = tkai_db_step(stored->db, statement, &unused);
        events_stored += s->is_ours && event->place == events_stored;
    }
    tkai_db_finalize(statement);
    return failed;
}

static int store(struct store *s)
{
    static const char add_service[] =
        "INSERT OR REPLACE INTO "
        "service_measurement(process_id,session_id,service_id," SERVICE_COLUMNS
        ",threads,other_threads,min_ns,max_ns,histogram) VALUES(?,?,?,"
        "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,nullif(?,-1),nullif(?,-1),nullif(?,x'')"
        ")";
    static const char other_services[] =
        "SELECT " SERVICE_COLUMNS
        ",histogram FROM service_measurement WHERE process_id=? "
        "AND session_id<>? AND service_id=?";
    static const char add_edge[] =
        "INSERT OR REPLACE INTO "
        "service_edge(process_id,session_id,parent_id,service_id," NODE_COLUMNS
        ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
    static const char other_edges[] =
        "SELECT " NODE_COLUMNS " FROM service_edge WHERE process_id=? AND session_id<>? "
        "AND parent_id=? AND service_id=?";

    s->ids = tkai_scratch_take(&s->sum.scratch, s->sum.service_count * sizeof *s->ids);
    if (s->ids == NULL || find_ids(s) != 0 ||
        with_statements(s, add_service, other_services, store_each) != 0 ||
        with_statements(s, add_edge, other_edges, store_edges) != 0) {
        return -1;
    }
    return store_events(s);
}

int tkai_services_store(const struct tkai_stored *stored, const struct tkai_ours *ours)
{
    struct store s = {.stored = stored,
                      .is_ours = ours != NULL,
                      .only_changes =
                          ours != NULL && ours->only_changes && !stored->is_new};
    int failed = tkai_servicesum(&s.sum, stored->collected);

    if (failed == 0 && s.sum.service_count > 0) {
        failed = store(&s);
    }
    tkai_servicesum_release(&s.sum);
    return failed;
}
