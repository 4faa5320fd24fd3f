#include "blockset.h"

#include "os.h"

#define REGIONS ((uintptr_t)1 << (48 - TKAI_BLOCKSET_REGION_BITS))
#define REGION_MASK (((uintptr_t)1 << TKAI_BLOCKSET_REGION_BITS) - 1)
#define NONE SIZE_MAX

int tkai_blockset_init(struct tkai_blockset *set)
{
    *set = (struct tkai_blockset){.first = REGIONS, .last = REGIONS - 1};
    set->directory = tkai_os_sparse(REGIONS * sizeof(struct tkai_blockset_region *));
    return set->directory == NULL ? -1 : 0;
}

void tkai_blockset_release(struct tkai_blockset *set)
{
    if (set->directory == NULL) {
        return;
    }
    for (uintptr_t i = set->first; i <= set->last; i++) {
        if (set->directory[i] != NULL) {
            tkai_os_memory_free(set->directory[i], sizeof *set->directory[i]);
        }
    }
    tkai_os_memory_free(set->directory, REGIONS * sizeof(struct tkai_blockset_region *));
    set->directory = NULL;
}

static struct tkai_blockset_region *new_region(struct tkai_blockset *set, uintptr_t number)
{
    struct tkai_blockset_region *region;

    if (number >= REGIONS) {
        return NULL;
    }
    region = tkai_os_sparse(sizeof *region);
    if (region == NULL) {
        return NULL;
    }
    set->directory[number] = region;
    if (set->first > set->last) {
        set->first = set->last = number;
    } else if (number < set->first) {
        set->first = number;
    } else if (number > set->last) {
        set->last = number;
    }
    return region;
}

static void set_bit(uint64_t *words, size_t bit)
{
    words[bit >> 6] |= (uint64_t)1 << (bit & 63);
}

int tkai_blockset_add(struct tkai_blockset *set, uintptr_t address)
{
    struct tkai_blockset_region *region = tkai_blockset_region(set, address);
    size_t bit = (address & REGION_MASK) >> 4;

    if (region == NULL) {
        region = new_region(set, address >> TKAI_BLOCKSET_REGION_BITS);
        if (region == NULL) {
            return -1;
        }
    }
    set_bit(region->begins, bit);
    set_bit(region->low, bit >> 6);
    set_bit(region->middle, bit >> 12);
    set_bit(&region->top, bit >> 18);
    set->count++;
    return 0;
}

/* The highest bit of words[] that is set at or below `bit`, in its word. */
static size_t last_in_word(const uint64_t *words, size_t bit)
{
    uint64_t word = words[bit >> 6] & (UINT64_MAX >> (63 - (bit & 63)));

    return word == 0 ? NONE : (bit & ~(size_t)63) + 63 - (size_t)__builtin_clzll(word);
}

static size_t first_in_word(const uint64_t *words, size_t bit)
{
    uint64_t word = words[bit >> 6] & (UINT64_MAX << (bit & 63));

    return word == 0 ? NONE : (bit & ~(size_t)63) + (size_t)__builtin_ctzll(word);
}

/* Up through the levels until one has a bit on this side, and down again. */
static size_t last_in_region(const struct tkai_blockset_region *region, size_t bit)
{
    const uint64_t *levels[] = {region->begins, region->low, region->middle, &region->top};
    int level = 0;
    size_t found = last_in_word(levels[0], bit);

    while (found == NONE && level < 3) {
        bit >>= 6;
        level++;
        if ((bit & 63) != 0) {
            found = last_in_word(levels[level], bit - 1);
        }
    }
    while (found != NONE && level > 0) {
        found = last_in_word(levels[--level], found * 64 + 63);
    }
    return found;
}

static size_t first_in_region(const struct tkai_blockset_region *region, size_t bit)
{
    const uint64_t *levels[] = {region->begins, region->low, region->middle, &region->top};
    int level = 0;
    size_t found = first_in_word(levels[0], bit);

    while (found == NONE && level < 3) {
        bit >>= 6;
        level++;
        if ((bit & 63) != 63) {
            found = first_in_word(levels[level], bit + 1);
        }
    }
    while (found != NONE && level > 0) {
        found = first_in_word(levels[--level], found * 64);
    }
    return found;
}

uintptr_t tkai_blockset_before(const struct tkai_blockset *set, uintptr_t address)
{
    uintptr_t number = address >> TKAI_BLOCKSET_REGION_BITS;
    size_t bit = (address & REGION_MASK) >> 4;

    if (number > set->last) {
        number = set->last;
        bit = REGION_MASK >> 4;
    }
    for (; set->first <= set->last && number >= set->first; number--) {
        const struct tkai_blockset_region *region = set->directory[number];
        size_t found = region == NULL ? NONE : last_in_region(region, bit);

        if (found != NONE) {
            return (number << TKAI_BLOCKSET_REGION_BITS) + (found << 4);
        }
        if (number == 0) {
            return 0;
        }
        bit = REGION_MASK >> 4;
    }
    return 0;
}

uintptr_t tkai_blockset_after(const struct tkai_blockset *set, uintptr_t address)
{
    uintptr_t from = (address + 15) & ~(uintptr_t)15;
    uintptr_t number = from >> TKAI_BLOCKSET_REGION_BITS;
    size_t bit = (from & REGION_MASK) >> 4;

    if (number < set->first) {
        number = set->first;
        bit = 0;
    }
    for (; number <= set->last && set->first <= set->last; number++, bit = 0) {
        const struct tkai_blockset_region *region = set->directory[number];
        size_t found = region == NULL ? NONE : first_in_region(region, bit);

        if (found != NONE) {
            return (number << TKAI_BLOCKSET_REGION_BITS) + (found << 4);
        }
    }
    return 0;
}
