/* cputime - the CPU time of single calls, to tell computing from waiting.
 *
 * The slow path asks for a reading when a call of a long function begins, and for
 * the difference when it ends. A reading is a system call of some 300 ns; budget
 * decides for which calls that is little. General registers only, see deep.h.
 */
#ifndef TKA_CPUTIME_H
#define TKA_CPUTIME_H

#include <stdint.h>
#include <tka/probe.h>

#include "thread.h"

/* Whether the call that begins now is one of those whose CPU time is read: one in
 * 2^(choice - 1), drawn by chance. */
static inline int tkai_cputime_is_due(struct tkai_thread *thread, unsigned choice)
{
    return choice != 0 &&
           (tkai_sampler_random(&thread->random) & ((1u << (choice - 1)) - 1)) == 0;
}

/* Read it for this call: 1; 0 too many such calls are open. */
int tkai_cputime_begin(struct tkai_thread *thread, const struct tka_scope *scope);

/* The call's CPU time, ns; TKA_NOT_READ when its beginning is not known. */
uint64_t tkai_cputime_end(struct tkai_thread *thread, const struct tka_scope *scope);

#endif
