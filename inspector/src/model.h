/* model - what the database holds, as plain structs; see docs/schema.md.
 *
 * Strings of a struct that came from a database_ function belong to it; the
 * _release functions free them. Times are ns, *_at since 1970-01-01 UTC.
 */
#ifndef TKA_MODEL_H
#define TKA_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "statistics.h"

typedef struct Session {
    int64_t id, parent_id; /* parent_id 0: a run, not a stretch of one */
    char *uid, *name, *host, *command, *executable, *directory;
    char *build_id, *git_commit, *tags; /* "" when not known */
    char *tka_version, *mode;
    double overhead_threshold;    /* percent */
    int64_t started_at, ended_at; /* ended_at 0: it runs */
    char *exit_kind;              /* "" while it runs */
    int64_t exit_status;          /* -1: not known */
} Session;

typedef struct SessionList {
    Session *items;
    size_t count, capacity;
} SessionList;

/* The sessions that a report covers: a run comes first, then its stretches. */
typedef struct SessionIds {
    int64_t *items;
    size_t count, capacity;
} SessionIds;

/* What a session's measurements add up to. */
typedef struct SessionTotals {
    uint64_t processes, functions, calls, samples;
} SessionTotals;

typedef struct Process {
    int64_t id, session_id, pid, parent_pid;
    int64_t started_at, stored_at;
    char *state, *clock, *mode; /* mode: when last stored; "" not told */
    char *note;                 /* "" when all went well */
    double count_cost_ns, timed_cost_ns;
    int64_t cpu_ns, wall_ns, threads;
    int64_t store_ns; /* CPU time of its threads that watch and store */
    uint64_t lost_calls, lost_samples, lost_paths;
} Process;

typedef struct ProcessList {
    Process *items;
    size_t count, capacity;
} ProcessList;

typedef struct Function {
    int64_t id;
    char *name, *function, *file, *kind;
    int64_t line, size;
} Function;

/* Why a function's probes are switched off, the stronger reason last. */
typedef enum OffReason { OFF_NOT, OFF_REQUEST, OFF_BUDGET } OffReason;

/* One process's record of a function. The blob is borrowed. */
typedef struct Measurement {
    int64_t process_id, function_id;
    Recorded recorded;
    double timing_ns; /* what timing its calls cost; -1: not told */
    double off_ns;    /* how long its probes were off */
    OffReason off_reason;
    const uint8_t *histogram;
    size_t histogram_size;
} Measurement;

/* One process's record of a call path. */
typedef struct PathMeasurement {
    int64_t callpath_id;
    uint64_t samples, weight;
    double total_ns, child_ns;
} PathMeasurement;

/* A call over the bottleneck threshold. The text is borrowed. */
typedef struct SlowCall {
    int64_t id, session_id, pid, thread;
    int64_t function_id, callpath_id;
    int64_t started_at;
    double duration_ns, cpu_ns; /* cpu_ns -1: not read */
    const char *events;         /* JSON, see slow_event.h */
} SlowCall;

/* The process as the system saw it at one time; times and counts since its start. */
typedef struct SystemSample {
    int64_t process_id, at;
    double cpu_ns, rss_bytes, threads, open_files;
    double voluntary_switches, involuntary_switches, minor_faults, major_faults;
} SystemSample;

/* One of the processor's counters of a process. Texts are borrowed. */
typedef struct HardwareCounter {
    const char *name;
    double value;         /* -1: not known */
    double counted_share; /* of the time, 0 to 1; -1 not known */
    const char *reason;   /* why it is not known; "" */
} HardwareCounter;

/* Sums of one function over a time. The histogram's blob is borrowed. */
typedef struct Period {
    int64_t started_at, ended_at;
    int64_t function_id; /* 0: nothing but that the time was recorded */
    uint64_t calls, samples, weight;
    double total_ns;
    const uint8_t *histogram;
    size_t histogram_size;
} Period;

/* An annotated place in a build; strings are borrowed. */
typedef struct Annotation {
    int64_t function_id;
    const char *module; /* path of the executable or shared library */
    const char *reason; /* why it was skipped; "" instrumented */
} Annotation;

const char *off_reason_text(OffReason reason); /* as the database has it; "": on */

void session_release(Session *session);
void session_list_release(SessionList *list);
void session_ids_add(SessionIds *ids, int64_t id);
void session_ids_release(SessionIds *ids);
void process_list_release(ProcessList *list);
void function_release(Function *function);

#endif
