/* top_frame - one picture of a running program: what `tka top` shows or prints.
 */
#ifndef TKA_TOP_FRAME_H
#define TKA_TOP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live_rates.h"
#include "process_usage.h"

typedef enum TopSort {
    TOP_SELF,
    TOP_CALLS,
    TOP_TOTAL,
    TOP_MEAN,
    TOP_P50,
    TOP_P99,
    TOP_NAME,
    TOP_SORTS /* their number */
} TopSort;

typedef struct TopFrame {
    const TkaLiveProfile *profile; /* its texts live until the next reading */
    const LiveRates *rates;
    int pid;
    ProcessUsage usage;
    double cpu_share;      /* CPU time per time, in the interval; -1: not known */
    double overhead_share; /* what probes cost, per CPU time; -1: not known */
    const LiveRate **rows; /* those that match, sorted */
    size_t count;
} TopFrame;

/* NULL past the end: by number. */
const char *top_sort_name(TopSort sort);
bool top_sort_find(const char *name, TopSort *sort);

/* Figures of the process between two readings `seconds` apart. */
void top_frame_usage(TopFrame *frame, const ProcessUsage *before, const ProcessUsage *now,
                     double seconds);

/* Choose and sort the rows: functions that were ever called and match the filter (NULL:
 * all). Replaces those of before; top_frame_release() frees them. */
void top_frame_rows(TopFrame *frame, TopSort sort, const char *filter);
void top_frame_release(TopFrame *frame);

/* The word for what keeps a function from being recorded; "" nothing. */
const char *top_frame_state(const LiveRate *rate);

#endif
