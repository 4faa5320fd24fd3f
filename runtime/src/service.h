/* service - records what resolvers hand out (tka/roles.h): which service, whether it was
 * made anew, how long it took, and what else it needed.
 *
 * Open resolutions stand in an array of the thread, each with the address of the frame
 * that it belongs to: what a longjmp left behind lies below the frames that are alive.
 *
 * Cost of a cached resolution by a key of eight characters: tests/bench/services.sh.
 */
#ifndef TKA_SERVICE_H
#define TKA_SERVICE_H

#include <tka/probe.h>
#include <tka/roles.h>
#include <tka/tka.h>

/* Scopes that can be open in a thread; of deeper ones the newest is the last of these. */
#define TKAI_SCOPES_OPEN 16u

/* Of a service's place, that many resolutions are all timed, then one in 2^this. */
#define TKAI_SERVICES_FIRST 64u
#define TKAI_SERVICES_PERIOD_LOG2 4u

/* In a forked child: nothing has been resolved yet. */
void tkai_service_forget(void);

#endif
