/* system_history - what the system saw of a session's processes, as rates.
 */
#ifndef TKA_SYSTEM_HISTORY_H
#define TKA_SYSTEM_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "failure.h"
#include "model.h"

typedef struct SystemPoint {
    int64_t at;
    double seconds;   /* since the point before, or the process's start */
    double cpu_share; /* of one processor; above 1 with several threads */
    double rss_bytes, threads, open_files;
    double voluntary_per_s, involuntary_per_s, minor_faults_per_s, major_faults_per_s;
} SystemPoint;

/* As HardwareCounter, with texts of its own. */
typedef struct CounterTotal {
    char *name, *reason;
    double value, counted_share;
} CounterTotal;

typedef struct ProcessHistory {
    int64_t pid, started_at;
    SystemPoint *points;
    size_t count, capacity;
    CounterTotal *counters; /* none: they were not asked for */
    size_t counter_count, counter_capacity;
} ProcessHistory;

typedef struct SystemHistory {
    ProcessHistory *processes; /* one for each of the list */
    size_t count;
} SystemHistory;

bool system_history_load(SystemHistory *history, Database *database,
                         const ProcessList *processes, Error *error);

/* Of a counter; -1: not known. */
double system_history_counter(const ProcessHistory *process, const char *name);
void system_history_release(SystemHistory *history);

#endif
