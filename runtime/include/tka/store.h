/* tka/store.h - how tools bring what programs left in live files into the
 * database. Part of libtka; used by `tka` and by the runtime itself.
 *
 * A profiled process keeps its counters in a live file, DIR/live/NAME.tka. It
 * folds them into the database as it runs and when it ends. tka_store_fold()
 * does the same for processes that died before they could, and on request for
 * those that are running. Folding writes absolute values: doing it again, from
 * whichever process, changes nothing; a lock on the live file keeps two from
 * folding the same one at once.
 */
#ifndef TKA_STORE_H
#define TKA_STORE_H

#ifdef __cplusplus
extern "C" {
#endif

#define TKA_SCHEMA_VERSION 4

/* The text of schema.sql, for tools that make a database of their own. */
extern const char tka_store_schema[];

typedef enum TkaFold {
    TKA_FOLD_DEAD,          /* live files whose process is gone; then remove them */
    TKA_FOLD_ALL            /* those of running processes too */
} TkaFold;

typedef struct TkaFoldResult {
    int recovered;          /* files of dead processes stored and removed */
    int running;            /* running processes; with TKA_FOLD_ALL: stored */
    int failed;             /* files that could not be stored, left in place */
    char error[256];        /* the last failure in one line; empty if none */
} TkaFoldResult;

/* Fold the live files below data_dir into the database at db_path, which is
 * made, or migrated to TKA_SCHEMA_VERSION, when there is something to fold.
 * 0; -1 when any file failed, with result->error set. result must not be NULL.
 * Blocks for at most about 10 s on a database locked by others. */
int tka_store_fold(const char *data_dir, const char *db_path, TkaFold what,
                   TkaFoldResult *result);

/* Bring a database of an earlier schema version to TKA_SCHEMA_VERSION. 0, also
 * when there is nothing to do; -1 with error set. */
int tka_store_upgrade(const char *db_path, char *error, int error_size);

/* Record how a process ended, as only its parent knows. kind: "exit" or
 * "signal". The process's own session row is changed, if there is one. 0; -1. */
int tka_store_exit(const char *db_path, int pid, long long started_after_ns,
                   const char *kind, int status);

/* Histogram: values in ns; below 16 one bucket each, above 8 per octave.
 * Blob in the database: pairs of unsigned LEB128 numbers (gap, count), gap
 * being the number of empty buckets before this one. */
#define TKA_HISTOGRAM_BUCKETS 496

/* --- a running process ------------------------------------------------- */

/* A live file opened for looking and asking; the process goes on undisturbed. */
typedef struct TkaLive TkaLive;

/* The live file of this process: found by what it has mapped, wherever that lies.
 * NULL with error set when there is none, or it may not be read. */
TkaLive *tka_live_open(int pid, char *error, int error_size);
void tka_live_close(TkaLive *live);

/* Process ids with a live file below data_dir that are alive; at most `most`.
 * Their number, which may be greater. */
int tka_live_list(const char *data_dir, int *pids, int most);

typedef struct TkaLiveFunction {
    const char *text;       /* as in tka/probe.h: fields separated by tabs */
    unsigned long long calls, samples, weight;
    double total_ns, outer_ns, self_ns; /* outer: of calls not inside another; self may be < 0 */
    double min_ns, max_ns;  /* valid with samples > 0 */
    double cpu_ns, cpu_wall_ns;
    unsigned long long slow_calls;
    double off_ns;          /* how long its probes were off */
    int off_reason;         /* 0 they are on, 1 budget, 2 request */
    const unsigned long *buckets; /* TKA_HISTOGRAM_BUCKETS weights, or NULL */
} TkaLiveFunction;

typedef struct TkaLiveProfile {
    int pid;
    const char *name, *command, *mode, *db_path, *note;
    long long started_at, now;              /* ns since the epoch */
    double count_cost_ns, timed_cost_ns, overhead_threshold;
    unsigned threads;                       /* that made a profiled call */
    unsigned long long lost_calls, lost_samples;
    int listening;                          /* it can be asked */
    const TkaLiveFunction *functions;       /* same index, same function, in later readings */
    unsigned function_count;
} TkaLiveProfile;

/* Its counters as they are now; valid until the next reading or close. 0; -1 it has
 * ended, or error set. */
int tka_live_read(TkaLive *live, TkaLiveProfile *profile, char *error, int error_size);

/* Ask the process and wait for its answer. Requests:
 *   mode off|count|sampled|exact    threshold PERCENT    bottleneck MS
 *   off GLOB    on GLOB             (functions by name, or FILE:LINE's file)
 *   memory off|sampled|exact        (where libtka-mem is linked)
 *   start NAME    stop              (a session)
 *   dump                            (store now)
 *   status
 * 0 with the answer in one line; -1: answer says why not, among others when the
 * process has no store thread (monitoring switched off, or younger than 0.1 s). */
int tka_live_ask(TkaLive *live, const char *request, char *answer, int answer_size,
                 int wait_ms);

/* --- housekeeping -------------------------------------------------------- */

typedef struct TkaPruned {
    long long intervals, rollups, sessions, slow_calls; /* rows removed */
} TkaPruned;

/* Roll up what is old (intervals of more than 15 minutes into minutes, minutes of
 * more than a day into hours, hours of more than 30 days into days) and remove runs that ended more
 * than retention_days ago with all that belongs to them; < 0: remove none. 0; -1
 * with error set. */
int tka_store_prune(const char *db_path, double retention_days, TkaPruned *pruned,
                    char *error, int error_size);

#ifdef __cplusplus
}
#endif
#endif
