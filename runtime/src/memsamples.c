#include "memsamples.h"

#include <math.h>
#include <pthread.h>
#include <tka/memory.h>

#include "os.h"

#define EXPORT __attribute__((visibility("default")))
#define FIRST_SLOTS 1024u

EXPORT unsigned char tka_memory_filter[TKA_MEMORY_FILTER];

/* A hash table, open addressing; an empty slot has hidden == 0, which is no block's. */
static struct tkai_memsample *table;
static uint32_t slots, used;
static int lock;

static void lock_table(struct tkai_os_mask *old)
{
    tkai_os_block_signals(old);
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE) != 0) {
        tkai_os_yield();
    }
}

static void unlock_table(const struct tkai_os_mask *old)
{
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
    tkai_os_restore_signals(old);
}

static uint32_t hash_of(uintptr_t hidden)
{
    return (uint32_t)((hidden >> 4) * 0x9e3779b97f4a7c15ull >> 32);
}

/* Where it is, or would be. */
static uint32_t slot_of(uintptr_t hidden)
{
    uint32_t slot = hash_of(hidden) & (slots - 1);

    while (table[slot].hidden != 0 && table[slot].hidden != hidden) {
        slot = (slot + 1) & (slots - 1);
    }
    return slot;
}

static int make_room(void)
{
    struct tkai_memsample *old = table;
    uint32_t old_slots = slots, new_slots = slots != 0 ? 2 * slots : FIRST_SLOTS;

    if (2 * (used + 1) <= slots) {
        return 0;
    }
    table = tkai_os_memory(new_slots * sizeof *table);
    if (table == NULL) {
        table = old;
        return -1;
    }
    slots = new_slots;
    for (uint32_t i = 0; i < old_slots; i++) {
        if (old[i].hidden != 0) {
            table[slot_of(old[i].hidden)] = old[i];
        }
    }
    if (old != NULL) {
        tkai_os_memory_free(old, old_slots * sizeof *old);
    }
    return 0;
}

int tkai_memsamples_add(const struct tkai_memsample *sample)
{
    union {
        uintptr_t address;
        const void *block;
    } at = {~sample->hidden};
    unsigned char *filter = &tka_memory_filter[tka_memory_filter_slot(at.block)];
    struct tkai_os_mask old;
    int failed = -1;

    lock_table(&old);
    if ((*filter & (TKA_MEMORY_FILTER_ALWAYS - 1)) < TKA_MEMORY_FILTER_ALWAYS - 1 &&
        make_room() == 0) {
        uint32_t slot = slot_of(sample->hidden);

        failed = 0;
        if (table[slot].hidden == 0) {
            __atomic_fetch_add(filter, 1, __ATOMIC_RELAXED);
            used++;
        }
        table[slot] = *sample;
    }
    unlock_table(&old);
    return failed;
}

/* Those behind it move up, where they belong before the hole (Knuth, 6.4, algorithm R). */
static void remove_slot(uint32_t hole)
{
    uint32_t mask = slots - 1;

    for (uint32_t at = (hole + 1) & mask; table[at].hidden != 0; at = (at + 1) & mask) {
        uint32_t home = hash_of(table[at].hidden) & mask;

        if (((at - home) & mask) >= ((at - hole) & mask)) {
            table[hole] = table[at];
            hole = at;
        }
    }
    table[hole].hidden = 0;
}

int tkai_memsamples_take(const void *block, struct tkai_memsample *sample)
{
    struct tkai_os_mask old;
    int failed = -1;

    lock_table(&old);
    if (used > 0) {
        uint32_t slot = slot_of(~(uintptr_t)block);

        if (table[slot].hidden != 0) {
            failed = 0;
            *sample = table[slot];
            remove_slot(slot);
            used--;
            __atomic_fetch_sub(&tka_memory_filter[tka_memory_filter_slot(block)], 1,
                               __ATOMIC_RELAXED);
        }
    }
    unlock_table(&old);
    return failed;
}

void tkai_memsamples_forget(void)
{
    /* another thread may have been amid a change: the memory is given up */
    table = NULL;
    slots = used = 0;
    lock = 0;
    for (unsigned i = 0; i < TKA_MEMORY_FILTER; i++) {
        tka_memory_filter[i] &= TKA_MEMORY_FILTER_ALWAYS;
    }
}

int64_t tkai_memsamples_distance(uint64_t *random, double mean_bytes)
{
    uint64_t x = *random;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *random = x;
    /* 53 bits, never 0 */
    return (int64_t)(-log(((double)(x * 0x2545f4914f6cdd1dull >> 11) + 0.5) * 0x1p-53) *
                     mean_bytes);
}

void tkai_memsamples_weigh(struct tkai_memsample *sample, size_t size, double mean_bytes)
{
    double s = size > 0 ? (double)size : 1, blocks = -1 / expm1(-s / mean_bytes);

    sample->blocks = blocks < 0x1p24 ? (uint32_t)(blocks * 256 + 0.5) : UINT32_MAX;
    sample->bytes = (uint64_t)(blocks * (double)size + 0.5);
}
