/* slowpath - the slow paths of tka/probe.h: what a call does that is timed, that
 * is the first of its thread, or that ends a sampling gap.
 *
 * tka_enter_due() and tka_leave_slow() are called by inserted code. They take
 * no lock and make no system call unless memory must grow.
 */
#ifndef TKA_SLOWPATH_H
#define TKA_SLOWPATH_H

/* Start the engine if that has not been done, and measure what a probe costs on
 * this machine. Lock held. */
void tkai_slowpath_start(void);

/* End the scopes that the calling thread has open, as exit() will not. */
void tkai_slowpath_close_scopes(void);

#endif
