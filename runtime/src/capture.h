/* capture - keeps a slow call and what its thread did before it ended.
 *
 * A thread's last captures lie in a chunk of the live file, so that a crash keeps
 * them too. Calls over the threshold come in bursts: a thread captures at most 16 at
 * once and then one a millisecond; all are counted (tka_histogram.slow_calls).
 */
#ifndef TKA_CAPTURE_H
#define TKA_CAPTURE_H

#include <stdint.h>
#include <tka/probe.h>

#include "thread.h"

/* Captures that a thread's chunk holds. */
#define TKAI_CAPTURES 16u

struct tkai_slow {
    struct tkai_thread *thread;
    const struct tka_scope *scope;      /* of the call, which has ended */
    uint64_t node, start, ticks, cpu_ns; /* cpu_ns: TKA_NOT_READ */
};

/* Keep the call: the argument of tkai_deep(), a struct tkai_slow. */
void tkai_capture_take(void *slow);

#endif
