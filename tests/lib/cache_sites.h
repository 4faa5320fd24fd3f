/* What tka-cc inserts in functions of caches, written by hand: for tests of the runtime
 * that are to see it as it is. */
#include <tka/probe.h>
#include <tka/roles.h>

#define SITE(n, name, role)                                                             \
    static const char text##n[]                                                         \
        __attribute__((__section__("tka_text"), __used__, __aligned__(1))) =            \
            "1\tf\t" name "\t" name "\t/src/cache.c\t" #n "\t5\t\t" role;               \
    static unsigned char on##n __attribute__((__section__("tka_on"))) = 1;              \
    static struct tka_site site##n __attribute__((__section__("tka_sites"))) = {        \
        0, TKA_SITE_ROLE, text##n, &on##n, {0}}

#define ENTER(n)                                                                        \
    __attribute__((__cleanup__(tka_leave))) struct tka_scope scope##n;                  \
    __attribute__((__unused__)) int entered##n = tka_enter(&scope##n, &site##n, &on##n)

#define KEY(n, key) tka_cache_key_(&site##n, &on##n, key)
#define RESULT(n, hit) tka_cache_result_(&site##n, &on##n, hit)
