/* nudge - keeps long sampling gaps from hiding that a function has become slow.
 *
 * A function of 20 ns is timed once in some thousand calls. When its calls begin to
 * take 5 ms that one call is half a minute away. So the store thread looks at how often
 * functions are called: where a gap of mean length would take more than half a second, the
 * function's next call on that thread is timed out of turn, as standing for itself. A
 * long one makes every call timed (budget). What is left of the gap under way must not
 * matter: redrawing only long ones would bias all sums.
 */
#ifndef TKA_NUDGE_H
#define TKA_NUDGE_H

#include <stdint.h>

/* Look; returns in how many ms to look again: more where looking takes long. On the
 * store thread; takes the lock of state.h. */
int tkai_nudge_look(void);

/* In a forked child: all threads' records are gone. */
void tkai_nudge_forget(void);

#endif
