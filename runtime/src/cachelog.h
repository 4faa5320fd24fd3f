/* cachelog - what caches are used for: the runtime's side of the first part of
 * tka/roles.h.
 *
 * tka_cache_seen() takes no lock that it would wait for, and makes no system call but for
 * a lookup's first key that is followed. Lookups of one name are one cache; what it holds
 * of its keys is private memory, what it has learnt from them is in the live file.
 */
#ifndef TKA_CACHELOG_H
#define TKA_CACHELOG_H

/* In a forked child: begin anew. */
void tkai_cachelog_forget(void);

#endif
