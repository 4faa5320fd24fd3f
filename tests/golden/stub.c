/* stub - a stand-in for the runtime that counts every enter and leave.
 *
 * Linked as libtka.so it lets the instrumenter be tested alone. With
 * TKA_STUB_OUT=FILE the counts are written there at exit, one site a line as
 * `calls name`, then `enters leaves`. Its counters are not per thread but
 * atomic.
 */
#include <tka/probe.h>

#include <stdio.h>
#include <stdlib.h>

static unsigned long enters, leaves;
static struct tka_module *modules[64];
static unsigned long counts[64][4096];

__attribute__((visibility("default"))) void tka_enter_due(struct tka_scope *scope,
                                                          struct tka_site *site,
                                                          struct tka_module *module,
                                                          __INTPTR_TYPE__ *delta,
                                                          __INTPTR_TYPE__ used)
{
    (void)delta;
    (void)used;
    site->countdown = 0;
    scope->site |= TKA_SCOPE_TIMED;
    __atomic_add_fetch(&enters, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 64; i++) {
        struct tka_module *none = NULL;

        if (__atomic_load_n(&modules[i], __ATOMIC_RELAXED) == module ||
            __atomic_compare_exchange_n(&modules[i], &none, module, 0, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED) ||
            none == module) {
            long index = site - module->sites;

            if (index >= 0 && index < 4096) {
                __atomic_add_fetch(&counts[i][index], 1, __ATOMIC_RELAXED);
            }
            return;
        }
    }
}

__attribute__((visibility("default"))) void tka_leave_slow(struct tka_scope *scope,
                                                           struct tka_module *module)
{
    (void)scope;
    (void)module;
    __atomic_add_fetch(&leaves, 1, __ATOMIC_RELAXED);
}

/* The second of the text's tab-separated fields is the kind, then the name. */
static void print_name(FILE *out, const char *text)
{
    const char *at = text;

    for (int tabs = 0; *at && tabs < 3; at++) {
        if (*at == '\t') {
            tabs++;
        } else if (tabs == 2) {
            fputc(*at, out);
        }
    }
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("TKA_STUB_OUT");
    FILE *out = path ? fopen(path, "w") : NULL;

    if (!out) {
        return;
    }
    for (int i = 0; i < 64 && modules[i]; i++) {
        long sites = modules[i]->sites_end - modules[i]->sites;

        for (long k = 0; k < sites && k < 4096; k++) {
            if (counts[i][k]) {
                fprintf(out, "%lu ", counts[i][k]);
                print_name(out, modules[i]->sites[k].text);
                fputc('\n', out);
            }
        }
    }
    fprintf(out, "%lu enters %lu leaves\n", enters, leaves);
    fclose(out);
}
