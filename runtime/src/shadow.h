/* shadow - which live heap block begins at an address: one word for each 16 bytes.
 *
 * Two levels: a directory of regions of 256 MiB, and in each a uint32_t per 16 bytes (of
 * what tka/memory.h says, 0 for none). Both are mapped when first stored to and have only
 * the pages that were. A call is one load or store of the word: no lock and no atomic
 * operation, as malloc gives an address to one thread at a time. Two blocks within the
 * same 16 bytes share a word: an allocator with smaller blocks has to be asked for 16
 * bytes at least. The hooks, which are another library, have the same by tka/memory.h.
 */
#ifndef TKA_SHADOW_H
#define TKA_SHADOW_H

#include <stddef.h>
#include <stdint.h>
#include <tka/memory.h>

#define TKAI_SHADOW_SLOTS ((uintptr_t)1 << (TKA_SHADOW_REGION_LOG2 - TKA_SHADOW_SLOT_LOG2))

/* The value stored; 0: no block is known to begin there. */
static inline uint32_t tkai_shadow_get(uintptr_t address)
{
    uint32_t *word = tka_memory_shadow_word(address);

    return word == NULL ? 0 : __atomic_load_n(word, __ATOMIC_RELAXED);
}

/* 0; -1 no memory: the block stays unknown. */
static inline int tkai_shadow_set(uintptr_t address, uint32_t value)
{
    uint32_t *word = tka_memory_shadow_word(address);

    if (__builtin_expect(word == NULL, 0)) {
        if (tka_memory_shadow_grow(address) != 0) {
            return -1;
        }
        word = tka_memory_shadow_word(address);
    }
    __atomic_store_n(word, value, __ATOMIC_RELAXED);
    return 0;
}

/* What get returns; from then on it is unknown. A foreign address is not written to: its
 * page stays absent. */
static inline uint32_t tkai_shadow_take(uintptr_t address)
{
    uint32_t *word = tka_memory_shadow_word(address);
    uint32_t value = word == NULL ? 0 : __atomic_load_n(word, __ATOMIC_RELAXED);

    if (__builtin_expect(value != 0, 1)) {
        __atomic_store_n(word, 0, __ATOMIC_RELAXED);
    }
    return value;
}

/* Call entry for each word that is not 0, in the order of addresses. It returns nonzero
 * to end that; what it returned last. */
int tkai_shadow_each(int (*entry)(void *context, uintptr_t address, uint32_t value),
                     void *context);

/* Whether a block was ever known that began in [low, high): by pages of the shadow, 16 KiB
 * of addresses. Also true of pages that get or take asked about in vain. */
int tkai_shadow_touched(uintptr_t low, uintptr_t high);

/* Whether a block lives that begins in [low, high). */
int tkai_shadow_holds(uintptr_t low, uintptr_t high);

/* Call range for each piece of memory that the shadow itself takes. */
void tkai_shadow_own(void (*range)(void *context, uintptr_t low, uintptr_t high),
                     void *context);

/* A forked child starts anew: no block is known. While no other thread is there. */
void tkai_shadow_forget(void);

#endif
