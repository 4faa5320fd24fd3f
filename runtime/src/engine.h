/* engine - starts the runtime in this process, knows its modules, and carries it
 * over a fork.
 *
 * Everything here is called with the lock of state.h held.
 */
#ifndef TKA_ENGINE_H
#define TKA_ENGINE_H

#include <tka/probe.h>
#include <tka/tka.h>

/* Start if that has not been done; then the phase is ON or OFF. */
void tkai_engine_start(void);

/* Write what probes cost, once it is known, into the header of the live file. */
void tkai_engine_publish_costs(void);

/* The module's id, known from now on; -1 too many. */
int tkai_engine_module(struct tka_module *module);

/* Switch all probes of a module off; of all modules. */
void tkai_engine_module_off(struct tka_module *module);
void tkai_engine_all_off(void);

#endif
