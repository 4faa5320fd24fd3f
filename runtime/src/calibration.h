/* calibration - measures what a probe costs on this machine, into state.h, through
 * the inserted code itself: the jumps that are mispredicted when few calls are
 * timed are most of it. Takes about 0.8 ms; nothing of it is recorded.
 */
#ifndef TKA_CALIBRATION_H
#define TKA_CALIBRATION_H

/* Once, with the lock held, before the thread's first probe is recorded. */
void tkai_calibration_run(void);

#endif
