/* monitor - the store thread: writes what is new into the database every
 * TKA_MONITORING_INTERVAL.
 *
 * It starts only when the process is older than a tenth of a second, or than one
 * interval if that is shorter, so short programs never have a second thread; and stores
 * first one interval later. In between it answers requests (control) and watches
 * sampling gaps (nudge). Once started it runs until the process ends.
 */
#ifndef TKA_MONITOR_H
#define TKA_MONITOR_H

#include <stdint.h>

/* Age from which on a process has a store thread. */
#define TKAI_MONITOR_AFTER_MS 100

/* Clock ticks before which a poll does nothing. */
extern uint64_t tkai_monitor_due;

/* Start the thread if it is due. now: clock ticks, or 0. Cheap. */
void tkai_monitor_poll(uint64_t now);

/* Wake, stop and join the thread, if it runs. */
void tkai_monitor_stop(void);

/* In a forked child: there is no such thread. */
void tkai_monitor_forget(void);

#endif
