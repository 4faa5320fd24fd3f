/* memory - whether and how allocations are noted in this process, and what they come
 * to. Who notes them, see memnote.h.
 *
 * The hooks (tka/memory.h) are there where libtka-mem is linked or preloaded. They
 * begin with the first profiled call; where TKA_MONITORING_MEMORY_TRACKING asks for
 * them in so many words, with the process.
 */
#ifndef TKA_MEMORY_STATE_H
#define TKA_MEMORY_STATE_H

#include <stdint.h>
#include <tka/live.h>
#include <tka/memory.h>

/* Mean distance of sampled bytes, as in tcmalloc and jemalloc. */
#define TKAI_MEMORY_SAMPLE_BYTES 524288.0

struct tkai_memory {
    const struct tka_memory_hooks *hooks;   /* NULL: none */
    int asked;                              /* for tracking, by the environment */
    int started;                            /* with this mode, which requests change */
    int mode;                               /* enum tka_memory_mode */
    int whole;                              /* every block was tracked from the start */
    int64_t noted_peak;                     /* of which rows know what they had */
    int over;                               /* the threshold */
};
extern struct tkai_memory tkai_memory;

/* Recording has begun: note, if there are hooks and it is wanted. With the lock of
 * state.h held. */
void tkai_memory_start(void);

/* From now on in this mode (enum tka_memory_mode). */
void tkai_memory_set_mode(int mode);

/* The process's live bytes have changed by so much. */
void tkai_memory_add(int64_t bytes);

/* Blocks that the calling thread takes from here on, to 0, are the runtime's. */
void tkai_memory_hush(int on);

/* In a forked child. */
void tkai_memory_forget(void);

#endif
