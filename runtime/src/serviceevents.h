/* serviceevents - the process's first constructions, for the time line of its start.
 * Any thread.
 */
#ifndef TKA_SERVICEEVENTS_H
#define TKA_SERVICEEVENTS_H

#include <stdint.h>
#include <tka/live.h>

/* start, ticks, self: of the clock. was_first: nothing was constructed that is known of,
 * but the thread resolved it for the first time. Keeps errno. */
void tkai_serviceevents_add(const struct tka_service_node *node, uint64_t start,
                            uint64_t ticks, uint64_t self, int was_first);

/* In a forked child. */
void tkai_serviceevents_forget(void);

#endif
