/* serviceopen - the resolutions and factories that a thread has open, outermost first.
 *
 * What a longjmp left behind lies in the dead part of the thread's stack, below all live
 * frames, and is dropped there; of other stacks, coroutines', nothing is known.
 */
#ifndef TKA_SERVICEOPEN_H
#define TKA_SERVICEOPEN_H

#include <stdint.h>

#include "servicetree.h"
#include "thread.h"

/* Resolutions and factories that can be open in a thread; what is deeper is lost. */
#define TKAI_SERVICES_OPEN 512u

/* A foreign frame so little below another one of a coroutine is called by that. */
#define TKAI_SAME_STACK 16384u

/* A resolution or a factory that has begun. Its parent, which lies lower in the array, is
 * what was open around it. */
struct tkai_open {
    uintptr_t frame; /* of its tka_resolution; 0: left already */
    struct tka_service_node *node;
    uint64_t start; /* ticks */
    uint64_t cost;  /* thread->cost at start */
    uint64_t child; /* ticks of resolutions within, as timed */
    uint64_t instance;
    uint64_t built_start, built_ticks; /* of its first factory */
    uint32_t parent;                   /* place + 1; 0 none */
    uint32_t forced;                   /* resolutions timed for its sake */
    uint8_t is_factory, is_timed, weight_log2, told, failed, constructed, is_nested;
};

struct tkai_services {
    struct tkai_servicetree tree;
    struct tkai_open open[TKAI_SERVICES_OPEN];
};

static inline int tkai_open_is_own_stack(const struct tkai_thread *thread,
                                         uintptr_t address)
{
    return address - thread->stack_low < thread->stack_high - thread->stack_low;
}

/* Whether what began in that frame can only have been left behind. here: below all live
 * frames. */
static inline int tkai_open_is_dead(const struct tkai_thread *thread, uintptr_t frame,
                                    uintptr_t here)
{
    return frame == 0 || (frame < here && tkai_open_is_own_stack(thread, frame) &&
                          tkai_open_is_own_stack(thread, here));
}

/* The innermost that is open on the same stack; place + 1, 0 none. Of other stacks the
 * bounds are not known, and they lie side by side, 64 KiB and more each: it must be near.
 */
static __attribute__((noinline, cold, unused)) uint32_t
tkai_open_parent_elsewhere(const struct tkai_thread *thread,
                           const struct tkai_services *s, uintptr_t here)
{
    int own = tkai_open_is_own_stack(thread, here);

    for (uint32_t i = thread->services_open; i > 0; i--) {
        uintptr_t frame = s->open[i - 1].frame;

        if (frame != 0 && tkai_open_is_own_stack(thread, frame) == own &&
            (own || frame - here < 2 * TKAI_SAME_STACK)) {
            return i;
        }
    }
    return 0;
}

static inline uint32_t tkai_open_parent(const struct tkai_thread *thread,
                                        const struct tkai_services *s, uintptr_t here)
{
    uint32_t depth = thread->services_open;

    if (depth == 0 ||
        __builtin_expect(tkai_open_is_own_stack(thread, s->open[depth - 1].frame) &&
                             tkai_open_is_own_stack(thread, here),
                         1)) {
        return depth;
    }
    return tkai_open_parent_elsewhere(thread, s, here);
}

/* Forget what was left behind, and a frame that is used again. */
static inline void tkai_open_drop_dead(struct tkai_thread *thread,
                                       struct tkai_services *s, uintptr_t resolution,
                                       uintptr_t here)
{
    uint32_t depth = thread->services_open;

    while (depth > 0 && (tkai_open_is_dead(thread, s->open[depth - 1].frame, here) ||
                         s->open[depth - 1].frame == resolution)) {
        depth--;
    }
    thread->services_open = depth;
}

#endif
