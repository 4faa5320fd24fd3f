/* switches - probes on and off, site by site, while the program runs.
 *
 * A probe is off when the process is (mode off), when a request switched its
 * function off, or when the budget did (throttle). How long it was off, and why, lies in
 * the live file. With the lock of state.h held, but for tkai_switches_look(), which asks
 * the loader: call it before, all within tkai_identity_while_loaded().
 */
#ifndef TKA_SWITCHES_H
#define TKA_SWITCHES_H

#include <stdint.h>
#include <tka/live.h>

#include "state.h"

/* Find out which modules are loaded: others are not touched, as another one may lie
 * in their place. */
void tkai_switches_look(void);

/* A module that is new, or loaded again. */
void tkai_switches_add(uint32_t module);

/* Switch the functions that match on or off; for modules that come later, too. A
 * glob has * and ?, and is matched with a function's name, its enclosing function's, its
 * file and the file's last part. Their number now; -1 too many requests. */
int tkai_switches_request(const char *glob, int on);

/* Switch a function's probes off for the budget's sake. text: of one of its sites. */
void tkai_switches_suspend(const char *text);

/* Make the probes of a module, of all modules, what mode and requests say. */
void tkai_switches_apply(uint32_t module);
void tkai_switches_apply_all(void);

/* Probes in all, and those off. */
void tkai_switches_count(uint32_t *sites, uint32_t *off);

#endif
