#include "over_time.h"

#include <stdlib.h>

#include "allocation.h"
#include "database_events.h"
#include "statistics.h"

#define SECOND 1000000000ll

void period_list_add(PeriodList *list, const Period *period)
{
    Distribution *histogram = NULL;

    if (period->histogram_size) {
        histogram = allocate_zeroed(1, sizeof *histogram);
        distribution_merge_blob(histogram, period->histogram, period->histogram_size);
    }
    list->items =
        grow_array(list->items, list->count, &list->capacity, sizeof *list->items);
    list->histograms = grow_array(list->histograms, list->count,
                                  &list->histogram_capacity, sizeof *list->histograms);
    list->items[list->count] = *period;
    list->items[list->count].histogram = NULL;
    list->items[list->count].histogram_size = list->count; /* its place, after sorting */
    list->histograms[list->count++] = histogram;
}

void period_list_release(PeriodList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->histograms[i]);
    }
    free(list->items);
    free(list->histograms);
    *list = (PeriodList){0};
}

/* --- how long a span is ----------------------------------------------------- */

/* At least two intervals, so that a span between two of them is not empty, and as long
 * as the longest sum; whole minutes where there are minutes. */
static int64_t least_length(const PeriodList *list)
{
    int64_t intervals = 0, count = 0, longest = 0;
    int64_t most = INT64_MAX / 4 / (int64_t)(list->count + 1); /* if it is damaged */

    for (size_t i = 0; i < list->count; i++) {
        const Period *period = &list->items[i];
        int64_t length = period->ended_at - period->started_at;

        length = length < most ? length : most;
        if (period->function_id == 0) {
            intervals += length;
            count++;
        } else if (length > longest) {
            longest = length;
        }
    }
    if (count && 2 * intervals / count > longest) {
        longest = 2 * intervals / count;
    }
    return longest > 0 ? longest : SECOND;
}

static int64_t span_length(const PeriodList *list, int64_t all, size_t most)
{
    static const int64_t seconds[] = {1,   2,   5,    10,   15,   30,    60,    120,  300,
                                      600, 900, 1800, 3600, 7200, 21600, 43200, 86400};
    int64_t least = least_length(list);

    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        int64_t length = seconds[i] * SECOND;

        /* Within a tenth: intervals are a little longer than they should be. */
        if (length + length / 10 >= least && all / length < (int64_t)most) {
            return length;
        }
    }
    return (all / (int64_t)most / (86400 * SECOND) + 1) * 86400 * SECOND;
}

/* --- merging ---------------------------------------------------------------- */

static int compare_periods(const void *a, const void *b)
{
    const Period *x = a, *y = b;

    return (x->started_at > y->started_at) - (x->started_at < y->started_at);
}

static double percentile(const Distribution *histogram, uint64_t samples)
{
    return samples >= ENOUGH_SAMPLES ? distribution_quantile(histogram, 0.99) : -1;
}

/* Merge items[from..to), which began in one span. */
static TimeSpan merge_span(const PeriodList *list, size_t from, size_t to)
{
    Distribution *histogram = allocate_zeroed(1, sizeof *histogram);
    int64_t covered = 0, until = INT64_MIN;
    TimeSpan span = {0};

    for (size_t i = from; i < to; i++) {
        const Period *period = &list->items[i];
        const Distribution *one = list->histograms[period->histogram_size];
        int64_t begin = period->started_at > until ? period->started_at : until;

        if (period->ended_at > begin) {
            covered += period->ended_at - begin;
            until = period->ended_at;
        }
        span.calls += period->calls;
        span.samples += period->samples;
        span.weight += period->weight;
        span.total_ns += period->total_ns;
        for (unsigned k = 0; one && k < TKA_HISTOGRAM_BUCKETS; k++) {
            histogram->count[k] += one->count[k];
        }
    }
    span.seconds = (double)covered / 1e9;
    span.p99_ns = percentile(histogram, span.samples);
    free(histogram);
    return span;
}

void over_time_merge(OverTime *over_time, PeriodList *list, size_t most)
{
    int64_t begin, length;
    size_t from = 0;

    *over_time = (OverTime){0};
    if (list->count == 0) {
        return;
    }
    qsort(list->items, list->count, sizeof *list->items, compare_periods);
    begin = list->items[0].started_at;
    over_time->started_at = over_time->ended_at = begin;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].ended_at > over_time->ended_at) {
            over_time->ended_at = list->items[i].ended_at;
        }
    }
    length = span_length(list, over_time->ended_at - begin, most);
    over_time->length_ns = length;
    over_time->spans = allocate_zeroed(list->count, sizeof *over_time->spans);
    for (size_t i = 1; i <= list->count; i++) {
        int64_t span = (list->items[from].started_at - begin) / length;

        if (i == list->count || (list->items[i].started_at - begin) / length != span) {
            over_time->spans[over_time->count] = merge_span(list, from, i);
            over_time->spans[over_time->count++].started_at = begin + span * length;
            from = i;
        }
    }
}

static bool add_period(void *context, const Period *period)
{
    period_list_add(context, period);
    return true;
}

static bool has_calls(const PeriodList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].calls) {
            return true;
        }
    }
    return false;
}

bool over_time_load(OverTime *over_time, Database *database, const SessionIds *sessions,
                    const SessionIds *functions, size_t most, Error *error)
{
    PeriodList list = {0};
    bool ok = true;

    *over_time = (OverTime){0};
    for (size_t i = 0; ok && i < sessions->count; i++) {
        for (size_t j = 0; ok && j < functions->count; j++) {
            ok = database_periods(database, sessions->items[i], functions->items[j],
                                  add_period, &list, error);
        }
    }
    if (ok && has_calls(&list)) {
        over_time_merge(over_time, &list, most);
    }
    period_list_release(&list);
    return ok;
}

void over_time_release(OverTime *over_time)
{
    free(over_time->spans);
    *over_time = (OverTime){0};
}

double time_span_rate(const TimeSpan *span)
{
    return span->seconds > 0 ? (double)span->calls / span->seconds : -1;
}

double time_span_mean(const TimeSpan *span)
{
    bool enough = span->samples >= ENOUGH_SAMPLES ||
                  (span->samples > 0 && span->samples >= span->calls);

    return enough && span->weight > 0 ? span->total_ns / (double)span->weight : -1;
}
