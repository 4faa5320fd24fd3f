/* engine - starts the runtime in this process, knows its modules, and carries it
 * over a fork.
 *
 * Everything here is called with the lock of state.h held, unless it says otherwise.
 */
#ifndef TKA_ENGINE_H
#define TKA_ENGINE_H

#include <stdint.h>
#include <tka/probe.h>
#include <tka/tka.h>

/* Whether recording is on and this is the process that started it: a child made
 * by a bare system call has its parent's memory and none of its threads. No
 * lock needed. */
int tkai_engine_is_own_process(void);

/* Start if that has not been done; then the phase is ON or OFF. */
void tkai_engine_start(void);

/* Write what probes cost, once it is known, into the header of the live file. */
void tkai_engine_publish_costs(void);

/* Which modules were loaded at some moment, which `changes` names. */
struct tkai_loaded {
    uint32_t changes;
    unsigned char is[256];
};

/* Ask the loader. Before the lock is taken: the loader has one of its own. */
void tkai_engine_find_loaded(struct tkai_loaded *loaded);

/* The module's id, known from now on by this path and build id; -1 too many. */
int tkai_engine_module(struct tka_module *module, const char *path, const char *build_id,
                       const struct tkai_loaded *loaded);

/* Switch all probes of a module off; of all modules. */
void tkai_engine_module_off(struct tka_module *module);
void tkai_engine_all_off(void);

#endif
