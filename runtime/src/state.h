/* state - what the runtime knows about this process, and the lock on it.
 *
 * The engine fills it; everything else reads it. The lock serialises what is
 * rare: new threads, modules and chunks. Signals and cancellation are off while
 * it is held, so a handler cannot meet it locked by its own thread.
 */
#ifndef TKA_STATE_H
#define TKA_STATE_H

#include <stdint.h>
#include <tka/probe.h>
#include <tka/tka.h>

#include "livefile.h"
#include "os.h"

/* Ticks of a probe inside of its own interval: `empty` when nothing else is in
 * it, `beyond` of an interval of `knee` ticks or more, and a line in between; where few
 * calls are timed, two lines that meet at `middle`. */
struct tkai_inside {
    int64_t empty, knee, beyond;
    uint64_t slope;                     /* in 1/65536 */
    int64_t middle;                     /* INT64_MAX: one line */
    uint64_t middle_own, upper_slope;   /* ticks that are the call's own; from there on */
};

enum tkai_phase { TKAI_NEW, TKAI_ON, TKAI_OFF };

struct tkai_module {
    /* A library that is loaded again elsewhere takes its place: only this word changes
     * for those who read it without the lock. */
    const struct tka_site *sites;
    size_t size;                        /* of all sites, in bytes */
    struct tka_module *module;          /* in the module's own data */
    const struct tka_live_module *described; /* its copy in the live file */
    struct tka_switch *switches;        /* one per site, in the live file; NULL none */
};

struct tkai_state {
    int phase;                          /* enum tkai_phase */
    int forked;                         /* a child of the process that started */
    int configured;                     /* config was set by tka_initialize */
    TkaConfig config;
    double share;                       /* threshold as a share, 0.01 = 1 % */
    double count_cost;                  /* ticks that a counted call costs */
    double each_cost, rare_cost;        /* ticks that a timed call costs, where every call
                                         * is timed; where few are */
    double each_long_cost, long_ticks;  /* the same where every call is and takes
                                         * long_ticks, behind which a probe is hidden */
    double timed_cost;                  /* the one of the two that the mode makes */
    double cpu_cost;                    /* ticks of two readings of the thread's CPU time */
    uint64_t cpu_cost_units, cpu_inside_ns; /* the same times 64; what they see of themselves */
    uint64_t event_ticks, slow_ticks;   /* from which on a call is an event; is captured */
    uint64_t full_ticks;                /* from which on timing every call is within budget */
    uint64_t cpu_ticks;                 /* from which on reading its CPU time is, too */
    uint32_t generation;                /* of how records are armed; see control */
    uint64_t timed_cost_units, long_cost_units; /* where every call is, whole ticks times
                                         * 64; the same of one of long_ticks */
    struct tkai_inside inside[2];       /* where every call is timed; where few are */
    struct tkai_livefile file;
    uint32_t module_changes;            /* how often one came or moved */
    uint32_t module_count;
    struct tkai_module modules[256];
};
extern struct tkai_state tkai_state;

void tkai_state_lock(struct tkai_os_mask *old);
void tkai_state_unlock(const struct tkai_os_mask *old);

/* Begin with an unlocked lock, in a forked child. */
void tkai_state_lock_anew(void);

static inline uint32_t tkai_module_sites(const struct tkai_module *module)
{
    return (uint32_t)(module->size / sizeof *module->sites);
}

/* Id of the module that holds this site, and the site's number in it; -1 none
 * does. */
static inline int tkai_state_find_site(uintptr_t site, size_t *number)
{
    for (uint32_t i = __atomic_load_n(&tkai_state.module_count, __ATOMIC_ACQUIRE);
         i-- > 0;) {
        const struct tkai_module *m = &tkai_state.modules[i];
        size_t offset = site - (uintptr_t)__atomic_load_n(&m->sites, __ATOMIC_RELAXED);

        if (offset < m->size) {
            *number = offset / sizeof(struct tka_site);
            return (int)i;
        }
    }
    return -1;
}

static inline struct tka_live_header *tkai_state_header(void)
{
    return tkai_state.file.header;
}

/* One more of the header's losses, which all threads count. */
static inline void tkai_state_count_loss(uint64_t *losses)
{
    __atomic_fetch_add(losses, 1, __ATOMIC_RELAXED);
}

#endif
