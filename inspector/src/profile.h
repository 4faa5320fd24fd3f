/* profile - the functions of one or more sessions, merged over processes.
 *
 *     Profile profile = {0};
 *     if (profile_load(&profile, database, &ids, error)) {
 *         profile_sort(&profile, SORT_SELF);
 *         ... profile.rows[i] ...
 *     }
 *     profile_release(&profile);
 *
 * One row per name, file, line and kind: an inline function that several
 * translation units or modules compiled is one function to its user.
 */
#ifndef TKA_PROFILE_H
#define TKA_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "database.h"
#include "failure.h"
#include "distribution.h"
#include "model.h"
#include "statistics.h"

typedef struct ProfileRow {
    Function function;
    Timing timing;
    Distribution *histogram; /* NULL: none */
    double overhead_ns;      /* that its probes cost */
    double timing_ns;        /* of it, for the timed calls */
    double off_ns;           /* its probes were off that long: not counted then */
    OffReason off_reason;    /* why they were at the end, of one process at least */
} ProfileRow;

/* What TKA's probes cost the program, from the calibrated cost of each. */
typedef struct Overhead {
    double counting_ns, timing_ns;
    double storing_ns; /* CPU time of threads of the runtime's own; not of the probes */
    double cpu_ns; /* of the processes; 0: not known */
} Overhead;

typedef struct Profile {
    ProfileRow *rows;
    size_t count, capacity;
    ProcessList processes;
    Overhead overhead;
    uint64_t calls, samples;
    double self_ns;            /* of all functions: what shares are shares of */
    size_t damaged_histograms; /* left out */
} Profile;

typedef enum SortKey {
    SORT_SELF,
    SORT_TOTAL,
    SORT_CALLS,
    SORT_MEAN,
    SORT_P50,
    SORT_P90,
    SORT_P95,
    SORT_P99,
    SORT_MAX,
    SORT_OVERHEAD,
    SORT_NAME
} SortKey;

bool profile_load(Profile *profile, Database *database, const SessionIds *ids,
                  Error *error);
void profile_release(Profile *profile);

/* False when there is no such key. */
bool profile_sort_key(const char *text, SortKey *key);
extern const char profile_sort_keys[]; /* their names, for help and errors */

/* Largest first, unknown last; names in alphabetical order. */
void profile_sort(Profile *profile, SortKey key);

/* Keep the rows whose name, function or file matches the glob (without * or ?:
 * contains the text). Shares stay shares of the whole. */
void profile_filter(Profile *profile, const char *glob);
bool profile_matches(const Function *function, const char *glob);

/* Add a record to a row of the caller's ({0} at first): timing and histogram.
 * False when the histogram is damaged and was left out. */
bool profile_row_add(ProfileRow *row, const Measurement *one);
void profile_row_release(ProfileRow *row);

/* Percentile 0 < quantile < 1 in ns; -1 when there are too few samples. */
double profile_percentile(const ProfileRow *row, double quantile);

/* 95 % confidence interval of the mean. */
Interval profile_mean_interval(const ProfileRow *row);

/* Self time as a share (0 to 1) of all self time; -1 when not known. */
double profile_share(const Profile *profile, const ProfileRow *row);

double overhead_total(const Overhead *overhead);

/* Of the processes' CPU time, 0 to 1; -1 when that is not known. */
double overhead_share(const Overhead *overhead);

#endif
