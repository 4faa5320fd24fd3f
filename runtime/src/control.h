/* control - changes a running process: mode, budget, functions, sessions.
 *
 * Requests are lines of words (tka_live_ask() in tka/store.h). They come from the
 * program itself or, through the live file, from another process. Every thread
 * follows at its next probed call, see budget.
 */
#ifndef TKA_CONTROL_H
#define TKA_CONTROL_H

#include <stddef.h>

#include "stretch.h"

/* 0; -1. answer: one line in both cases. Any thread; takes the lock of state.h. */
int tkai_control_carry_out(const char *request, tkai_store_now *store, char *answer,
                           size_t answer_size);

/* Answer what others have asked through the live file. On the store thread. */
void tkai_control_serve(tkai_store_now *store);

#endif
