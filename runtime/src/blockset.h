/* blockset - where the heap's blocks begin, to find the block that a pointer lies in.
 *
 * One bit for each 16 bytes of address space, in regions as the shadow has them, and above
 * it three levels of summaries of which a bit stands for 64 of the level below: the block
 * before or after an address is found in at most 8 words, however long it is. Beside the
 * bit that a block begins lie marks, one bit each, for what the scan finds out about it.
 * Only what is touched takes memory: about 1/128 of the heap for each kind of bit.
 *
 * Not for several threads.
 */
#ifndef TKA_BLOCKSET_H
#define TKA_BLOCKSET_H

#include <stddef.h>
#include <stdint.h>

#define TKAI_BLOCKSET_REGION_BITS 28u
#define TKAI_BLOCKSET_WORDS ((size_t)1 << (TKAI_BLOCKSET_REGION_BITS - 4 - 6))
#define TKAI_BLOCKSET_MARKS 4

struct tkai_blockset_region {
    uint64_t top;
    uint64_t middle[64];
    uint64_t low[64 * 64];
    uint64_t begins[TKAI_BLOCKSET_WORDS];
    uint64_t marks[TKAI_BLOCKSET_MARKS][TKAI_BLOCKSET_WORDS];
};

struct tkai_blockset {
    struct tkai_blockset_region **directory;
    uintptr_t first, last;              /* numbers of the regions in use */
    uint32_t *used;                     /* all of them, ascending */
    size_t used_count;
    size_t count;                       /* blocks */
};

/* 0; -1: no memory. */
int tkai_blockset_init(struct tkai_blockset *set);
void tkai_blockset_release(struct tkai_blockset *set);

/* address is a multiple of 16, below 2^48. 0; -1: no memory. */
int tkai_blockset_add(struct tkai_blockset *set, uintptr_t address);

/* The last block that begins at or before address; the first that begins at or after it.
 * 0: none. */
uintptr_t tkai_blockset_before(const struct tkai_blockset *set, uintptr_t address);
uintptr_t tkai_blockset_after(const struct tkai_blockset *set, uintptr_t address);

static inline struct tkai_blockset_region *
tkai_blockset_region(const struct tkai_blockset *set, uintptr_t address)
{
    uintptr_t number = address >> TKAI_BLOCKSET_REGION_BITS;

    return number - set->first > set->last - set->first ? NULL : set->directory[number];
}

static inline size_t tkai_blockset_word(uintptr_t address)
{
    return (address >> 10) & (TKAI_BLOCKSET_WORDS - 1);
}

static inline uint64_t tkai_blockset_bit(uintptr_t address)
{
    return (uint64_t)1 << ((address >> 4) & 63);
}

/* Whether a block begins within the 16 bytes. */
static inline int tkai_blockset_begins(const struct tkai_blockset *set, uintptr_t address)
{
    const struct tkai_blockset_region *region = tkai_blockset_region(set, address);

    return region != NULL &&
           (region->begins[tkai_blockset_word(address)] & tkai_blockset_bit(address)) != 0;
}

/* For blocks of the set. */
static inline int tkai_blockset_has(const struct tkai_blockset *set, uintptr_t block, int mark)
{
    const struct tkai_blockset_region *region = tkai_blockset_region(set, block);

    return (region->marks[mark][tkai_blockset_word(block)] & tkai_blockset_bit(block)) != 0;
}

/* Whether it had the mark before. */
static inline int tkai_blockset_mark(const struct tkai_blockset *set, uintptr_t block, int mark)
{
    struct tkai_blockset_region *region = tkai_blockset_region(set, block);
    uint64_t *word = &region->marks[mark][tkai_blockset_word(block)];
    uint64_t bit = tkai_blockset_bit(block);
    int had = (*word & bit) != 0;

    *word |= bit;
    return had;
}

static inline void tkai_blockset_unmark(const struct tkai_blockset *set, uintptr_t block,
                                        int mark)
{
    struct tkai_blockset_region *region = tkai_blockset_region(set, block);

    region->marks[mark][tkai_blockset_word(block)] &= ~tkai_blockset_bit(block);
}

#endif
