/* The two events of LTTng-UST: a function's address at its begin and its end. */
#undef TRACEPOINT_PROVIDER
#define TRACEPOINT_PROVIDER tka_peers
#undef TRACEPOINT_INCLUDE
#define TRACEPOINT_INCLUDE "./lttng.h"

#if !defined PEERS_LTTNG_H || defined TRACEPOINT_HEADER_MULTI_READ
#define PEERS_LTTNG_H

#include <lttng/tracepoint.h>

TRACEPOINT_EVENT(tka_peers, enter, TP_ARGS(void *, function),
                 TP_FIELDS(ctf_integer_hex(unsigned long, function, (unsigned long)function)))
TRACEPOINT_EVENT(tka_peers, leave, TP_ARGS(void *, function),
                 TP_FIELDS(ctf_integer_hex(unsigned long, function, (unsigned long)function)))

#endif

#include <lttng/tracepoint-event.h>
