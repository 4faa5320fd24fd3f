#include "keyreuse.h"

#include <string.h>

#define MASK (TKAI_KEY_PLACES - 1)
#define WORDS (TKAI_KEY_PLACES / 64)
#define BLOCK (WORDS / 16)              /* words of a block */
#define TAG_BITS 48u
#define RATE_MOST_LOG2 40u

/* Counted from the highest hash down, so that those of keys that are followed begin with
 * as many zeros as the rate's logarithm says. */
static uint64_t tag_of(uint64_t hash)
{
    return ~hash >> (64 - TAG_BITS);
}

static int is_followed(const struct tkai_keys *keys, uint64_t tag)
{
    return tag >> (TAG_BITS - keys->rate_log2) == 0;
}

static uint32_t place_of(uint64_t entry)
{
    return (uint32_t)(entry & 0xffff) - 1;
}

/* Where the entry of this tag is, or would be. The table is never full. */
static uint32_t find(const struct tkai_keys *keys, uint64_t tag)
{
    uint32_t at = (uint32_t)tag & MASK;

    while (keys->entries[at] != 0 && keys->entries[at] >> 16 != tag) {
        at = (at + 1) & MASK;
    }
    return at;
}

static unsigned bits(uint64_t word)
{
    return (unsigned)__builtin_popcountll(word);
}

static void mark(struct tkai_keys *keys, uint32_t place)
{
    keys->marks[place / 64] |= 1ull << place % 64;
    keys->in_block[place / 64 / BLOCK]++;
}

static void unmark(struct tkai_keys *keys, uint32_t place)
{
    keys->marks[place / 64] &= ~(1ull << place % 64);
    keys->in_block[place / 64 / BLOCK]--;
}

static uint64_t marks_behind(const struct tkai_keys *keys, uint32_t place)
{
    uint32_t word = place / 64;
    uint64_t count = bits(keys->marks[word] >> place % 64 >> 1);

    while (++word % BLOCK != 0) {
        count += bits(keys->marks[word]);
    }
    for (uint32_t block = word / BLOCK; block < 16; block++) {
        count += keys->in_block[block];
    }
    return count;
}

/* Give the places out anew, in the same order and from the first one on. */
static void close_ranks(struct tkai_keys *keys)
{
    uint16_t before[WORDS];
    uint16_t count = 0;

    for (uint32_t word = 0; word < WORDS; word++) {
        before[word] = count;
        count = (uint16_t)(count + bits(keys->marks[word]));
    }
    for (uint32_t at = 0; at < TKAI_KEY_PLACES; at++) {
        uint64_t entry = keys->entries[at];

        if (entry != 0) {
            uint32_t place = place_of(entry);
            uint64_t lower = keys->marks[place / 64] & ((1ull << place % 64) - 1);

            keys->entries[at] = (entry >> 16 << 16) | (before[place / 64] + bits(lower) + 1);
        }
    }
    memset(keys->marks, 0, sizeof keys->marks);
    memset(keys->in_block, 0, sizeof keys->in_block);
    for (uint32_t place = 0; place < count; place++) {
        mark(keys, place);
    }
    keys->next = count;
}

/* Without a gap in the run of entries that it was found in. */
static void remove_entry(struct tkai_keys *keys, uint32_t gap)
{
    unmark(keys, place_of(keys->entries[gap]));
    keys->count--;
    for (uint32_t at = (gap + 1) & MASK; keys->entries[at] != 0; at = (at + 1) & MASK) {
        uint32_t home = (uint32_t)(keys->entries[at] >> 16) & MASK;

        if (((at - home) & MASK) >= ((at - gap) & MASK)) {
            keys->entries[gap] = keys->entries[at];
            gap = at;
        }
    }
    keys->entries[gap] = 0;
}

uint64_t tkai_keys_least(const struct tkai_keys *keys)
{
    return keys->rate_log2 == 0 ? 0 : 0 - (1ull << (64 - keys->rate_log2));
}

void tkai_keys_halve(struct tkai_keys *keys)
{
    if (keys->rate_log2 == RATE_MOST_LOG2) {
        return;
    }
    keys->rate_log2++;
    for (uint32_t at = 0; at < TKAI_KEY_PLACES;) {
        if (keys->entries[at] != 0 && !is_followed(keys, keys->entries[at] >> 16)) {
            remove_entry(keys, at); /* another may have come here */
        } else {
            at++;
        }
    }
}

void tkai_keys_forget(struct tkai_keys *keys)
{
    uint32_t rate_log2 = keys->rate_log2;

    memset(keys, 0, sizeof *keys);
    keys->rate_log2 = rate_log2;
}

/* A place in the table for a key that is not in it. UINT32_MAX: it is not followed now. */
static uint32_t make_room(struct tkai_keys *keys, uint64_t tag, uint32_t at)
{
    if (keys->count < TKAI_KEYS_MOST) {
        return at;
    }
    tkai_keys_halve(keys);
    return is_followed(keys, tag) && keys->count < TKAI_KEYS_MOST ? find(keys, tag)
                                                                  : UINT32_MAX;
}

uint64_t tkai_keys_seen(struct tkai_keys *keys, uint64_t hash)
{
    uint64_t tag = tag_of(hash), distance = TKAI_KEY_NEW;
    uint32_t at;

    if (!is_followed(keys, tag)) {
        return TKAI_KEY_IGNORED;
    }
    if (keys->next >= TKAI_KEY_PLACES) {
        close_ranks(keys);
    }
    at = find(keys, tag);
    if (keys->entries[at] != 0) {
        distance = marks_behind(keys, place_of(keys->entries[at]));
        unmark(keys, place_of(keys->entries[at]));
    } else {
        at = make_room(keys, tag, at);
        if (at == UINT32_MAX) {
            return TKAI_KEY_IGNORED;
        }
        keys->count++;
    }
    mark(keys, keys->next);
    keys->entries[at] = tag << 16 | ++keys->next;
    return distance;
}
