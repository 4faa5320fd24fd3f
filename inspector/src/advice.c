#include "advice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "rule_pattern.h"

/* The runtime times one in 2^k calls, k the least that keeps to a function's
 * share: between half of it and all, on average 1 / (2 log 2). */
#define OF_ITS_SHARE 0.72
#define PERIOD_MOST  8192.0

/* Where something must go, the forecast is to be this part of the budget: the cost of
 * counting alone, calibrated anew by each process, differs by a tenth and more, and
 * the next run ought to be within the budget. */
#define AIM 0.8

/* A row with the name that its rule will have. */
typedef struct Keyed {
    const ProfileRow *row;
    char *key;
} Keyed;

static const char *name_of(const ProfileRow *row)
{
    const Function *function = &row->function;

    return *function->function ? function->function : function->name;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_keyed(const void *a, const void *b)
{
    const Keyed *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    if (order == 0) {
        order = strcmp(x->row->function.file, y->row->function.file);
    }
    return order ? order
                 : (x->row->function.line > y->row->function.line) -
                       (x->row->function.line < y->row->function.line);
}

/* --- what one rule leaves out ---------------------------------------------- */

/* Names of C functions: rules for them match C++ functions of that bare name. */
static const char **plain_names(const Profile *profile, size_t *count)
{
    const char **names = allocate_zeroed(profile->count + 1, sizeof *names);

    *count = 0;
    for (size_t i = 0; i < profile->count; i++) {
        const char *name = name_of(&profile->rows[i]);

        if (!rule_pattern_is_qualified(name)) {
            names[(*count)++] = name;
        }
    }
    qsort(names, *count, sizeof *names, compare_texts);
    return names;
}

static Keyed *keyed_rows(const Profile *profile)
{
    Keyed *keyed = allocate_zeroed(profile->count + 1, sizeof *keyed);
    size_t plain_count;
    const char **plain = plain_names(profile, &plain_count);

    for (size_t i = 0; i < profile->count; i++) {
        const char *name = name_of(&profile->rows[i]);
        char *bare = rule_pattern_bare(name);
        bool shared = plain_count &&
                      bsearch(&bare, plain, plain_count, sizeof *plain, compare_texts);

        keyed[i] = (Keyed){&profile->rows[i], shared ? bare : duplicate_text(name)};
        if (!shared) {
            free(bare);
        }
    }
    free(plain);
    qsort(keyed, profile->count, sizeof *keyed, compare_keyed);
    return keyed;
}

/* --- what it costs, and tells ----------------------------------------------- */

/* What timing a function may cost when nothing else limits it. */
static double timing_demand(const ProfileRow *row, double timing_share)
{
    const Timing *timing = &row->timing;
    double calls = (double)timing->calls, one, wanted;

    if (!timing_known(timing) || timing_share <= 0) {
        return row->timing_ns;
    }
    one = row->timing_ns / (double)timing->samples;
    wanted = OF_ITS_SHARE * timing_share * timing_mean(timing) * calls;
    return fmin(fmax(wanted, one * calls / PERIOD_MOST), one * calls);
}

/* Self time, less the more, the less certain it is. */
static double information(const ProfileRow *row)
{
    Interval interval = profile_mean_interval(row);
    double mean = timing_mean(&row->timing);
    double half = (interval.high - interval.low) / 2;
    double error = timing_reliable(&row->timing) && mean > 0 ? half / mean : 1;

    return timing_self(&row->timing) / (1 + error);
}

static void add_row(ProbeItem *item, const ProfileRow *row, double timing_share)
{
    item->calls += row->timing.calls;
    item->counting_ns += row->overhead_ns - row->timing_ns;
    item->timing_ns += row->timing_ns;
    item->demand_ns += timing_demand(row, timing_share);
    item->self_ns += timing_self(&row->timing);
    item->information_ns += information(row);
    item->kept = item->kept || !strcmp(row->function.kind, "critical");
}

/* --- all together ------------------------------------------------------------ */

/* Whether the rows of a key, from the first on, lie in several known files. */
static bool has_several_files(const Keyed *first, const Keyed *end)
{
    const Keyed *last = first;

    while (last + 1 < end && strcmp(last[1].key, first->key) == 0) {
        last++;
    }
    return *first->row->function.file &&
           strcmp(first->row->function.file, last->row->function.file) != 0;
}

static char *pattern_of(const Keyed *keyed, bool in_file)
{
    char *name = rule_pattern_new(keyed->key), *file, *both;

    if (!in_file) {
        return name;
    }
    file = rule_pattern_new(keyed->row->function.file);
    both = format_new("%s IN FILE %s", name, file);
    free(name);
    free(file);
    return both;
}

static void make_items(Advice *advice, const Profile *profile, double timing_share)
{
    Keyed *keyed = keyed_rows(profile);
    bool in_file = false;

    advice->items = allocate_zeroed(profile->count + 1, sizeof *advice->items);
    advice->patterns = allocate_zeroed(profile->count + 1, sizeof *advice->patterns);
    advice->rows = allocate_zeroed(profile->count + 1, sizeof *advice->rows);
    advice->row_count = profile->count;
    for (size_t i = 0; i < profile->count; i++) {
        const Keyed *last = i ? &keyed[i - 1] : NULL;
        bool new_key = !last || strcmp(last->key, keyed[i].key) != 0;

        if (new_key) {
            in_file = has_several_files(&keyed[i], keyed + profile->count);
        }
        if (new_key || (in_file && strcmp(last->row->function.file,
                                          keyed[i].row->function.file) != 0)) {
            advice->patterns[advice->count++] = pattern_of(&keyed[i], in_file);
        }
        advice->rows[i] = (AdviceRow){keyed[i].row, advice->count - 1};
        add_row(&advice->items[advice->count - 1], keyed[i].row, timing_share);
    }
    for (size_t i = 0; i < profile->count; i++) {
        free(keyed[i].key);
    }
    free(keyed);
}

typedef struct Placed {
    double cost; /* of the item */
    size_t place;
    AdviceRow row;
} Placed;

static int compare_placed(const void *a, const void *b)
{
    const Placed *x = a, *y = b;

    if (x->cost != y->cost) {
        return x->cost < y->cost ? 1 : -1;
    }
    return (x->place > y->place) - (x->place < y->place);
}

/* Costliest item first; its rows stay together, by file and line. */
static void sort_rows(Advice *advice)
{
    Placed *placed = allocate_zeroed(advice->row_count + 1, sizeof *placed);

    for (size_t i = 0; i < advice->row_count; i++) {
        const ProbeItem *item = &advice->items[advice->rows[i].item];

        placed[i] = (Placed){item->counting_ns + item->timing_ns, i, advice->rows[i]};
    }
    qsort(placed, advice->row_count, sizeof *placed, compare_placed);
    for (size_t i = 0; i < advice->row_count; i++) {
        advice->rows[i] = placed[i].row;
        advice->excluded_rows += advice->items[placed[i].row.item].excluded;
    }
    free(placed);
}

static ProbeRun measured_run(const Profile *profile, double timing_share)
{
    ProbeRun run = {.cpu_ns = profile->overhead.cpu_ns, .timing_share = timing_share};

    for (size_t i = 0; i < profile->processes.count; i++) {
        const Process *process = &profile->processes.items[i];

        run.elapsed_ns += fmax((double)process->cpu_ns, (double)process->wall_ns);
    }
    return run;
}

void advice_make(Advice *advice, const Profile *profile, const AdviceTerms *terms)
{
    ProbeRun run = measured_run(profile, terms->timing_share);

    make_items(advice, profile, terms->timing_share);
    advice->budget = terms->budget;
    advice->now = probe_forecast(advice->items, advice->count, &run);
    advice->predicted = probe_choice(
        advice->items, advice->count, &run,
        advice->now.share > terms->budget ? AIM * terms->budget : terms->budget);
    sort_rows(advice);
}

void advice_release(Advice *advice)
{
    for (size_t i = 0; i < advice->count; i++) {
        free(advice->patterns[i]);
    }
    free(advice->patterns);
    free(advice->items);
    free(advice->rows);
    *advice = (Advice){0};
}

const AdviceRow *advice_next_excluded(const Advice *advice, size_t *place)
{
    while (*place < advice->row_count) {
        const AdviceRow *row = &advice->rows[(*place)++];

        if (advice->items[row->item].excluded) {
            return row;
        }
    }
    return NULL;
}

double advice_calls_left(const Advice *advice)
{
    return advice->now.calls ? (double)advice->predicted.calls / (double)advice->now.calls
                             : 1;
}

double advice_self_left(const Advice *advice)
{
    return advice->now.self_ns > 0 ? advice->predicted.self_ns / advice->now.self_ns : -1;
}
