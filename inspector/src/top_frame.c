#include "top_frame.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "profile.h"

static const char *const sort_names[] = {
    [TOP_SELF] = "self", [TOP_CALLS] = "calls", [TOP_TOTAL] = "total",
    [TOP_MEAN] = "mean", [TOP_P50] = "p50",     [TOP_P99] = "p99",
    [TOP_NAME] = "name"};

const char *top_sort_name(TopSort sort)
{
    return sort < TOP_SORTS ? sort_names[sort] : NULL;
}

bool top_sort_find(const char *name, TopSort *sort)
{
    for (size_t i = 0; i < TOP_SORTS; i++) {
        if (!strcmp(sort_names[i], name)) {
            *sort = (TopSort)i;
            return true;
        }
    }
    return false;
}

void top_frame_usage(TopFrame *frame, const ProcessUsage *before, const ProcessUsage *now,
                     double seconds)
{
    double cpu_ns = (double)(now->cpu_ns - before->cpu_ns);
    bool known = before->cpu_ns >= 0 && now->cpu_ns >= 0 && seconds > 0;

    frame->usage = *now;
    frame->cpu_share = known ? cpu_ns / 1e9 / seconds : -1;
    frame->overhead_share = known && cpu_ns > 0 ? frame->rates->overhead_ns / cpu_ns : -1;
}

/* What it is sorted by; the greater, the earlier. */
static double key(const LiveRate *rate, TopSort sort)
{
    switch (sort) {
    case TOP_CALLS:
        return rate->calls_per_second;
    case TOP_TOTAL:
        return rate->total_share;
    case TOP_MEAN:
        return rate->mean_ns;
    case TOP_P50:
        return rate->p50_ns;
    case TOP_P99:
        return rate->p99_ns;
    case TOP_SELF:
        return rate->self_share;
    default:
        return 0;
    }
}

typedef struct Ranked {
    const LiveRate *rate;
    double key;
} Ranked;

static int compare(const void *a, const void *b)
{
    const Ranked *one = a, *other = b;
    int names;

    if (one->key != other->key) {
        return one->key < other->key ? 1 : -1;
    }
    if (one->rate->calls_per_second != other->rate->calls_per_second && one->key < 0) {
        return one->rate->calls_per_second < other->rate->calls_per_second ? 1 : -1;
    }
    names = strcmp(one->rate->function.name, other->rate->function.name);
    return names ? names : strcmp(one->rate->function.file, other->rate->function.file);
}

void top_frame_rows(TopFrame *frame, TopSort sort, const char *filter)
{
    const LiveRates *rates = frame->rates;
    Ranked *ranked = allocate_zeroed(rates->count, sizeof *ranked);

    free(frame->rows);
    frame->rows = allocate_zeroed(rates->count, sizeof *frame->rows);
    frame->count = 0;
    for (size_t i = 0; i < rates->count; i++) {
        const LiveRate *rate = &rates->items[i];

        if (rate->ever.calls && (!filter || profile_matches(&rate->function, filter))) {
            ranked[frame->count++] = (Ranked){rate, key(rate, sort)};
        }
    }
    qsort(ranked, frame->count, sizeof *ranked, compare);
    for (size_t i = 0; i < frame->count; i++) {
        frame->rows[i] = ranked[i].rate;
    }
    free(ranked);
}

void top_frame_release(TopFrame *frame)
{
    free(frame->rows);
    frame->rows = NULL;
    frame->count = 0;
}

const char *top_frame_state(const LiveRate *rate)
{
    return rate->off_reason == 1 ? "suspended" : rate->off_reason == 2 ? "off" : "";
}
