/* stretch - named stretches of a run, sessions of their own.
 *
 * What was measured before a stretch begins or ends goes to the session it belongs
 * to; only then may the name change. So both store, in the way they are given.
 */
#ifndef TKA_STRETCH_H
#define TKA_STRETCH_H

typedef int tkai_store_now(void);       /* 0; -1 could not be stored */

/* 0; -1 one is open, or what came before could not be stored. */
int tkai_stretch_begin(const char *name, tkai_store_now *store);
/* 0; -1 none is open, or it could not be stored now (it is later). */
int tkai_stretch_end(tkai_store_now *store);

#endif
