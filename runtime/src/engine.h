/* engine - the runtime's state in this process: start, modes, modules, fork,
 * exit.
 *
 * The first probe starts everything (tkai_engine_start). The lock serialises
 * what is rare: new threads, modules and chunks; signals are blocked while it
 * is held, so a handler cannot meet it locked by its own thread.
 */
#ifndef TKA_ENGINE_H
#define TKA_ENGINE_H

#include <signal.h>
#include <stdint.h>
#include <tka/probe.h>
#include <tka/tka.h>

#include "livefile.h"

enum tkai_state { TKAI_NEW, TKAI_ON, TKAI_OFF };

struct tkai_module {
    const struct tka_site *sites, *sites_end;
    struct tka_module *module;          /* in the module's own data */
};

struct tkai_engine {
    int state;                          /* enum tkai_state */
    int forked;                         /* a child of the process that started */
    int configured;                     /* config was set by tka_initialize */
    TkaConfig config;
    double share;                       /* threshold as a share, 0.01 = 1 % */
    double count_cost;                  /* ticks that a counted call costs */
    double timed_cost;                  /* ticks that a timed call costs */
    uint64_t timed_cost_units;          /* where every call is, whole ticks times 64 */
    uint64_t inside_cost[2];            /* of it, ticks inside its own interval:
                                         * every call timed; few */
    struct tkai_livefile file;
    uint32_t module_count;
    struct tkai_module modules[256];
};
extern struct tkai_engine tkai_engine;

void tkai_engine_lock(sigset_t *old);
void tkai_engine_unlock(const sigset_t *old);

/* Start if that has not been done; then state is ON or OFF. Lock held. */
void tkai_engine_start(void);

/* The module's id, known from now on; -1 too many. Lock held. */
int tkai_engine_module(struct tka_module *module);

/* Switch all probes of a module off. */
void tkai_engine_module_off(struct tka_module *module);

/* Id of the module that holds this site; -1 none does. */
static inline int tkai_engine_find_site(uintptr_t site)
{
    for (uint32_t i = __atomic_load_n(&tkai_engine.module_count, __ATOMIC_ACQUIRE);
         i-- > 0;) {
        const struct tkai_module *m = &tkai_engine.modules[i];

        if (site - (uintptr_t)m->sites < (uintptr_t)m->sites_end - (uintptr_t)m->sites) {
            return (int)i;
        }
    }
    return -1;
}

static inline struct tka_live_header *tkai_engine_header(void)
{
    return tkai_engine.file.header;
}

#endif
