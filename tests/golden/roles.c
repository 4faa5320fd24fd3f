/* golden: options=--rules,roles.rules flags=-Wall,-Wextra compilers=gcc,clang */
#include <tka/tka.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum service { SERVICE_LOG = 3, SERVICE_STORE };
struct request { const char *name; };
static int table[4] = {1, 2, 3, 4};

TKA_CACHE("numbers") static int *find(TKA_CACHE_KEY int key)
{
    if (key < 0)
        return NULL;
    else return key < 4 /* ; */
        ? &table[key]
        : NULL; /* not there */
}

TKA_CACHE("texts") static bool has(const char *key TKA_CACHE_KEY) {return key[0] == ';';}

TKA_CACHE("marked") static double marked(double key)
{
    if (key > 1) {
        TKA_CACHE_HIT();
        return key;
    }
    TKA_CACHE_MISS();
    return 0;
}

TKA_CACHE("unclear") static double unclear(TKA_CACHE_KEY double key)
{
    return key;
}

TKA_CACHE_PUT("numbers") static void put(int key) { table[0] = key; }

#define RETURN_NULL return NULL
TKA_RESOLVES TKA_CONSTRUCTS static void *resolve(TKA_SERVICE_KEY enum service s)
{
    if (s == SERVICE_LOG)
        RETURN_NULL;
    return table;
}

TKA_RESOLVES static const char *named(TKA_SERVICE_KEY_FIELD(name) const struct request *r)
{
    return r->name;
}

/* By rules. */
static int made(const char *key) { return *key - 'b'; }
static int *all(void) { return table; }

TKA_MEMORY_INTENSIVE("load all") static int load(void) { return *all(); }

int main(void)
{
    struct request r = {"log"};

    TKA_SCOPE_BEGIN("main");
    put(5);
    printf("%d %d %d\n", *find(0), find(-1) == NULL, has("x"));
    printf("%g %g %g\n", marked(1), marked(2), unclear(3));
    printf("%d %s\n", resolve(SERVICE_STORE) == table, named(&r));
    printf("%d %d\n", made("a"), load());
    TKA_SCOPE_END();
    return 0;
}
