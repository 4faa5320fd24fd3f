/* slow_trace - one slow call as a file for Perfetto and chrome://tracing, in the JSON
 * of the Trace Event Format.
 *
 * Complete events ("X"), times in us from the first event's start. Calls that were
 * open end with the slow call.
 */
#ifndef TKA_SLOW_TRACE_H
#define TKA_SLOW_TRACE_H

#include "model.h"
#include "slow_list.h"
#include "textbuf.h"

/* The list's first call, of this session. */
void slow_trace_add(const SlowList *list, const Session *session, Text *out);

#endif
