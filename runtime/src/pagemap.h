/* pagemap - which pages of a range hold something: they are in memory or swapped out.
 *
 * mincore() would not do, it calls what is swapped out absent. Kernels from 6.7 on tell of
 * runs of pages, others of each page, which takes 20 ms for each GiB of addresses; where
 * nothing is told, all pages hold something. A map opened before the process is copied goes on telling about
 * the original.
 *
 *   struct tkai_pagemap pages;
 *   tkai_pagemap_open(&pages);
 *   for (uintptr_t low = from, high; tkai_pagemap_next(&pages, &low, &high, to); low = high)
 *       ... [low, high) holds something
 *   tkai_pagemap_close(&pages);
 */
#ifndef TKA_PAGEMAP_H
#define TKA_PAGEMAP_H

#include <stddef.h>
#include <stdint.h>

#define TKAI_PAGEMAP_ENTRIES 128
#define TKAI_PAGEMAP_RUNS 32

struct tkai_pagemap {
    int fd;                             /* -1: not told */
    uintptr_t page_size;
    int tells_runs;
    /* told last: of the pages from number `first` on, `count` entries; of the addresses
     * [low, high) `count` runs */
    uintptr_t first, low, high;
    size_t count;
    union {
        uint64_t entries[TKAI_PAGEMAP_ENTRIES];
        struct tkai_pagemap_run {
            uint64_t low, high, categories;
        } runs[TKAI_PAGEMAP_RUNS];
    } told;
};

void tkai_pagemap_open(struct tkai_pagemap *map);
void tkai_pagemap_close(struct tkai_pagemap *map);

/* The first run of such pages in [*low, end): 1, and *low and *high are its; 0 none. */
int tkai_pagemap_next(struct tkai_pagemap *map, uintptr_t *low, uintptr_t *high,
                      uintptr_t end);

#endif
