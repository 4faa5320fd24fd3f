#include "blockset.h"

#include "os.h"

#define REGIONS ((uintptr_t)1 << (48 - TKAI_BLOCKSET_REGION_BITS))
#define REGION_MASK (((uintptr_t)1 << TKAI_BLOCKSET_REGION_BITS) - 1)
#define NONE SIZE_MAX

int tkai_blockset_init(struct tkai_blockset *set)
{
    *set = (struct tkai_blockset){.first = REGIONS, .last = REGIONS - 1};
    set->directory = tkai_os_sparse(REGIONS * sizeof(struct tkai_blockset_region *));
    set->used = tkai_os_sparse(REGIONS * sizeof *set->used);
    if (set->directory == NULL || set->used == NULL) {
        tkai_blockset_release(set);
        return -1;
    }
    return 0;
}

void tkai_blockset_release(struct tkai_blockset *set)
{
    for (size_t i = 0; i < set->used_count; i++) {
        struct tkai_blockset_region *region = set->directory[set->used[i]];

        tkai_os_memory_free(region, sizeof *region);
    }
    if (set->directory != NULL) {
        tkai_os_memory_free(set->directory, REGIONS * sizeof(struct tkai_blockset_region *));
    }
    if (set->used != NULL) {
        tkai_os_memory_free(set->used, REGIONS * sizeof *set->used);
    }
    *set = (struct tkai_blockset){0};
}

/* How many of the regions in use have numbers below this one. Between two of them there
 * may be hundreds of thousands that are not in use. */
static size_t used_below(const struct tkai_blockset *set, uintptr_t number)
{
    size_t low = 0, high = set->used_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (set->used[middle] < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void note_used(struct tkai_blockset *set, uintptr_t number)
{
    size_t at = used_below(set, number);

    for (size_t i = set->used_count++; i > at; i--) {
        set->used[i] = set->used[i - 1];
    }
    set->used[at] = (uint32_t)number;
    set->first = set->used[0];
    set->last = set->used[set->used_count - 1];
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
    note_used(set, number);
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

    for (size_t i = used_below(set, number + 1); i-- > 0;) {
        uintptr_t used = set->used[i];
        size_t found =
            last_in_region(set->directory[used], used == number ? bit : REGION_MASK >> 4);

        if (found != NONE) {
            return (used << TKAI_BLOCKSET_REGION_BITS) + (found << 4);
        }
    }
    return 0;
}

uintptr_t tkai_blockset_after(const struct tkai_blockset *set, uintptr_t address)
{
    uintptr_t from = (address + 15) & ~(uintptr_t)15;
    uintptr_t number = from >> TKAI_BLOCKSET_REGION_BITS;
    size_t bit = (from & REGION_MASK) >> 4;

    for (size_t i = used_below(set, number); i < set->used_count; i++) {
        uintptr_t used = set->used[i];
        size_t found = first_in_region(set->directory[used], used == number ? bit : 0);

        if (found != NONE) {
            return (used << TKAI_BLOCKSET_REGION_BITS) + (found << 4);
        }
    }
    return 0;
}
