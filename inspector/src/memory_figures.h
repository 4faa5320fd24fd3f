/* memory_figures - what was allocated at a place, on a path, by a function: sums of rows
 * of memory_measurement, and what they tell.
 *
 * Pure functions on plain data.
 */
#ifndef TKA_MEMORY_FIGURES_H
#define TKA_MEMORY_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

/* In the order of the table's columns, sampled_blocks left out. */
typedef enum MemoryFigure {
    MEMORY_ALLOCATIONS,
    MEMORY_BYTES,
    MEMORY_TEMPORARY,
    MEMORY_RESIZED,
    MEMORY_GROWN,
    MEMORY_LADDERS,
    MEMORY_MOVED_BYTES,
    MEMORY_TRACKED,
    MEMORY_TRACKED_BYTES,
    MEMORY_FREED,
    MEMORY_FREED_BYTES,
    MEMORY_PEAK_BYTES,
    MEMORY_SAMPLES,
    MEMORY_SAMPLED_BYTES,
    MEMORY_AT_PEAK_BYTES,
    MEMORY_MAPPED,
    MEMORY_MAPPED_BYTES,
    MEMORY_LOST,
    MEMORY_LOST_BYTES,
    MEMORY_INDIRECT,
    MEMORY_INDIRECT_BYTES,
    MEMORY_REACHABLE,
    MEMORY_REACHABLE_BYTES,
    MEMORY_FIGURES
} MemoryFigure;

/* Powers of two: bucket i has allocations of 2^i to 2^(i + 1) - 1 bytes. */
#define MEMORY_SIZES 64

/* The database's name of a figure. */
const char *memory_figure_name(MemoryFigure figure);

typedef struct MemoryFigures {
    int64_t n[MEMORY_FIGURES]; /* of a stretch, what it changed: may be negative */
    double sampled_blocks;
    bool has_verdict; /* lost, indirect and reachable are known, of some process */
    uint64_t sizes[MEMORY_SIZES];
} MemoryFigures;

void memory_figures_add(MemoryFigures *sum, const MemoryFigures *one);

/* Bytes that live: those of tracked blocks, and what samples stand for. */
double memory_live(const MemoryFigures *figures);

/* Standard error of that: 0 all blocks are tracked; -1 neither tracked nor sampled
 * blocks live, of some that are not tracked: there may be a little. */
double memory_live_error(const MemoryFigures *figures);

/* Blocks that live, by the same. */
double memory_live_blocks(const MemoryFigures *figures);

double memory_mean_size(const MemoryFigures *figures);       /* -1: no allocation */
double memory_temporary_share(const MemoryFigures *figures); /* 0 to 1; -1 */

#endif
