/* threadstacks - the process's threads, and which part of their stacks is in use.
 *
 * Where a thread waits in the kernel, its stack pointer and the arguments of its system
 * call are told; of one that runs the whole stack counts. What else is in registers of
 * other threads cannot be seen.
 *
 * The stacks of ended threads, which glibc keeps for the next, are told from those in use:
 * near its top a stack holds struct pthread, in which stand where the stack begins - its
 * guard pages - and how long it is, and the id of the thread, which the kernel sets to 0 at
 * its end. A stack without guard pages, and one that is not glibc's, is not recognised.
 */
#ifndef TKA_THREADSTACKS_H
#define TKA_THREADSTACKS_H

#include <stddef.h>
#include <stdint.h>

#include "memorymap.h"
#include "pagemap.h"
#include "range.h"

enum tkai_thread_state {
    TKAI_THREAD_CALLER,
    TKAI_THREAD_WAITS,
    TKAI_THREAD_RUNS,
    TKAI_THREAD_ENDED                   /* a main thread that the others outlived */
};

#define TKAI_THREAD_WORDS 7             /* a system call's arguments, the stack pointer */

struct tkai_thread_seen {
    int id;
    enum tkai_thread_state state;
    uintptr_t stack_pointer;            /* of one that waits; 0 */
    uintptr_t words[TKAI_THREAD_WORDS];
    size_t word_count;
};

struct tkai_threads {
    struct tkai_thread_seen *at;
    size_t count, room;
};

/* Those that are neither the caller nor `own`, the runtime's own thread (0: none), are
 * looked up. 0; -1: not told, or no memory. */
int tkai_threads_read(struct tkai_threads *threads, int own);
void tkai_threads_release(struct tkai_threads *threads);

/* The thread that waits with its stack pointer in the range; NULL. */
const struct tkai_thread_seen *tkai_threads_on(const struct tkai_threads *threads,
                                          struct tkai_range range);

struct tkai_stack {
    struct tkai_range range;            /* without the guard pages */
    int is_live;
};

/* Whether glibc's stack of a thread begins with mapping `at`, which then is found; and
 * whether the thread lives. */
int tkai_threads_stack(const struct tkai_threads *threads, const struct tkai_memorymap *map,
                       size_t at, struct tkai_pagemap *pages, struct tkai_stack *stack);

#endif
