#include "servicekey.h"

#include <string.h>

#include "livefile.h"
#include "os.h"
#include "state.h"

#define NAMES_CHUNK 16000u /* bytes of a chunk of names */
#define FIRST_SLOTS 256u
#define PRETTY_MOST 4096u

/* Of the process; with the lock of state.h held. */
static struct {
    struct tka_name **slots;    /* a hash table, open addressing */
    uint32_t slot_count, count; /* slot_count: a power of two; 0 none yet */
    struct tka_live_chunk *chunk;
    uint32_t room; /* bytes of the chunk that are left */
} names;

/* --- types ---------------------------------------------------------------- */

static const char *last_of(const char *text, uint32_t length, const char *what)
{
    uint32_t size = (uint32_t)strlen(what);

    for (uint32_t i = length; i >= size; i--) {
        if (memcmp(text + i - size, what, size) == 0) {
            return text + i;
        }
    }
    return NULL;
}

/* Where the list of arguments begins: the bracket at the end, whose partner it is. */
static const char *bracket(const char *text, uint32_t length)
{
    uint32_t open = 0;

    if (length == 0 || text[length - 1] != ']') {
        return NULL;
    }
    for (uint32_t i = length; i-- > 0;) {
        open += text[i] == ']';
        if (text[i] == '[' && --open == 0) {
            return text + i + 1;
        }
    }
    return NULL;
}

/* One argument alone goes without its parameter's name: "Log", but "T = Log; U = int". */
static const char *without_name(const char *from, uint32_t *length)
{
    uint32_t depth = 0, equals = 0;

    for (uint32_t i = 0; i < *length; i++) {
        char c = from[i];

        depth += c == '<' || c == '(' || c == '[' || c == '{';
        depth -= depth > 0 && (c == '>' || c == ')' || c == ']' || c == '}');
        if (depth == 0 && (c == ';' || c == ',')) {
            return from; /* several */
        }
        equals = equals == 0 && c == '=' && i > 0 && i + 2 < *length ? i : equals;
    }
    if (equals == 0) {
        return from;
    }
    *length -= equals + 2;
    return from + equals + 2;
}

/* gcc tells what std::string is short for behind the arguments. */
static void drop_explanations(const char *from, uint32_t *length)
{
    for (;;) {
        const char *last = last_of(from, *length, "; ");
        uint32_t at;

        if (last == NULL || strncmp(last, "std::", 5) != 0) {
            return;
        }
        at = (uint32_t)(last - from) - 2;
        *length = at;
    }
}

const char *tkai_servicekey_type(const char *pretty, uint32_t *length)
{
    uint32_t whole = 0;
    const char *from;

    while (pretty != NULL && whole < PRETTY_MOST && pretty[whole] != '\0') {
        whole++;
    }
    *length = whole;
    from = bracket(pretty, whole);
    if (from == NULL) {
        return pretty;
    }
    *length = (uint32_t)(pretty + whole - 1 - from);
    if (*length > 5 && memcmp(from, "with ", 5) == 0) {
        from += 5;
        *length -= 5;
    }
    drop_explanations(from, length);
    return without_name(from, length);
}

/* --- names ---------------------------------------------------------------- */

/* A type's text is told by where it lies; another library may lie there now. */
static int is_name_of(const struct tka_name *name, const struct tkai_key *key)
{
    uint32_t length;
    const char *text;

    if (!tkai_servicekey_is(name, key)) {
        return 0;
    }
    if (key->kind != TKA_KEY_TYPE) {
        return 1;
    }
    text = tkai_servicekey_type(key->text, &length);
    length = length < TKA_KEY_TEXT_MOST ? length : TKA_KEY_TEXT_MOST;
    return name->length == length &&
           (length == 0 || memcmp(tkai_name_text(name), text, length) == 0);
}

static uint32_t slot_of(const struct tkai_key *key)
{
    uint32_t mask = names.slot_count - 1, slot = (uint32_t)(key->hash >> 7) & mask;

    while (names.slots[slot] != NULL && !is_name_of(names.slots[slot], key)) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void put_again(struct tka_name *name)
{
    uint32_t mask = names.slot_count - 1, slot = (uint32_t)(name->hash >> 7) & mask;

    while (names.slots[slot] != NULL) {
        slot = (slot + 1) & mask;
    }
    names.slots[slot] = name;
}

/* Room for one more, at most half full. */
static int make_room(void)
{
    struct tka_name **old = names.slots;
    uint32_t old_count = names.slot_count;
    uint32_t count = old_count != 0 ? 2 * old_count : FIRST_SLOTS;

    if (2 * (names.count + 1) <= old_count) {
        return 0;
    }
    names.slots = tkai_os_memory(count * sizeof *old);
    if (names.slots == NULL) {
        names.slots = old;
        return -1;
    }
    names.slot_count = count;
    for (uint32_t i = 0; i < old_count; i++) {
        if (old[i] != NULL) {
            put_again(old[i]);
        }
    }
    if (old != NULL) {
        tkai_os_memory_free(old, old_count * sizeof *old);
    }
    return 0;
}

static struct tka_name *new_name(const struct tkai_key *key)
{
    uint32_t length = key->length, size;
    const char *text = key->text;
    struct tka_name *name;

    if (key->kind == TKA_KEY_TYPE) {
        text = tkai_servicekey_type(text, &length);
    }
    length = length < TKA_KEY_TEXT_MOST ? length : TKA_KEY_TEXT_MOST;
    size = (uint32_t)sizeof *name + (length + 7) / 8 * 8;
    if (names.room < size) {
        names.chunk =
            tkai_livefile_add(&tkai_state.file, TKA_CHUNK_NAMES, 0, 0, NAMES_CHUNK, NULL);
        names.room = names.chunk != NULL ? NAMES_CHUNK : 0;
    }
    if (names.room < size) {
        return NULL;
    }
    name = (struct tka_name *)(void *)((char *)tkai_chunk_content(names.chunk) +
                                       names.chunk->used);
    name->hash = key->hash;
    name->number = key->number;
    name->kind = key->kind;
    name->length = length;
    if (length > 0) {
        memcpy(name + 1, text, length);
    }
    names.room -= size;
    __atomic_store_n(&names.chunk->used, names.chunk->used + size, __ATOMIC_RELEASE);
    return name;
}

const struct tka_name *tkai_servicekey_name(const struct tkai_key *key)
{
    struct tka_name *name = NULL;
    struct tkai_os_mask old;

    tkai_state_lock(&old);
    if (make_room() == 0) {
        uint32_t slot = slot_of(key);

        name = names.slots[slot];
        if (name == NULL) {
            name = new_name(key);
            names.slots[slot] = name;
            names.count += name != NULL;
        }
    }
    tkai_state_unlock(&old);
    return name;
}

int tkai_servicekey_same(const struct tka_name *a, const struct tka_name *b)
{
    return a == b || (a->kind == TKA_KEY_TYPE && b->kind == TKA_KEY_TYPE &&
                      a->length == b->length && memcmp(a + 1, b + 1, a->length) == 0);
}

void tkai_servicekey_forget(void)
{
    memset(&names, 0, sizeof names);
}
