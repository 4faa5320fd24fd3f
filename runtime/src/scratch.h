/* scratch - memory for one job, released at once. Not from malloc: the profiled
 * program's allocator must not see us. Allocation failure is sticky: everything
 * after it fails too, and scratch.failed says so.
 */
#ifndef TKA_SCRATCH_H
#define TKA_SCRATCH_H

#include <stddef.h>

struct tkai_scratch_block;

struct tkai_scratch {
    struct tkai_scratch_block *blocks;
    char *next, *end;
    int failed;
};

/* Zeroed, aligned to 16; NULL: no memory. */
void *tkai_scratch_take(struct tkai_scratch *scratch, size_t size);

void tkai_scratch_release(struct tkai_scratch *scratch);

#endif
