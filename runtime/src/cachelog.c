#include "cachelog.h"

#include <errno.h>
#include <string.h>
#include <tka/probe.h>
#include <tka/roles.h>

#include "bucket.h"
#include "clock.h"
#include "glob.h"
#include "keyreuse.h"
#include "os.h"
#include "state.h"
#include "thread.h"

#define EXPORT __attribute__((visibility("default")))
#define COLD   __attribute__((noinline, cold))

/* Following a key costs 50 to 200 ns, the more keys there are. Of the process's time it may take a quarter of the
 * budget, and at each rate TRIAL_NS in any case; where it takes more, half of the keys are
 * followed from then on, down to one in 64. */
#define SHARE_OF_BUDGET 0.25
#define TRIAL_NS 1e6
#define ONCE_NS 20e3                    /* who took longer was preempted */
#define DEAR_RATE_LOG2 6u

/* Tries to get at a cache that another thread is at: some 0.3 us. */
#define TRIES 30

/* Keys of one handler, or of nested ones, that come while the same thread is at it. */
#define REFUSALS_MOST 1000u

#define CACHES_MOST 64u
#define ROWS_MOST 256u
#define NAME_MOST 128

struct cache {
    char name[NAME_MOST];
    uintptr_t owner;                    /* the thread that is at it; 0 none */
    uintptr_t frame;                    /* where, on its stack */
    uint32_t refused;                   /* to the same thread, since */
    uint64_t since, spent;              /* ticks: when the rate was chosen, its cost since */
    struct tkai_keys keys;
};

/* A lookup function; row is in the live file. */
struct lookup {
    struct cache *cache;
    struct tka_cache_row *row;
    int module;
};

static struct cache *caches[CACHES_MOST];
static struct lookup lookups[ROWS_MOST];
static uint32_t cache_count, lookup_count;
static uint32_t generation = 1;         /* of the two, as sites know them */

#define NOT_FOLLOWED UINT32_MAX

/* In a site's last word, whose place in a record has the hits: the generation and the
 * lookup's number + 1, or NOT_FOLLOWED. */
static uint64_t *word_of(struct tka_site *site)
{
    return (uint64_t *)(void *)((char *)site + sizeof *site - sizeof(uint64_t));
}

/* --- a lookup's first key, with the lock of state.h held ------------------- */

/* The name in the role of a lookup, of a site's roles, cut where it is too long. 0; -1 it
 * is no lookup. */
static int read_name(const char *text, char *name)
{
    int length, size;
    const char *role = tkai_site_field(text, 8, &size), *end = role + size, *line_end;

    for (; role < end; role = line_end + 1) {
        line_end = memchr(role, '\n', (size_t)(end - role));
        line_end = line_end != NULL ? line_end : end;
        if (line_end - role >= 7 && memcmp(role, "lookup:", 7) == 0) {
            length = (int)(line_end - role) - 7;
            length = length < NAME_MOST ? length : NAME_MOST - 1;
            memcpy(name, role + 7, (size_t)length);
            name[length] = '\0';
            return 0;
        }
    }
    return -1;
}

static struct cache *find_cache(const char *name)
{
    struct cache *cache;

    for (uint32_t i = 0; i < cache_count; i++) {
        if (strcmp(caches[i]->name, name) == 0) {
            return caches[i];
        }
    }
    if (cache_count == CACHES_MOST || (cache = tkai_os_memory(sizeof *cache)) == NULL) {
        return NULL;
    }
    strcpy(cache->name, name);
    cache->since = tkai_clock_now();
    caches[cache_count++] = cache;
    return cache;
}

static uint32_t add_lookup(struct tka_site *site)
{
    char name[NAME_MOST];
    struct tka_live_chunk *chunk;
    struct cache *cache;
    size_t number = 0;
    int module = tkai_state_find_site((uintptr_t)site, &number);

    for (uint32_t i = 0; i < lookup_count; i++) {
        if (lookups[i].module == module && lookups[i].row->site == number) {
            return i + 1; /* its library was loaded again */
        }
    }
    if (module < 0 || lookup_count == ROWS_MOST || read_name(site->text, name) != 0 ||
        (cache = find_cache(name)) == NULL) {
        return NOT_FOLLOWED;
    }
    chunk = tkai_livefile_add(&tkai_state.file, TKA_CHUNK_CACHES, (uint32_t)module, 0,
                              sizeof(struct tka_cache_row), NULL);
    if (chunk == NULL) {
        return NOT_FOLLOWED;
    }
    lookups[lookup_count] = (struct lookup){cache, tkai_chunk_content(chunk), module};
    lookups[lookup_count].row->site = (uint32_t)number;
    chunk->used = 1;
    return ++lookup_count;
}

static COLD void first_key(struct tka_site *site)
{
    uint64_t *word = word_of(site);
    int saved_errno = errno;
    struct tkai_os_mask old;

    tkai_state_lock(&old);
    if (tkai_state.phase == TKAI_ON && *word >> 32 != generation) {
        uint64_t number = add_lookup(site);

        __atomic_store_n(tka_least_hash_(site), number == NOT_FOLLOWED ? UINT64_MAX : 0,
                         __ATOMIC_RELAXED);
        __atomic_store_n(word, (uint64_t)generation << 32 | number, __ATOMIC_RELEASE);
    }
    tkai_state_unlock(&old);
    errno = saved_errno;
}

/* --- keys ------------------------------------------------------------------ */

static int is_on_stack(const struct tkai_thread *thread, uintptr_t frame)
{
    return frame >= thread->stack_low && frame < thread->stack_high;
}

/* Whether the thread that is at it is this one, which a handler's longjmp took away, or
 * one that ended there and whose record this one goes on with. A handler that came while
 * this one is at it is deeper on the stack; and one that goes on for so long that it
 * does not come back. */
static COLD int is_left_behind(struct cache *cache, const struct tkai_thread *self,
                               uintptr_t frame)
{
    return ++cache->refused > REFUSALS_MOST ||
           (is_on_stack(self, frame) &&
            (cache->frame <= frame || !is_on_stack(self, cache->frame)));
}

static int take(struct cache *cache, const struct tkai_thread *self, uintptr_t frame)
{
    uintptr_t owner = 0;
    int tries = TRIES;

    while (!__atomic_compare_exchange_n(&cache->owner, &owner, (uintptr_t)self, 0,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        if (owner == (uintptr_t)self) {
            if (!is_left_behind(cache, self, frame)) {
                return 0;
            }
            tkai_keys_forget(&cache->keys); /* in the middle of something */
            break;
        }
        if (--tries == 0) {
            return 0;
        }
        tkai_clock_now();
        owner = 0;
    }
    cache->frame = frame;
    cache->refused = 0;
    return 1;
}

/* So that no lookup comes here in vain. Where several are of one cache, those of the others
 * find out when they do. */
static void publish_rate(const struct lookup *lookup, struct tka_site *site)
{
    uint64_t least = tkai_keys_least(&lookup->cache->keys);

    lookup->row->rate_log2 = lookup->cache->keys.rate_log2;
    if (*tka_least_hash_(site) != least) {
        __atomic_store_n(tka_least_hash_(site), least, __ATOMIC_RELAXED);
    }
}

static void add(struct tka_cache_row *row, uint32_t rate_log2, uint64_t distance)
{
    uint64_t weight = 1ull << rate_log2;

    if (distance == TKAI_KEY_IGNORED) {
        return;
    }
    row->references++;
    row->weight += weight;
    if (distance == TKAI_KEY_NEW) {
        row->cold += weight;
    } else {
        row->bucket[tkai_bucket_index(distance << rate_log2)] += weight;
    }
}

static void keep_within_budget(struct cache *cache, uint64_t now, uint64_t took)
{
    double most = TRIAL_NS / tkai_clock.ns_per_tick +
                  tkai_state.share * SHARE_OF_BUDGET * (double)(now - cache->since);
    uint64_t once = (uint64_t)(ONCE_NS / tkai_clock.ns_per_tick);

    cache->spent += took < once ? took : once;
    if ((double)cache->spent > most && cache->keys.rate_log2 < DEAR_RATE_LOG2) {
        tkai_keys_halve(&cache->keys);
        cache->since = now;
        cache->spent = 0;
    }
}

static void follow(const struct lookup *lookup, struct tka_site *site,
                   struct tkai_thread *self, uint64_t hash)
{
    struct cache *cache = lookup->cache;
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    uint64_t began = tkai_clock_now(), now;

    if (!take(cache, self, frame)) {
        __atomic_fetch_add(&lookup->row->dropped, 1, __ATOMIC_RELAXED);
        now = tkai_clock_now();
    } else {
        uint64_t distance = tkai_keys_seen(&cache->keys, hash);

        add(lookup->row, cache->keys.rate_log2, distance);
        now = tkai_clock_now();
        keep_within_budget(cache, now, now - began);
        publish_rate(lookup, site);
        __atomic_store_n(&cache->owner, 0, __ATOMIC_RELEASE);
    }
    self->cost += (now - began) << 6; /* the lookup does not take it */
}

/* The thread has none where its probes are off: the call itself is not counted then. */
EXPORT void tka_cache_seen(struct tka_site *site, struct tka_module *module,
                           unsigned long long hash)
{
    struct tkai_thread *self = tkai_thread_self;
    uint64_t word;

    (void)module;
    if (self == NULL) {
        return;
    }
    word = __atomic_load_n(word_of(site), __ATOMIC_ACQUIRE);
    if (word >> 32 != generation) {
        first_key(site);
        word = __atomic_load_n(word_of(site), __ATOMIC_ACQUIRE);
    }
    if (word >> 32 == generation && (uint32_t)word != NOT_FOLLOWED) {
        follow(&lookups[(uint32_t)word - 1], site, self, hash);
    }
}

/* The thread's word leads nowhere: it was recalled since the lookup began, and its record
 * is where it was; or the lookup's call was not counted either. */
EXPORT void tka_cache_hit(struct tka_site *site, struct tka_module *module)
{
    struct tkai_thread *self = tkai_thread_self;
    size_t number;
    int id = tkai_state_find_site((uintptr_t)site, &number);

    (void)module;
    if (self != NULL && id >= 0 && self->records[id] != NULL) {
        __atomic_fetch_add(&self->records[id][number].hits, 1, __ATOMIC_RELAXED);
    }
}

void tkai_cachelog_forget(void)
{
    for (uint32_t i = 0; i < cache_count; i++) {
        tkai_os_memory_free(caches[i], sizeof *caches[i]);
    }
    cache_count = lookup_count = 0;
    generation++;
}
