#define _GNU_SOURCE
#include "profile.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "allocation.h"
#include "id_index.h"

/* --- loading ------------------------------------------------------------ */

typedef struct Loader {
    Profile *profile;
    Database *database;
    IdIndex rows;      /* function id -> row */
    IdIndex processes; /* process id -> place in profile->processes */
    Error *error;
    bool failed;
} Loader;

static ProfileRow *find_row(Loader *loader, int64_t function)
{
    Profile *profile = loader->profile;
    bool is_new;
    size_t *place = id_index_slot(&loader->rows, function, &is_new);

    if (!is_new) {
        return &profile->rows[*place];
    }
    profile->rows = grow_array(profile->rows, profile->count, &profile->capacity,
                               sizeof *profile->rows);
    profile->rows[profile->count] = (ProfileRow){0};
    if (!database_function(loader->database, function,
                           &profile->rows[profile->count].function, loader->error)) {
        loader->failed = true;
        return NULL;
    }
    *place = profile->count++;
    return &profile->rows[*place];
}

bool profile_row_add(ProfileRow *row, const Measurement *one)
{
    timing_record(&row->timing, &one->recorded);
    row->off_ns += one->off_ns;
    row->off_reason =
        one->off_reason > row->off_reason ? one->off_reason : row->off_reason;
    if (!one->histogram_size) {
        return true;
    }
    if (!row->histogram) {
        row->histogram = allocate_zeroed(1, sizeof *row->histogram);
    }
    return distribution_merge_blob(row->histogram, one->histogram, one->histogram_size);
}

/* A timed call's cost depends on the mode, which can be switched: the process tells
 * what timing a function's calls cost, and in old rows what one costs in its mode. */
static void add_overhead(Loader *loader, ProfileRow *row, const Measurement *one)
{
    size_t *place = id_index_find(&loader->processes, one->process_id);
    Overhead *overhead = &loader->profile->overhead;
    const Process *process;
    double counting, timing;

    if (!place) {
        return;
    }
    process = &loader->profile->processes.items[*place];
    counting = (double)one->recorded.calls * process->count_cost_ns;
    timing = one->timing_ns >= 0 ? one->timing_ns
                                 : (double)one->recorded.samples * process->timed_cost_ns;
    overhead->counting_ns += counting;
    overhead->timing_ns += timing;
    row->overhead_ns += counting + timing;
    row->timing_ns += timing;
}

static bool add_measurement(void *context, const Measurement *one)
{
    Loader *loader = context;
    ProfileRow *row = find_row(loader, one->function_id);

    if (!row) {
        return false;
    }
    loader->profile->damaged_histograms += !profile_row_add(row, one);
    add_overhead(loader, row, one);
    loader->profile->calls += one->recorded.calls;
    loader->profile->samples += one->recorded.samples;
    return true;
}

static bool load_processes(Loader *loader, const SessionIds *ids)
{
    ProcessList *list = &loader->profile->processes;
    bool is_new;

    for (size_t i = 0; i < ids->count; i++) {
        if (!database_processes(loader->database, ids->items[i], list, loader->error)) {
            return false;
        }
    }
    for (size_t i = 0; i < list->count; i++) {
        *id_index_slot(&loader->processes, list->items[i].id, &is_new) = i;
        loader->profile->overhead.cpu_ns += (double)list->items[i].cpu_ns;
        loader->profile->overhead.storing_ns += (double)list->items[i].store_ns;
    }
    return true;
}

/* --- one row per name, file, line and kind ------------------------------- */

static int compare_identity(const void *a, const void *b)
{
    const Function *x = &((const ProfileRow *)a)->function;
    const Function *y = &((const ProfileRow *)b)->function;
    int order = strcmp(x->name, y->name);

    if (order == 0) {
        order = strcmp(x->file, y->file);
    }
    if (order == 0) {
        order = (x->line > y->line) - (x->line < y->line);
    }
    return order ? order : strcmp(x->kind, y->kind);
}

void profile_row_release(ProfileRow *row)
{
    function_release(&row->function);
    free(row->histogram);
}

/* Add other to row, and release it. */
static void absorb(ProfileRow *row, ProfileRow *other)
{
    timing_merge(&row->timing, &other->timing);
    row->overhead_ns += other->overhead_ns;
    row->timing_ns += other->timing_ns;
    row->off_ns += other->off_ns;
    row->off_reason =
        other->off_reason > row->off_reason ? other->off_reason : row->off_reason;
    if (row->histogram && other->histogram) {
        for (unsigned i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
            row->histogram->count[i] += other->histogram->count[i];
        }
    } else if (other->histogram) {
        row->histogram = other->histogram;
        other->histogram = NULL;
    }
    profile_row_release(other);
}

static void merge_equal_rows(Profile *profile)
{
    size_t kept = 0;

    if (profile->count == 0) {
        return;
    }
    qsort(profile->rows, profile->count, sizeof *profile->rows, compare_identity);
    for (size_t i = 1; i < profile->count; i++) {
        if (compare_identity(&profile->rows[kept], &profile->rows[i]) == 0) {
            absorb(&profile->rows[kept], &profile->rows[i]);
        } else {
            profile->rows[++kept] = profile->rows[i];
        }
    }
    profile->count = kept + 1;
}

bool profile_load(Profile *profile, Database *database, const SessionIds *ids,
                  Error *error)
{
    Loader loader = {.profile = profile, .database = database, .error = error};
    bool ok = load_processes(&loader, ids);

    for (size_t i = 0; ok && i < ids->count; i++) {
        ok = database_measurements(database, ids->items[i], 0, add_measurement, &loader,
                                   error) &&
             !loader.failed;
    }
    id_index_release(&loader.rows);
    id_index_release(&loader.processes);
    merge_equal_rows(profile);
    for (size_t i = 0; i < profile->count; i++) {
        profile->self_ns += timing_self(&profile->rows[i].timing);
    }
    return ok;
}

void profile_release(Profile *profile)
{
    for (size_t i = 0; i < profile->count; i++) {
        profile_row_release(&profile->rows[i]);
    }
    free(profile->rows);
    process_list_release(&profile->processes);
    *profile = (Profile){0};
}

/* --- sorting and filtering ------------------------------------------------ */

const char profile_sort_keys[] =
    "self, total, calls, mean, p50, p90, p95, p99, max, overhead, name";

bool profile_sort_key(const char *text, SortKey *key)
{
    static const char *const names[] = {
        [SORT_SELF] = "self",         [SORT_TOTAL] = "total", [SORT_CALLS] = "calls",
        [SORT_MEAN] = "mean",         [SORT_P50] = "p50",     [SORT_P90] = "p90",
        [SORT_P95] = "p95",           [SORT_P99] = "p99",     [SORT_MAX] = "max",
        [SORT_OVERHEAD] = "overhead", [SORT_NAME] = "name"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i]) == 0) {
            *key = (SortKey)i;
            return true;
        }
    }
    return false;
}

static double sort_value(const ProfileRow *row, SortKey key)
{
    const Timing *timing = &row->timing;

    switch (key) {
    case SORT_SELF:
        return timing_known(timing) ? timing_self(timing) : -1;
    case SORT_TOTAL:
        return timing_known(timing) ? timing_total(timing) : -1;
    case SORT_CALLS:
        return (double)timing->calls;
    case SORT_MEAN:
        return timing_reliable(timing) ? timing_mean(timing) : -1;
    case SORT_P50:
        return profile_percentile(row, 0.5);
    case SORT_P90:
        return profile_percentile(row, 0.9);
    case SORT_P95:
        return profile_percentile(row, 0.95);
    case SORT_P99:
        return profile_percentile(row, 0.99);
    case SORT_MAX:
        return timing_known(timing) ? timing->max_ns : -1;
    case SORT_OVERHEAD:
        return row->overhead_ns;
    case SORT_NAME:
        break;
    }
    return 0;
}

typedef struct Ranked {
    double value;
    ProfileRow row;
} Ranked;

static int compare_ranked(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;

    if (x->value != y->value) {
        return x->value < y->value ? 1 : -1;
    }
    if (x->row.timing.calls != y->row.timing.calls) {
        return x->row.timing.calls < y->row.timing.calls ? 1 : -1;
    }
    return compare_identity(&x->row, &y->row);
}

void profile_sort(Profile *profile, SortKey key)
{
    Ranked *ranked;

    if (key == SORT_NAME) {
        qsort(profile->rows, profile->count, sizeof *profile->rows, compare_identity);
        return;
    }
    ranked = allocate_zeroed(profile->count, sizeof *ranked);
    for (size_t i = 0; i < profile->count; i++) {
        ranked[i] = (Ranked){sort_value(&profile->rows[i], key), profile->rows[i]};
    }
    qsort(ranked, profile->count, sizeof *ranked, compare_ranked);
    for (size_t i = 0; i < profile->count; i++) {
        profile->rows[i] = ranked[i].row;
    }
    free(ranked);
}

static bool matches_text(const char *text, const char *glob)
{
    if (strpbrk(glob, "*?")) {
        return fnmatch(glob, text, 0) == 0;
    }
    return strcasestr(text, glob) != NULL;
}

bool profile_matches(const Function *function, const char *glob)
{
    const char *base = strrchr(function->file, '/');

    return matches_text(function->name, glob) || matches_text(function->function, glob) ||
           matches_text(function->file, glob) || (base && matches_text(base + 1, glob));
}

void profile_filter(Profile *profile, const char *glob)
{
    size_t kept = 0;

    for (size_t i = 0; i < profile->count; i++) {
        if (profile_matches(&profile->rows[i].function, glob)) {
            profile->rows[kept++] = profile->rows[i];
        } else {
            profile_row_release(&profile->rows[i]);
        }
    }
    profile->count = kept;
}

/* --- figures ------------------------------------------------------------ */

double profile_percentile(const ProfileRow *row, double quantile)
{
    double value;

    if (!row->histogram || !timing_has_percentiles(&row->timing)) {
        return -1;
    }
    value = distribution_quantile(row->histogram, quantile);
    if (value < 0) {
        return -1;
    }
    if (row->timing.min_ns >= 0 && value < row->timing.min_ns) {
        value = row->timing.min_ns;
    }
    return row->timing.max_ns >= 0 && value > row->timing.max_ns ? row->timing.max_ns
                                                                 : value;
}

Interval profile_mean_interval(const ProfileRow *row)
{
    Shape shape = {-1, 0};

    if (row->histogram) {
        shape.variation = distribution_variation(row->histogram);
        shape.skewness = distribution_skewness(row->histogram);
    }
    return timing_mean_interval(&row->timing, shape);
}

double profile_share(const Profile *profile, const ProfileRow *row)
{
    return profile->self_ns > 0 && timing_known(&row->timing)
               ? timing_self(&row->timing) / profile->self_ns
               : -1;
}

double overhead_total(const Overhead *overhead)
{
    return overhead->counting_ns + overhead->timing_ns;
}

double overhead_share(const Overhead *overhead)
{
    return overhead->cpu_ns > 0 ? overhead_total(overhead) / overhead->cpu_ns : -1;
}
