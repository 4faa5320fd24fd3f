/* servicekey - keys of services: read once at each resolution, kept once per process.
 *
 * A key is read byte by byte, as it may end where a page does, into words that are both
 * hashed and compared: some 10 ns for ten characters.
 */
#ifndef TKA_SERVICEKEY_H
#define TKA_SERVICEKEY_H

#include <stdint.h>
#include <tka/live.h>
#include <tka/probe.h>
#include <tka/roles.h>

#define TKAI_KEY_WORDS 4u /* of a text that are compared as words */

struct tkai_key {
    uint64_t hash, number;
    const char *text;
    uint32_t kind, length;
    uint64_t word[TKAI_KEY_WORDS]; /* of texts */
};

/* The process's name for the key, made if it is new; NULL: no memory. Takes the lock of
 * state.h itself. */
const struct tka_name *tkai_servicekey_name(const struct tkai_key *key);

/* Whether two names are the same to who reads them: a type's text may lie in several
 * places. */
int tkai_servicekey_same(const struct tka_name *a, const struct tka_name *b);

/* In a forked child: its names are its own. */
void tkai_servicekey_forget(void);

/* Where a function's template arguments stand in __PRETTY_FUNCTION__, "[with T = Log]" of
 * gcc or "[T = Log]" of clang: the whole text if there are none. */
const char *tkai_servicekey_type(const char *pretty, uint32_t *length);

static inline const char *tkai_name_text(const struct tka_name *name)
{
    return (const char *)(name + 1);
}

static inline uint64_t tkai_servicekey_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
    return hash ^ hash >> 32;
}

static inline void tkai_servicekey_add(struct tkai_key *key, uint64_t word, uint32_t at)
{
    key->hash = tkai_servicekey_mix(key->hash, word);
    if (at < TKAI_KEY_WORDS) {
        key->word[at] = word;
    }
}

/* The next word of a text that ends with a NUL; *bytes: how many it has of it. */
static inline uint64_t tkai_servicekey_word(const char *text, uint32_t *bytes)
{
    uint64_t word = 0;

    for (*bytes = 0; *bytes < 8 && text[*bytes] != 0; ++*bytes) {
        word |= (uint64_t)(unsigned char)text[*bytes] << *bytes * 8;
    }
    return word;
}

static inline void tkai_servicekey_read_text(struct tkai_key *key)
{
    uint32_t length = 0, bytes = key->text != 0 ? 8 : 0;

    while (bytes == 8 && length < TKA_KEY_TEXT_MOST) {
        uint64_t word = tkai_servicekey_word(key->text + length, &bytes);

        if (bytes > 0) {
            tkai_servicekey_add(key, word, length / 8);
        }
        length += bytes;
    }
    key->length = length;
    key->hash = tkai_servicekey_mix(key->hash, length);
}

static inline void tkai_servicekey_read_bytes(struct tkai_key *key, uint64_t size)
{
    uint32_t length = size < TKA_KEY_TEXT_MOST ? (uint32_t)size : TKA_KEY_TEXT_MOST;

    length = key->text != 0 ? length : 0;
    for (uint32_t at = 0; at < length; at += 8) {
        uint64_t word = 0;

        for (uint32_t i = 0; i < 8 && at + i < length; i++) {
            word |= (uint64_t)(unsigned char)key->text[at + i] << i * 8;
        }
        tkai_servicekey_add(key, word, at / 8);
    }
    key->length = length;
    key->hash = tkai_servicekey_mix(key->hash, length);
}

static inline void tkai_servicekey_read(struct tkai_key *key, uint32_t kind,
                                        const char *text, uint64_t number)
{
    key->kind = kind;
    key->text = text;
    key->length = 0;
    key->number = number;
    key->hash = kind;
    switch (kind) {
    case TKA_KEY_TEXT:
        key->number = 0;
        tkai_servicekey_read_text(key);
        break;
    case TKA_KEY_BYTES: /* the same text is the same key */
        key->number = 0;
        key->kind = TKA_KEY_TEXT;
        key->hash = TKA_KEY_TEXT;
        tkai_servicekey_read_bytes(key, number);
        break;
    case TKA_KEY_TYPE:
        key->number = (uintptr_t)text;
        key->hash = tkai_servicekey_mix(kind, key->number);
        break;
    case TKA_KEY_NUMBER:
        key->hash = tkai_servicekey_mix(kind, number);
        break;
    default:
        key->number = 0;
    }
}

/* Whether the name is that key's. */
static inline int tkai_servicekey_is(const struct tka_name *name,
                                     const struct tkai_key *key)
{
    const uint64_t *words = (const uint64_t *)(const void *)tkai_name_text(name);
    const char *text = tkai_name_text(name);
    uint32_t i = 0;

    if (name->hash != key->hash || name->number != key->number ||
        name->kind != key->kind) {
        return 0;
    }
    if (key->kind != TKA_KEY_TEXT) {
        return 1;
    }
    if (name->length != key->length) {
        return 0;
    }
    for (; i < TKAI_KEY_WORDS && i * 8 < key->length; i++) {
        if (words[i] != key->word[i]) {
            return 0;
        }
    }
    for (i *= 8; i < key->length; i++) {
        if (text[i] != key->text[i]) {
            return 0;
        }
    }
    return 1;
}

#endif
