#include <tka/tka.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum service { SERVICE_LOG = 3, SERVICE_STORE, SERVICE_NONE = -1 };

struct request {
    int kind;
    const char *name;
    char text[8];
};

struct pair {
    int a, b;
};

static int table[4] = {1, 2, 3, 4};

/* --- lookups --- */

TKA_CACHE("numbers") static int *find(TKA_CACHE_KEY int key)
{
    if (key < 0)
        return NULL;
    else if (key > 100) return (int *)0;
    switch (key) {
    case 50: return table;
    default: break;
    }
    return key < 4          /* in the table; */
               ? &table[key] // or "not;
               : NULL;
}

TKA_CACHE("texts") bool has(const char *key TKA_CACHE_KEY)
{
    return (void)strlen(key), strlen(key) > 4;
}

TKA_CACHE("slots") static short slot(const struct request *key TKA_CACHE_KEY)
{
    return key->kind ? -1 : 0;
}

TKA_CACHE("flags") static unsigned flag(TKA_CACHE_KEY enum service s) { return s == SERVICE_LOG; }

static inline double half(double x)
{
    TKA_CACHE_HIT();    /* no lookup: nothing */
    return x / 2;
}

#define FOUND(value) do { TKA_CACHE_HIT(); return value; } while (0)

TKA_CACHE("marked") static struct pair marked(TKA_CACHE_KEY long key)
{
    struct pair none = {0, 0};

    if (key == 1) {
        TKA_CACHE_HIT();
        return (struct pair){1, 1};
    }
    if (key == 2)
        FOUND(((struct pair){2, 2}));
    if (key == 3)
        TKA_CACHE_HIT();
    else
        TKA_CACHE_MISS();
    return none;
}

TKA_CACHE_PUT("numbers") static void put(int key) { table[key & 3] = key; }
TKA_CACHE_EVICT("numbers") TKA_CACHE_LOAD("texts") static int evict(int key) { return table[key & 3]; }

/* A lookup in a macro's argument, and one with a return within a return. */
#define DEFINE(head, ...) head __VA_ARGS__
DEFINE(TKA_CACHE("defined") static int *defined(int key), {
    if (key == 1) { return &table[1]; }
    return NULL;
})

TKA_CACHE("nested") static int nested(int key)
{
    return __extension__({ if (key == 1) return 5; key == 2 ? 7 : -7; });
}

#define SHADOW(x) __extension__({ int tka_v_ = (x); tka_v_; })
TKA_CACHE("old") static int old(key) int key; { return SHADOW(key); }

/* --- resolvers --- */

TKA_RESOLVES static void *resolve(TKA_SERVICE_KEY enum service s)
{
    return s == SERVICE_STORE ? table : NULL;
}

__attribute__((nonnull)) TKA_RESOLVES static const char *
resolve_named(TKA_SERVICE_KEY_FIELD(name) const struct request *r)
{
    if (r->kind) { return NULL; } return r->name;
}

TKA_RESOLVES static const void *resolve_text(const struct request *r TKA_SERVICE_KEY_FIELD(text))
{
    return r;
}

TKA_RESOLVES static int resolve_into(const char *key TKA_SERVICE_KEY, void **out)
{
    *out = table;
    return *key == 'x' ? -1 : 0;
}

/* The annotations of a declaration count for its definition. */
TKA_RESOLVES int (*resolve_function(TKA_SERVICE_KEY long key))(const char *);
int (*resolve_function(long number))(const char *) { return number ? puts : NULL; }

#define RETURN_NULL return NULL
TKA_RESOLVES static int *hidden(int k) { if (k) RETURN_NULL; return table; }
TKA_RESOLVES static void out_parameter(void **out) { *out = table; }
TKA_RESOLVES static struct pair by_value(void) { struct pair p = {3, 4}; return p; }
TKA_RESOLVES TKA_CACHE("services") static void *cached(TKA_SERVICE_KEY TKA_CACHE_KEY const char *key)
{
    return key ? table : NULL;
}

TKA_CONSTRUCTS static int *make(void) { return &table[1]; }
TKA_CONSTRUCTS TKA_RESOLVES static int *make_and_resolve(void) { return make(); }

TKA_MEMORY_INTENSIVE("load all") static int load(void) { put(3); return 4; }
TKA_NOPROFILE TKA_RESOLVES static int *unseen(void) { return table; }

static void keys(void)
{
    char text[16];

    for (int i = 0; i < 6400; i++) {
        snprintf(text, sizeof text, "key %d", i);
        find(i);
        has(text);
    }
}

int main(void)
{
    struct request some = {0, "some", "text"}, none = {1, "none", "t"};
    void *out;

    TKA_SCOPE_BEGIN("request");
    printf("%d %d %d\n", find(1) == table + 1, find(-1) == NULL, find(50) == table);
    printf("%d %d\n", has("abcde"), has("ab"));
    printf("%d %d\n", slot(&some), slot(&none));
    printf("%u %u\n", flag(SERVICE_LOG), flag(SERVICE_STORE));
    printf("%d %d %d %d\n", marked(1).a, marked(2).a, marked(3).a, marked(4).b);
    printf("%d %d\n", defined(1) == table + 1, defined(2) == NULL);
    printf("%d %d %d %d\n", nested(1), nested(2), nested(3), old(4));
    printf("%g %d\n", half(3), evict(1));
    printf("%d %d\n", resolve(SERVICE_STORE) == table, resolve(SERVICE_NONE) == NULL);
    printf("%s %d\n", resolve_named(&some), resolve_named(&none) == NULL);
    printf("%d\n", resolve_text(&some) == &some);
    printf("%d %d\n", resolve_into("x", &out), resolve_into("y", &out));
    printf("%d %d\n", resolve_function(0) == NULL, resolve_function(1) == puts);
    printf("%d %d\n", hidden(0) == table, hidden(1) == NULL);
    out_parameter(&out);
    printf("%d %d\n", by_value().b, out == table);
    printf("%d %d\n", cached("k") == table, cached(NULL) == NULL);
    printf("%d %d\n", *make_and_resolve(), *unseen());
    printf("%d\n", load());
    TKA_SCOPE_END();
    keys();
    return 0;
}
