/* The text that tka-cc inserts for roles (tka/roles.h), by hand: for tests of the runtime
 * alone. C and C++. SITE(1, "get", "resolver") at file scope; RESOLVER(1, kind, text,
 * number) or FACTORY(2) first in the function; return RESULT(1, pointer). */
#ifndef TKA_TEST_INSERTED_H
#define TKA_TEST_INSERTED_H

#include <tka/probe.h>
#include <tka/roles.h>
#include <tka/tka.h>

#ifdef __cplusplus
extern "C" {
#endif
void tka_rt_scope_begin(const char *name);
void tka_rt_scope_end(void);
#ifdef __cplusplus
}
#endif

#define SITE(n, name, role)                                                                \
    static const char tka_t##n##_[]                                                        \
        __attribute__((__section__("tka_text"), __used__, __aligned__(1))) =               \
            "1\tf\t" name "\t" name "\t" __FILE__ "\t" #n "\t3\t\t" role;          \
    static unsigned char tka_o##n##_ __attribute__((__section__("tka_on"))) = 1;           \
    static struct tka_site tka_f##n##_ __attribute__((__section__("tka_sites"))) = {       \
        0, TKA_SITE_ROLE, tka_t##n##_, &tka_o##n##_, {0}};

#define PROBE(n)                                                                           \
    __attribute__((__cleanup__(tka_leave))) struct tka_scope tka_s##n##_;                  \
    __attribute__((__unused__)) int tka_e##n##_ =                                          \
        tka_enter(&tka_s##n##_, &tka_f##n##_, &tka_o##n##_)

#define RESOLVER(n, kind, text, number)                                                    \
    PROBE(n);                                                                              \
    __attribute__((__cleanup__(tka_resolution_leave_))) struct tka_resolution tka_r##n##_; \
    __attribute__((__unused__)) int tka_d##n##_ = tka_resolution_enter_(                   \
        &tka_r##n##_, &tka_f##n##_, &tka_o##n##_, kind, text, number)

#define FACTORY(n)                                                                         \
    PROBE(n);                                                                              \
    __attribute__((__cleanup__(tka_resolution_leave_))) struct tka_resolution tka_c##n##_; \
    __attribute__((__unused__)) int tka_d##n##_ =                                          \
        tka_construction_enter_(&tka_c##n##_, &tka_f##n##_, &tka_o##n##_)

#define RESULT(n, value)                                                                   \
    __extension__({                                                                        \
        void *tka_v_ = (value);                                                            \
        tka_resolution_result_(&tka_r##n##_, tka_v_, tka_v_ == 0);                         \
        tka_v_;                                                                            \
    })

#endif
