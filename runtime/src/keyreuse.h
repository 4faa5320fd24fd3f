/* keyreuse - how many other keys were used between two uses of the same key: what a
 * cache that throws out the least recently used one must hold to find it (Mattson et al.
 * 1970, IBM Systems Journal 9).
 *
 * Of all keys one in 2^rate_log2 is followed, those with the highest hashes; at first all.
 * Where more than TKAI_KEYS_MOST would be, or the caller wants it, half of them are
 * forgotten (Waldspurger et al. 2015, FAST, fixed-size SHARDS). A distance counts keys that
 * are followed: each stands for 2^rate_log2.
 *
 * A key is a place in the order of last uses. Places are given out in ascending order and
 * the used ones marked, so that a distance is the number of marks behind a place; when
 * they run out they are given out anew. One thread at a time. {0} is the empty one.
 */
#ifndef TKA_KEYREUSE_H
#define TKA_KEYREUSE_H

#include <stdint.h>

#define TKAI_KEYS_MOST 8192u
#define TKAI_KEY_PLACES (2 * TKAI_KEYS_MOST)

struct tkai_keys {
    uint32_t count;                     /* keys followed */
    uint32_t next;                      /* place to give out */
    uint32_t rate_log2;
    uint16_t in_block[16];              /* marks in each 16th of the places */
    uint64_t marks[TKAI_KEY_PLACES / 64];
    uint64_t entries[TKAI_KEY_PLACES];  /* open addressing: 48 bits of the hash, place + 1 */
};

#define TKAI_KEY_NEW UINT64_MAX
#define TKAI_KEY_IGNORED (UINT64_MAX - 1) /* not one of those that are followed now */

/* A key with this hash was used. The number of others followed that were used since it was
 * last, or one of the two above. */
uint64_t tkai_keys_seen(struct tkai_keys *keys, uint64_t hash);

/* Hashes from this one on are followed. */
uint64_t tkai_keys_least(const struct tkai_keys *keys);

/* Follow half as many. */
void tkai_keys_halve(struct tkai_keys *keys);

/* Forget all keys; the rate stays. */
void tkai_keys_forget(struct tkai_keys *keys);

#endif
