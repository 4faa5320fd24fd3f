/* tka/roles.h - what inserted code calls in functions that are more than profiled:
 * cache lookups, service resolvers and factories, functions whose memory is to be
 * tracked exactly. A contract as tka/probe.h is, which tka-cc includes before it, in a
 * translation unit that needs it. No system header.
 *
 * A site's text may have a ninth field, its role:
 *
 *   lookup:CACHE  put:CACHE  evict:CACHE  load:CACHE    of the cache of that name
 *   resolver      followed by ";NUMBER=NAME" for each name of an enumerated key
 *   constructs    a factory: what the resolution around it got was made anew
 *   memory        allocations are tracked exactly inside of it
 *
 * The site of such a function has TKA_SITE_ROLE in its flags.
 */
#ifndef TKA_ROLES_H
#define TKA_ROLES_H
#pragma GCC system_header

#ifdef __cplusplus
extern "C" {
#endif

#define TKA_SITE_ROLE 2u

/* --- caches -------------------------------------------------------------- */

/* Of the keys, by their hash, one in 64 is followed (Waldspurger et al., FAST 2015). */
#define TKA_KEYS_FOLLOWED_LOG2 6

/* A key that is followed was looked up. hash: of the key, mixed. */
extern void tka_cache_seen(struct tka_site *, struct tka_module *,
                           unsigned long long hash) __attribute__((__weak__));

/* For TKA_CACHE_HIT() outside of a lookup. */
__attribute__((__unused__)) static struct tka_site *const tka_here_ = 0;
__attribute__((__unused__)) static const unsigned char *const tka_here_on_ = 0;

/* Calls are counted by the probe, hits here: in the last word of the thread's record.
 * Where the thread has none yet it is the site's own, which its first record takes over. */
static __inline__ __attribute__((__always_inline__, __unused__,
                                 __no_instrument_function__))
void tka_cache_result_(struct tka_site *site, const unsigned char *on, int hit)
{
    if (site != 0 && *on != 0 && hit) {
        unsigned long long *hits = (unsigned long long *)(void *)
            ((char *)site + tka_delta_ + 56);

#ifdef __x86_64__
        __asm__("addq\t$1, %0" : "+m"(*hits) : : "cc");
#else
        __atomic_fetch_add(hits, 1, __ATOMIC_RELAXED);
#endif
    }
}

/* splitmix64's finaliser (Steele, Lea and Flood 2014). */
static __inline__ __attribute__((__always_inline__, __unused__,
                                 __no_instrument_function__))
void tka_cache_key_(struct tka_site *site, const unsigned char *on,
                    unsigned long long key)
{
    key = (key ^ key >> 30) * 0xbf58476d1ce4e5b9ull;
    key = (key ^ key >> 27) * 0x94d049bb133111ebull;
    key ^= key >> 31;
    if (__builtin_expect(key >> (64 - TKA_KEYS_FOLLOWED_LOG2) == 0, 0) && *on != 0 &&
        tka_cache_seen) {
        tka_cache_seen(site, &tka_module_, key);
    }
}

/* FNV-1a. length (unsigned long)-1: up to the NUL. A null pointer is a key, too. */
__attribute__((__weak__, __visibility__("hidden"), __noinline__,
               __no_instrument_function__))
unsigned long long tka_hash_text_(const char *text, unsigned long length)
{
    unsigned long long hash = 0xcbf29ce484222325ull;
    unsigned long i;

    for (i = 0; text != 0 && i < length; i++) {
        if (length == (unsigned long)-1 && text[i] == 0) {
            break;
        }
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3ull;
    }
    return hash;
}

/* --- services ------------------------------------------------------------ */

enum tka_key_kind {
    TKA_KEY_NONE,           /* the resolver has none: its name is the key */
    TKA_KEY_TEXT,           /* text, to its NUL */
    TKA_KEY_BYTES,          /* text, and its length as number */
    TKA_KEY_NUMBER,         /* number */
    TKA_KEY_TYPE            /* __PRETTY_FUNCTION__: the key is its template arguments */
};

/* One activation of a resolver or a factory, in its native stack frame. The runtime's,
 * but for its size. */
struct tka_resolution {
    struct tka_resolution *parent;
    void *word[7];
};

/* Between enter and leave (a cleanup, so that leaving by an exception is seen too) the
 * resolver says what it returns: instance 0 and failed 0 where it is no pointer. A
 * resolver that left without saying so failed. */
extern void tka_resolution_enter(struct tka_resolution *, struct tka_site *,
                                 struct tka_module *, enum tka_key_kind, const char *text,
                                 unsigned long long number) __attribute__((__weak__));
extern void tka_resolution_result(struct tka_resolution *, const volatile void *instance,
                                  int failed) __attribute__((__weak__));
extern void tka_resolution_leave(struct tka_resolution *) __attribute__((__weak__));

/* A factory: left by tka_resolution_leave(), too. */
extern void tka_construction_enter(struct tka_resolution *, struct tka_site *,
                                   struct tka_module *) __attribute__((__weak__));

static __inline__ __attribute__((__unused__, __no_instrument_function__))
int tka_resolution_enter_(struct tka_resolution *resolution, struct tka_site *site,
                          const unsigned char *on, enum tka_key_kind kind,
                          const char *text, unsigned long long number)
{
    resolution->word[0] = 0;
    if (*on != 0 && tka_resolution_enter) {
        tka_resolution_enter(resolution, site, &tka_module_, kind, text, number);
    }
    return 0;
}

static __inline__ __attribute__((__unused__, __no_instrument_function__))
int tka_construction_enter_(struct tka_resolution *resolution, struct tka_site *site,
                            const unsigned char *on)
{
    resolution->word[0] = 0;
    if (*on != 0 && tka_construction_enter) {
        tka_construction_enter(resolution, site, &tka_module_);
    }
    return 0;
}

/* word[0]: 0 where nothing was entered. */
static __inline__ __attribute__((__unused__, __no_instrument_function__))
void tka_resolution_result_(struct tka_resolution *resolution,
                            const volatile void *instance, int failed)
{
    if (resolution->word[0] != 0 && tka_resolution_result) {
        tka_resolution_result(resolution, instance, failed);
    }
}

static __inline__ __attribute__((__unused__, __no_instrument_function__))
void tka_resolution_leave_(struct tka_resolution *resolution)
{
    if (resolution->word[0] != 0 && tka_resolution_leave) {
        tka_resolution_leave(resolution);
    }
}

/* --- memory -------------------------------------------------------------- */

/* From here on the thread's allocations are tracked exactly (1) or not (0); what it was. */
extern int tka_memory_intensive(int exact) __attribute__((__weak__));

static __inline__ __attribute__((__unused__, __no_instrument_function__))
int tka_memory_enter_(void)
{
    return tka_memory_intensive ? tka_memory_intensive(1) : 0;
}

static __inline__ __attribute__((__unused__, __no_instrument_function__))
void tka_memory_leave_(int *before)
{
    if (tka_memory_intensive) {
        tka_memory_intensive(*before);
    }
}

#ifdef __cplusplus
}
#endif
#endif
