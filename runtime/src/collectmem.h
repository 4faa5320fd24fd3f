/* collectmem - adds up the rows of memory (tka_memory_row) of a live file, over all
 * threads, by call path and place. Trusts nothing in it, as collect does.
 */
#ifndef TKA_COLLECTMEM_H
#define TKA_COLLECTMEM_H

#include "collect.h"

/* Figures of tka_memory_row, in its order from allocations on. */
enum tkai_memory_figure {
    TKAI_ALLOCATIONS, TKAI_BYTES, TKAI_TEMPORARY, TKAI_RESIZED, TKAI_GROWN, TKAI_LADDERS,
    TKAI_MOVED_BYTES, TKAI_RELEASED, TKAI_TRACKED, TKAI_TRACKED_BYTES, TKAI_FREED,
    TKAI_FREED_BYTES, TKAI_PEAK_BYTES, TKAI_FOREIGN_FREED, TKAI_FOREIGN_FREED_BYTES,
    TKAI_SAMPLES, TKAI_SAMPLED_BLOCKS, TKAI_SAMPLED_BYTES, TKAI_AT_PEAK_BYTES,
    TKAI_MAPPED, TKAI_MAPPED_BYTES, TKAI_LOST, TKAI_LOST_BYTES, TKAI_INDIRECT,
    TKAI_INDIRECT_BYTES, TKAI_REACHABLE, TKAI_REACHABLE_BYTES, TKAI_MEMORY_FIGURES
};

struct tkai_allocation {
    uint32_t path;                  /* of tkai_collected; 0 outside of probed functions */
    const struct tka_image *image;  /* NULL not known */
    uint64_t address;               /* in it */
    uint64_t figure[TKAI_MEMORY_FIGURES];
    uint64_t sizes[TKA_MEMORY_SIZES];
};

struct tkai_memory_collected {
    struct tkai_allocation *allocations;
    uint32_t count;
};

/* From the chunks of collected; scratch owns the result. 0; -1 without memory. */
int tkai_collect_memory(struct tkai_memory_collected *to,
                        const struct tkai_collected *collected,
                        struct tkai_scratch *scratch);

/* Bytes that live, tracked or by samples. */
int64_t tkai_allocation_live(const struct tkai_allocation *allocation);

#endif
