/* over_time - what a function did over time: calls, mean and percentile of each span.
 *
 * The database has the last minutes by intervals, what is older by minutes, hours or
 * days, of several processes and sessions. All is merged into spans of one length, the
 * least that no row is longer than and that gives no more than so many spans. Sums and
 * histograms are merged; percentiles are taken then, never averaged.
 *
 * A row belongs to the span that it began in. Rates are calls by the time that the
 * span's rows cover, so that it does not matter how many intervals fall into one.
 */
#ifndef TKA_OVER_TIME_H
#define TKA_OVER_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "distribution.h"
#include "failure.h"
#include "model.h"

/* A span of time; percentiles and means as in statistics.h. */
typedef struct TimeSpan {
    int64_t started_at;
    double seconds; /* of it that rows cover */
    uint64_t calls, samples, weight;
    double total_ns;
    double p99_ns; /* -1: too few samples */
} TimeSpan;

typedef struct OverTime {
    TimeSpan *spans; /* in order; only those that rows began in */
    size_t count;
    int64_t length_ns; /* from one span to the next, if none is missing */
    int64_t started_at, ended_at;
} OverTime;

/* Of a function (all ids that it has) in the sessions; at most `most` spans. */
bool over_time_load(OverTime *over_time, Database *database, const SessionIds *sessions,
                    const SessionIds *functions, size_t most, Error *error);
void over_time_release(OverTime *over_time);

double time_span_rate(const TimeSpan *span); /* calls per second */
double time_span_mean(const TimeSpan *span); /* -1: too few samples */

/* --- its parts, for tests --------------------------------------------------- */

typedef struct PeriodList {
    Period *items; /* without histograms */
    Distribution **histograms;
    size_t count, capacity, histogram_capacity;
} PeriodList;

void period_list_add(PeriodList *list, const Period *period);
void period_list_release(PeriodList *list);
void over_time_merge(OverTime *over_time, PeriodList *list, size_t most);

#endif
