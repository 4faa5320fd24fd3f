/* leakroots - where a program's pointers to its heap lie at its exit, but for the heap.
 *
 * Roots are all memory that can be written - data of programs and libraries, mappings of
 * the program's own, thread-local storage, stacks in use - and registers, without
 *   - the allocator's memory: [heap]; of glibc the arenas of threads too, of other
 *     allocators each anonymous mapping in which the shadow ever knew a block, but for
 *     what the program mapped itself;
 *   - blocks: a mapping of a large block may be one with a mapping of the program's;
 *   - memory of the runtime;
 *   - stacks of ended threads, and what is below the stack pointer of one that waits;
 *   - the main thread's stack if main() has returned: all that main() had is gone.
 */
#ifndef TKA_LEAKROOTS_H
#define TKA_LEAKROOTS_H

#include <stddef.h>
#include <stdint.h>

#include "memorymap.h"
#include "pagemap.h"
#include "range.h"
#include "threadstacks.h"

enum tkai_exit_kind {
    TKAI_EXIT_UNKNOWN,                  /* the caller's stack counts from here up */
    TKAI_EXIT_MAIN_RETURNED,
    TKAI_EXIT_CALLED                    /* exit() by the program, from frame up */
};

enum tkai_allocator {
    TKAI_ALLOCATOR_UNKNOWN,             /* glibc's if usable_size is in libc.so */
    TKAI_ALLOCATOR_GLIBC,
    TKAI_ALLOCATOR_OTHER
};

struct tkai_leakscan_input {
    size_t (*usable_size)(void *block); /* the real allocator's */
    enum tkai_allocator allocator;
    enum tkai_exit_kind exit_kind;
    uintptr_t frame;                    /* lowest address of the program's own stack frames,
                                         * if exit() was called */
    const uintptr_t *registers;         /* of the program when it called exit(); may be
                                         * none, then those of the scan's caller count */
    size_t register_count;
    const struct tkai_range *own;       /* memory that holds nothing of the program's */
    size_t own_count;
    const struct tkai_range *regions;   /* mapped by mmap(); one in which a block lives is
                                         * the allocator's */
    size_t region_count;
    int own_thread;                     /* id of the runtime's thread; 0 none */
};

#define TKAI_REGISTERS 12

/* The registers that a called function keeps. In the function that the program calls. */
static inline __attribute__((always_inline)) size_t tkai_leakscan_registers(uintptr_t *words)
{
#if defined __x86_64__
    __asm__ volatile("movq %%rbx, 0(%0)\n\tmovq %%rbp, 8(%0)\n\tmovq %%r12, 16(%0)\n\t"
                     "movq %%r13, 24(%0)\n\tmovq %%r14, 32(%0)\n\tmovq %%r15, 40(%0)"
                     :
                     : "r"(words)
                     : "memory");
    return 6;
#elif defined __aarch64__
    __asm__ volatile("stp x19, x20, [%0]\n\tstp x21, x22, [%0, 16]\n\t"
                     "stp x23, x24, [%0, 32]\n\tstp x25, x26, [%0, 48]\n\t"
                     "stp x27, x28, [%0, 64]\n\tstr x29, [%0, 80]"
                     :
                     : "r"(words)
                     : "memory");
    return 11;
#else
    (void)words;
    return 0;
#endif
}

struct tkai_leakroots {
    struct tkai_memorymap map;
    struct tkai_threads threads;
    struct tkai_pagemap pages;          /* of the process as it was when they were found */
    struct tkai_ranges ranges;
    struct tkai_ranges libc_data;       /* in which glibc's allocator has its variables */
    int is_glibc;                       /* the allocator */
    size_t threads_unseen;              /* others than the caller that live */
};

/* `here` is the caller's frame, `own` the memory in which it keeps what it finds. NULL; why
 * it cannot be done. To be released in any case. */
const char *tkai_leakroots_find(struct tkai_leakroots *roots,
                                const struct tkai_leakscan_input *input, uintptr_t here,
                                struct tkai_range own);
void tkai_leakroots_release(struct tkai_leakroots *roots);

#endif
