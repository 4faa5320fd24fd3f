#include "shadow.h"

#include <string.h>

#include "os.h"
#include "pagemap.h"

#define REGION_BYTES (TKAI_SHADOW_SLOTS * sizeof(uint32_t))
#define DIRECTORY_BYTES ((size_t)TKA_SHADOW_REGIONS * sizeof(uint32_t *))

__attribute__((visibility("default"))) uint32_t **tka_memory_shadow;

/* Of threads that race for it one wins, the others give theirs back. */
static void *publish(void **place, size_t size)
{
    void *memory = tkai_os_sparse(size), *expected = NULL;

    if (memory == NULL) {
        return __atomic_load_n(place, __ATOMIC_ACQUIRE);
    }
    if (__atomic_compare_exchange_n(place, &expected, memory, 0, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        return memory;
    }
    tkai_os_memory_free(memory, size);
    return expected;
}

static uint32_t **directory_or_new(void)
{
    void *directory = __atomic_load_n(&tka_memory_shadow, __ATOMIC_ACQUIRE);

    return directory != NULL
               ? directory
               : publish((void **)(void *)&tka_memory_shadow, DIRECTORY_BYTES);
}

/* An address that malloc does not give, as its highest bits are set, has no word. */
__attribute__((visibility("default"))) int tka_memory_shadow_grow(uintptr_t address)
{
    uintptr_t region = address >> TKA_SHADOW_REGION_LOG2;
    uint32_t **directory = directory_or_new(), **place;

    if (directory == NULL || region >= TKA_SHADOW_REGIONS) {
        return -1;
    }
    place = &directory[region];
    return __atomic_load_n(place, __ATOMIC_ACQUIRE) == NULL &&
                   publish((void **)(void *)place, REGION_BYTES) == NULL
               ? -1
               : 0;
}

/* The first region from number on; TKA_SHADOW_REGIONS. The directory's pages that hold
 * nothing are not read. */
static uintptr_t next_region(struct tkai_pagemap *pages, uintptr_t number)
{
    uintptr_t begin = (uintptr_t)tka_memory_shadow;
    uintptr_t low = begin + number * sizeof(uint32_t *), high;

    if (begin == 0) {
        return TKA_SHADOW_REGIONS;
    }
    for (; tkai_pagemap_next(pages, &low, &high, begin + DIRECTORY_BYTES); low = high) {
        number = (low - begin) / sizeof(uint32_t *);
        for (; number < (high - begin) / sizeof(uint32_t *); number++) {
            if (__atomic_load_n(&tka_memory_shadow[number], __ATOMIC_ACQUIRE) != NULL) {
                return number;
            }
        }
    }
    return TKA_SHADOW_REGIONS;
}

struct walk {
    int (*entry)(void *context, uintptr_t address, uint32_t value);
    void *context;
};

/* Two words at a time: most are 0. */
static int each_between(const struct walk *walk, const uint32_t *from, const uint32_t *to,
                        uintptr_t address)
{
    for (; from < to; from += 2, address += 32) {
        uint64_t both;

        memcpy(&both, from, sizeof both);
        if (both == 0) {
            continue;
        }
        for (int i = 0; i < 2; i++) {
            uint32_t value = __atomic_load_n(from + i, __ATOMIC_RELAXED);
            int ended = value == 0 ? 0
                                   : walk->entry(walk->context,
                                                 address + 16u * (unsigned)i, value);

            if (ended) {
                return ended;
            }
        }
    }
    return 0;
}

int tkai_shadow_each(int (*entry)(void *context, uintptr_t address, uint32_t value),
                     void *context)
{
    const struct walk walk = {entry, context};
    struct tkai_pagemap directory_pages, pages;
    int ended = 0;

    tkai_pagemap_open(&directory_pages);
    tkai_pagemap_open(&pages);
    for (uintptr_t number = next_region(&directory_pages, 0);
         !ended && number < TKA_SHADOW_REGIONS;
         number = next_region(&directory_pages, number + 1)) {
        const uint32_t *region = tka_memory_shadow[number];
        uintptr_t begin = (uintptr_t)region, low = begin, high;

        for (; !ended && tkai_pagemap_next(&pages, &low, &high, begin + REGION_BYTES);
             low = high) {
            ended = each_between(&walk, region + (low - begin) / sizeof *region,
                                 region + (high - begin) / sizeof *region,
                                 (number << TKA_SHADOW_REGION_LOG2) + (low - begin) * 4);
        }
    }
    tkai_pagemap_close(&pages);
    tkai_pagemap_close(&directory_pages);
    return ended;
}

static int has_word(struct tkai_pagemap *pages, const uint32_t *region, uintptr_t from,
                    uintptr_t to)
{
    const uintptr_t begin = (uintptr_t)region;
    uintptr_t low = (uintptr_t)(region + from), high;

    for (; tkai_pagemap_next(pages, &low, &high, (uintptr_t)(region + to)); low = high) {
        for (uintptr_t i = (low - begin) / 4; i < (high - begin) / 4; i++) {
            if (__atomic_load_n(&region[i], __ATOMIC_RELAXED) != 0) {
                return 1;
            }
        }
    }
    return 0;
}

/* Without a page map only a word that is not 0 tells. */
static int has_page(struct tkai_pagemap *pages, const uint32_t *region, uintptr_t from,
                    uintptr_t to)
{
    uintptr_t low = (uintptr_t)(region + from), high;

    return pages->fd >= 0 ? tkai_pagemap_next(pages, &low, &high, (uintptr_t)(region + to))
                          : has_word(pages, region, from, to);
}

/* Of regions that [low, high) is in, whether one has it in those words. */
static int any_region(uintptr_t low, uintptr_t high,
                      int (*has)(struct tkai_pagemap *pages, const uint32_t *region,
                                 uintptr_t from, uintptr_t to))
{
    const uintptr_t region_size = (uintptr_t)1 << TKA_SHADOW_REGION_LOG2;
    struct tkai_pagemap directory_pages, pages;
    int found = 0;

    tkai_pagemap_open(&directory_pages);
    tkai_pagemap_open(&pages);
    for (uintptr_t number = next_region(&directory_pages, low / region_size);
         !found && number < TKA_SHADOW_REGIONS && number * region_size < high;
         number = next_region(&directory_pages, number + 1)) {
        uintptr_t begin = number * region_size;
        uintptr_t from = low > begin ? (low - begin) / 16 : 0;
        uintptr_t to = high - begin < region_size ? (high - begin + 15) / 16
                                                  : TKAI_SHADOW_SLOTS;

        found = has(&pages, tka_memory_shadow[number], from, to);
    }
    tkai_pagemap_close(&pages);
    tkai_pagemap_close(&directory_pages);
    return found;
}

int tkai_shadow_touched(uintptr_t low, uintptr_t high)
{
    return any_region(low, high, has_page);
}

int tkai_shadow_holds(uintptr_t low, uintptr_t high)
{
    return any_region(low, high, has_word);
}

void tkai_shadow_own(void (*range)(void *context, uintptr_t low, uintptr_t high),
                     void *context)
{
    uintptr_t directory = (uintptr_t)tka_memory_shadow;
    struct tkai_pagemap pages;

    if (directory == 0) {
        return;
    }
    range(context, directory, directory + DIRECTORY_BYTES);
    tkai_pagemap_open(&pages);
    for (uintptr_t number = next_region(&pages, 0); number < TKA_SHADOW_REGIONS;
         number = next_region(&pages, number + 1)) {
        uintptr_t region = (uintptr_t)tka_memory_shadow[number];

        range(context, region, region + REGION_BYTES);
    }
    tkai_pagemap_close(&pages);
}

void tkai_shadow_forget(void)
{
    struct tkai_pagemap pages;

    tkai_pagemap_open(&pages);
    for (uintptr_t number = next_region(&pages, 0); number < TKA_SHADOW_REGIONS;
         number = next_region(&pages, number + 1)) {
        tkai_os_memory_free(tka_memory_shadow[number], REGION_BYTES);
        tka_memory_shadow[number] = NULL;
    }
    tkai_pagemap_close(&pages);
}
