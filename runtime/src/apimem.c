/* What tka/tka.h has on memory. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <tka/tka.h>

#include "memalert.h"
#include "memory.h"
#include "memrows.h"
#include "state.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int tka_rt_memory_summary(TkaMemorySummary *summary)
{
    uint32_t end = __atomic_load_n(&tka_memory_row_end, __ATOMIC_ACQUIRE);
    const struct tka_live_memory *live;
    uint64_t samples = 0, sampled_bytes = 0;

    if (!tkai_memory.started) {
        return -1;
    }
    live = &tkai_state_header()->memory;
    if (live->mode == TKA_MEMORY_OFF) {
        return -1;
    }
    summary->tracking = tkai_memory.mode;
    for (uint32_t id = tka_memory_row_first; id < end; id++) {
        const struct tka_memory_row *row = tka_memory_rows[id];

        summary->allocations += row->allocations;
        summary->bytes += row->bytes;
        summary->frees += row->released;
        summary->live_bytes += tkai_memrow_live(row);
        samples += row->samples;
        sampled_bytes += row->sampled_bytes;
    }
    /* threads tell the process's sum, which has the peak, in large steps */
    summary->peak_bytes = live->peak_bytes > summary->live_bytes ? live->peak_bytes
                                                                 : summary->live_bytes;
    if (samples > 0 && summary->live_bytes > 0) {
        summary->live_error =
            (double)sampled_bytes / sqrt((double)samples) / (double)summary->live_bytes;
    }
    return 0;
}

EXPORT int tka_rt_memory_on_threshold(void (*callback)(long long, void *), void *context)
{
    if (tkai_memory.hooks == NULL) {
        return -1;
    }
    return tkai_memalert_set(callback, context);
}
