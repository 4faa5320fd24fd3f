/* tka/roles.h - what inserted code calls in functions that are more than profiled:
 * cache lookups, service resolvers and factories, functions whose memory is to be
 * tracked exactly. A contract as tka/probe.h is, which tka-cc includes before it. No
 * system header, and nothing that an object has when no function of it has a role.
 *
 * A site's text may have a ninth field, its roles, one a line:
 *
 *   lookup:CACHE  put:CACHE  evict:CACHE  load:CACHE    of the cache of that name
 *   resolver      followed by ";NUMBER=NAME" for each name of an enumerated key, NUMBER
 *                 as tka_resolution_enter() gets it
 *   constructs    a factory: what the resolution around it got was made anew
 *   memory        allocations are tracked exactly inside of it
 *   refused:ROLE: WHY         a role, or its key, that tka-cc could not give it
 *
 * The site of a function with one of the others has TKA_SITE_ROLE in its flags. N being
 * the number of the site, behind the probe of
 *
 *   a lookup     int tka_kN_ = tka_cache_key_(&tka_fN_,&tka_oN_,KEY), if it has a key;
 *                tka_here_ and tka_here_on_, if it says TKA_CACHE_HIT()
 *   a resolver   a struct tka_resolution tka_rN_ left by tka_resolution_leave_, entered;
 *                if not each of its returns says a result, a tka_wN_ that does
 *   a factory    the same, tka_cN_
 *   memory       an int tka_mN_ left by tka_memory_leave_
 *
 * and around what is returned, in C ({ TYPE tka_vN_M_ = (RESULT); say it; tka_vN_M_; }),
 * in C++ a call that hands it on, or says it in a statement before.
 */
#ifndef TKA_ROLES_H
#define TKA_ROLES_H
#pragma GCC system_header

#ifdef __cplusplus
extern "C" {
#endif

#define TKA_SITE_ROLE 2u

#define TKA_ROLE_INLINE_                                                                 \
    extern __inline__ __attribute__((__gnu_inline__, __always_inline__,                  \
                                     __no_instrument_function__))

/* --- caches -------------------------------------------------------------- */

/* Keys are followed whose hash is at least what the runtime puts there: all at first, the
 * fewer the more keys there are and the more often they are looked up. */
TKA_ROLE_INLINE_
unsigned long long *tka_least_hash_(struct tka_site *site)
{
    return (unsigned long long *)(void *)((char *)site + 48);
}

/* A key that is followed was looked up. hash: of the key, mixed. */
extern void tka_cache_seen(struct tka_site *, struct tka_module *,
                           unsigned long long hash) __attribute__((__weak__));

/* For TKA_CACHE_HIT() outside of a lookup. */
__attribute__((__unused__)) static struct tka_site *const tka_here_ = 0;
__attribute__((__unused__)) static const unsigned char *const tka_here_on_ = 0;

/* A hit of a thread that has no records of the module, or has just been told to come to
 * the slow path. */
extern void tka_cache_hit(struct tka_site *, struct tka_module *) __attribute__((__weak__));

/* Calls are counted by the probe, hits here: in the last word of the thread's record.
 * Without a branch on the hit, which the processor could not foresee: 0.3 ns, not up to 7. */
TKA_ROLE_INLINE_
void tka_cache_result_(struct tka_site *site, const unsigned char *on, int hit)
{
    __INTPTR_TYPE__ delta;

    if (site != 0 && *on != 0) {
        delta = __atomic_load_n(&tka_delta_, __ATOMIC_RELAXED);
        if (__builtin_expect(delta == 0, 0)) {
            if (hit && tka_cache_hit) {
                tka_cache_hit(site, &tka_module_);
            }
        } else {
            unsigned long long *hits =
                (unsigned long long *)(void *)((char *)site + delta + 56);
            unsigned long long one = hit != 0;

#ifdef __x86_64__
            __asm__("addq\t%1, %0" : "+m"(*hits) : "r"(one) : "cc");
#else
            __atomic_fetch_add(hits, one, __ATOMIC_RELAXED);
#endif
        }
    }
}

/* splitmix64's finaliser (Steele, Lea and Flood 2014). */
TKA_ROLE_INLINE_
int tka_cache_key_(struct tka_site *site, const unsigned char *on, unsigned long long key)
{
    key = (key ^ key >> 30) * 0xbf58476d1ce4e5b9ull;
    key = (key ^ key >> 27) * 0x94d049bb133111ebull;
    key ^= key >> 31;
    if (__builtin_expect(key >= __atomic_load_n(tka_least_hash_(site), __ATOMIC_RELAXED), 0) &&
        *on != 0 && tka_cache_seen) {
        tka_cache_seen(site, &tka_module_, key);
    }
    return 0;
}

#define TKA_TO_NUL_ (~0ul)

TKA_ROLE_INLINE_
unsigned long long tka_mix_word_(unsigned long long hash, unsigned long long word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
    return hash ^ hash >> 32;
}

/* Eight bytes at a time: some 2 ns for each. length TKA_TO_NUL_: up to the NUL. A null pointer
 * is a key, too. */
TKA_ROLE_INLINE_
unsigned long long tka_hash_text_(const char *text, unsigned long length)
{
    unsigned long long hash, word;

    if (text == 0) {
        return 0;
    }
    length = length == TKA_TO_NUL_ ? __builtin_strlen(text) : length;
    for (hash = length; length >= sizeof word; length -= sizeof word) {
        __builtin_memcpy(&word, text, sizeof word);
        hash = tka_mix_word_(hash, word);
        text += sizeof word;
    }
    for (word = 0; length > 0; length--) {
        word = word << 8 | (unsigned char)text[length - 1];
    }
    return tka_mix_word_(hash, word);
}

/* Off: without the hash. */
TKA_ROLE_INLINE_
int tka_cache_text_(struct tka_site *site, const unsigned char *on, const char *text,
                    unsigned long length)
{
    return *on != 0 ? tka_cache_key_(site, on, tka_hash_text_(text, length)) : 0;
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
 * resolver says what it returns: instance 0 and failed 0 where it is no pointer, or
 * nothing is known of it. It may say so again: the last counts. A resolver that left
 * without saying so failed. */
extern void tka_resolution_enter(struct tka_resolution *, struct tka_site *,
                                 struct tka_module *, enum tka_key_kind, const char *text,
                                 unsigned long long number) __attribute__((__weak__));
extern void tka_resolution_result(struct tka_resolution *, const volatile void *instance,
                                  int failed) __attribute__((__weak__));
extern void tka_resolution_leave(struct tka_resolution *) __attribute__((__weak__));

/* A factory: left by tka_resolution_leave(), too. */
extern void tka_construction_enter(struct tka_resolution *, struct tka_site *,
                                   struct tka_module *) __attribute__((__weak__));

TKA_ROLE_INLINE_
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

TKA_ROLE_INLINE_
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
TKA_ROLE_INLINE_
void tka_resolution_result_(struct tka_resolution *resolution,
                            const volatile void *instance, int failed)
{
    if (resolution->word[0] != 0 && tka_resolution_result) {
        tka_resolution_result(resolution, instance, failed);
    }
}

TKA_ROLE_INLINE_
void tka_resolution_leave_(struct tka_resolution *resolution)
{
    if (resolution->word[0] != 0 && tka_resolution_leave) {
        tka_resolution_leave(resolution);
    }
}

/* Where not each return says its result: nothing is known of it, unless an exception
 * ends the call, which the C++ library's count of those in flight tells. */
struct tka_unsaid_ {
    struct tka_resolution *resolution;
    unsigned exceptions;
};

#ifdef __cplusplus
extern void *tka_exceptions_(void) __asm__("__cxa_get_globals") __attribute__((__weak__));

TKA_ROLE_INLINE_
unsigned tka_exceptions_in_flight_(void)
{
    return tka_exceptions_ ? *(unsigned *)((void **)tka_exceptions_() + 1) : 0;
}
#else
#define tka_exceptions_in_flight_() 0u
#endif

TKA_ROLE_INLINE_
struct tka_unsaid_ tka_unsaid_enter_(struct tka_resolution *resolution)
{
    struct tka_unsaid_ unsaid = {resolution, 0};

    if (resolution->word[0] != 0) {
        tka_resolution_result_(resolution, 0, 0);
        unsaid.exceptions = tka_exceptions_in_flight_();
    }
    return unsaid;
}

TKA_ROLE_INLINE_
void tka_unsaid_leave_(struct tka_unsaid_ *unsaid)
{
    if (unsaid->resolution->word[0] != 0 &&
        tka_exceptions_in_flight_() > unsaid->exceptions) {
        tka_resolution_result_(unsaid->resolution, 0, 1);
    }
}

/* For keys in structs: a test that compilers do not warn of. */
TKA_ROLE_INLINE_
int tka_is_there_(const volatile void *pointer)
{
    return pointer != 0;
}

/* --- memory -------------------------------------------------------------- */

/* From here on the thread's allocations are tracked exactly (1) or not (0); what it was. */
extern int tka_memory_intensive(int exact) __attribute__((__weak__));

TKA_ROLE_INLINE_
int tka_memory_enter_(void)
{
    return tka_memory_intensive ? tka_memory_intensive(1) : 0;
}

TKA_ROLE_INLINE_
void tka_memory_leave_(int *before)
{
    if (tka_memory_intensive) {
        tka_memory_intensive(*before);
    }
}

#ifdef __cplusplus
}
#endif

/* --- what C++ results and keys say of themselves -------------------------- */

#if defined __cplusplus && __cplusplus >= 201103L
extern "C++" {
#define TKA_ROLE_TEMPLATE_                                                               \
    __inline__ __attribute__((__always_inline__, __no_instrument_function__,             \
                              __visibility__("hidden")))

struct tka_said_ {
    const volatile void *instance;
    int hit, failed;
};

template <class T> TKA_ROLE_TEMPLATE_ tka_said_ tka_ask_scalar_(T *const &value, int)
{
    return {reinterpret_cast<const volatile void *>(value), value != nullptr,
            value == nullptr};
}

TKA_ROLE_TEMPLATE_ tka_said_ tka_ask_scalar_(decltype(nullptr), int)
{
    return {nullptr, 0, 1};
}

template <class T> struct tka_is_bool_ { enum { value = 0 }; };
template <> struct tka_is_bool_<bool> { enum { value = 1 }; };

/* An integer; but no vector of them, whose comparison is no bool. */
template <class T>
TKA_ROLE_TEMPLATE_ auto tka_ask_scalar_(const T &value, int)
    -> decltype(value % 1, static_cast<bool>(value < value), tka_said_())
{
    return {nullptr, T(-1) < T(0) ? !(value < T(0)) : value != T(0),
            tka_is_bool_<T>::value ? value == T(0) : T(-1) < T(0) && value < T(0)};
}

template <class T> TKA_ROLE_TEMPLATE_ tka_said_ tka_ask_scalar_(const T &, ...)
{
    return {nullptr, 0, 0};
}

/* Declared for what does not convert to whatever it is wanted to be, as values of JSON
 * do: their conversion to bool is no answer, and may throw. */
enum class tka_anything_ {};
template <bool> struct tka_if_ {};
template <> struct tka_if_<true> { typedef int type; };
void tka_take_anything_(tka_anything_);
template <class T>
auto tka_is_anything_(const T &value, int)
    -> decltype(tka_take_anything_(value), static_cast<char (*)[2]>(nullptr));
template <class T> char (*tka_is_anything_(const T &, ...))[1];
template <class T>
auto tka_is_plain_(const T &value) ->
    typename tka_if_<sizeof(*tka_is_anything_(value, 0)) == 1>::type;

/* A smart pointer; what says itself that it can be tested; any other class. */
template <class T>
TKA_ROLE_TEMPLATE_ auto tka_ask_class_(const T &value, int)
    -> decltype(tka_is_plain_(value), static_cast<bool>(value),
                static_cast<const volatile void *>(value.get()), tka_said_())
{
    return {static_cast<const volatile void *>(value.get()), static_cast<bool>(value),
            !static_cast<bool>(value)};
}

template <class T>
TKA_ROLE_TEMPLATE_ auto tka_ask_class_(const T &value, long)
    -> decltype(tka_is_plain_(value), value.operator bool(), tka_said_())
{
    return {nullptr, static_cast<bool>(value), !static_cast<bool>(value)};
}

template <class T> TKA_ROLE_TEMPLATE_ tka_said_ tka_ask_class_(const T &, ...)
{
    return {nullptr, 0, 0};
}

/* Members are looked at only in what kind selects. */
template <int kind> struct tka_asker_ {
    template <class T> TKA_ROLE_TEMPLATE_ static tka_said_ ask(const T &value)
    {
        return tka_ask_scalar_(value, 0);
    }
};

template <> struct tka_asker_<1> {
    template <class T> TKA_ROLE_TEMPLATE_ static tka_said_ ask(const T &value)
    {
        return tka_ask_class_(value, 0);
    }
};

template <> struct tka_asker_<2> {
    template <class T> TKA_ROLE_TEMPLATE_ static tka_said_ ask(const T &value)
    {
        return {nullptr, value != T(), 0};
    }
};

template <class T> TKA_ROLE_TEMPLATE_ tka_said_ tka_ask_(const T &value)
{
    return tka_asker_<__is_class(T) || __is_union(T) ? 1 : __is_enum(T) ? 2 : 0>::ask(
        value);
}

/* A reference is to something, whatever that says of itself. */
template <class T> struct tka_result_of_ {
    TKA_ROLE_TEMPLATE_ static tka_said_ ask(const T &value) { return tka_ask_(value); }
};

template <class T> struct tka_result_of_<T &> {
    TKA_ROLE_TEMPLATE_ static tka_said_ ask(T &value)
    {
        return {&reinterpret_cast<const volatile char &>(value), 1, 0};
    }
};

template <class T>
TKA_ROLE_TEMPLATE_ T tka_resolved_(tka_resolution *resolution, T value)
{
    const tka_said_ said = tka_result_of_<T>::ask(value);

    tka_resolution_result_(resolution, said.instance, said.failed);
    return static_cast<T &&>(value);
}

template <class T>
TKA_ROLE_TEMPLATE_ T tka_looked_up_(tka_site *site, const unsigned char *on, T value)
{
    tka_cache_result_(site, on, tka_result_of_<T>::ask(value).hit);
    return static_cast<T &&>(value);
}

/* The same of a variable that the next statement returns. */
template <class T>
TKA_ROLE_TEMPLATE_ void tka_will_resolve_(tka_resolution *resolution, const T &value)
{
    const tka_said_ said = tka_ask_(value);

    tka_resolution_result_(resolution, said.instance, said.failed);
}

template <class T>
TKA_ROLE_TEMPLATE_ void tka_will_look_up_(tka_site *site, const unsigned char *on,
                                          const T &value)
{
    tka_cache_result_(site, on, tka_ask_(value).hit);
}

template <class T> TKA_ROLE_TEMPLATE_ unsigned long long tka_key_number_(T *const &value)
{
    return reinterpret_cast<__UINTPTR_TYPE__>(value);
}

template <class T> TKA_ROLE_TEMPLATE_ unsigned long long tka_key_number_(const T &value)
{
    return static_cast<unsigned long long>(value);
}

/* Declared for what is an integer, an enumerator or a pointer; for text. No class is,
 * whatever it converts to. */
template <class T> int tka_is_integral_(T *const &, int);
template <class T>
auto tka_is_integral_(const T &value, int)
    -> decltype(value % 1, static_cast<unsigned long long>(value),
                typename tka_if_<!__is_class(T) && !__is_union(T)>::type());
template <class T>
auto tka_is_integral_(const T &, long) -> typename tka_if_<__is_enum(T)>::type;
void tka_take_text_(const char *);
template <class T>
auto tka_is_text_(const T &value)
    -> decltype(tka_take_text_(value),
                typename tka_if_<!__is_class(T) && !__is_union(T)>::type());

/* A key whose type the template's arguments decide: text, bytes, a number, or none. */
template <class T>
TKA_ROLE_TEMPLATE_ auto tka_cache_any_(tka_site *site, const unsigned char *on,
                                       const T &value, int)
    -> decltype(tka_is_text_(value), 0)
{
    return tka_cache_text_(site, on, value, TKA_TO_NUL_);
}

template <class T>
TKA_ROLE_TEMPLATE_ auto tka_cache_any_(tka_site *site, const unsigned char *on,
                                       const T &value, int)
    -> decltype(static_cast<const char *>(value.data()), value.size(), 0)
{
    return tka_cache_text_(site, on, value.data(), value.size());
}

template <class T>
TKA_ROLE_TEMPLATE_ auto tka_cache_any_(tka_site *site, const unsigned char *on,
                                       const T &value, long)
    -> decltype(tka_is_integral_(value, 0), 0)
{
    return tka_cache_key_(site, on, tka_key_number_(value));
}

template <class T>
TKA_ROLE_TEMPLATE_ int tka_cache_any_(tka_site *, const unsigned char *, const T &, ...)
{
    return 0;
}

template <class T>
TKA_ROLE_TEMPLATE_ auto tka_resolution_any_(tka_resolution *resolution, tka_site *site,
                                            const unsigned char *on, const T &key, int)
    -> decltype(tka_is_text_(key), 0)
{
    return tka_resolution_enter_(resolution, site, on, TKA_KEY_TEXT, key, 0);
}

template <class T>
TKA_ROLE_TEMPLATE_ auto tka_resolution_any_(tka_resolution *resolution, tka_site *site,
                                            const unsigned char *on, const T &key, int)
    -> decltype(static_cast<const char *>(key.data()), key.size(), 0)
{
    return tka_resolution_enter_(resolution, site, on, TKA_KEY_BYTES, key.data(),
                                 key.size());
}

template <class T>
TKA_ROLE_TEMPLATE_ auto tka_resolution_any_(tka_resolution *resolution, tka_site *site,
                                            const unsigned char *on, const T &key, long)
    -> decltype(tka_is_integral_(key, 0), 0)
{
    return tka_resolution_enter_(resolution, site, on, TKA_KEY_NUMBER, nullptr,
                                 tka_key_number_(key));
}

template <class T>
TKA_ROLE_TEMPLATE_ int tka_resolution_any_(tka_resolution *resolution, tka_site *site,
                                           const unsigned char *on, const T &, ...)
{
    return tka_resolution_enter_(resolution, site, on, TKA_KEY_NONE, nullptr, 0);
}
}
#endif
#endif
