#include "memory_figures.h"

#include <math.h>

const char *memory_figure_name(MemoryFigure figure)
{
    static const char *const names[MEMORY_FIGURES] = {
        "allocations",    "bytes",         "temporary",      "resized",
        "grown",          "ladders",       "moved_bytes",    "tracked",
        "tracked_bytes",  "freed",         "freed_bytes",    "peak_bytes",
        "samples",        "sampled_bytes", "at_peak_bytes",  "mapped",
        "mapped_bytes",   "lost",          "lost_bytes",     "indirect",
        "indirect_bytes", "reachable",     "reachable_bytes"};

    return names[figure];
}

/* Wraps around instead of overflowing: a damaged database may have any number. */
static int64_t sum_of(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

void memory_figures_add(MemoryFigures *sum, const MemoryFigures *one)
{
    for (int i = 0; i < MEMORY_FIGURES; i++) {
        sum->n[i] = sum_of(sum->n[i], one->n[i]);
    }
    for (int i = 0; i < MEMORY_SIZES; i++) {
        sum->sizes[i] += one->sizes[i];
    }
    sum->sampled_blocks += one->sampled_blocks;
    sum->has_verdict = sum->has_verdict || one->has_verdict;
}

double memory_live(const MemoryFigures *figures)
{
    return (double)figures->n[MEMORY_TRACKED_BYTES] -
           (double)figures->n[MEMORY_FREED_BYTES] +
           (double)figures->n[MEMORY_SAMPLED_BYTES];
}

double memory_live_error(const MemoryFigures *figures)
{
    const int64_t *n = figures->n;

    if (n[MEMORY_TRACKED] >= n[MEMORY_ALLOCATIONS]) {
        return 0;
    }
    return n[MEMORY_SAMPLES] > 0
               ? (double)n[MEMORY_SAMPLED_BYTES] / sqrt((double)n[MEMORY_SAMPLES])
               : -1;
}

double memory_live_blocks(const MemoryFigures *figures)
{
    return (double)figures->n[MEMORY_TRACKED] - (double)figures->n[MEMORY_FREED] +
           figures->sampled_blocks;
}

double memory_mean_size(const MemoryFigures *figures)
{
    return figures->n[MEMORY_ALLOCATIONS] > 0
               ? (double)figures->n[MEMORY_BYTES] / (double)figures->n[MEMORY_ALLOCATIONS]
               : -1;
}

double memory_temporary_share(const MemoryFigures *figures)
{
    return figures->n[MEMORY_ALLOCATIONS] > 0 ? (double)figures->n[MEMORY_TEMPORARY] /
                                                    (double)figures->n[MEMORY_ALLOCATIONS]
                                              : -1;
}
