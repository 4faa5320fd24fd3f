/* memrows - rows of what a thread allocates (tka_memory_row): made, found by id.
 */
#ifndef TKA_MEMROWS_H
#define TKA_MEMROWS_H

#include <tka/live.h>
#include <tka/memory.h>

#include "thread.h"

/* The node's row for calls from the place, made if new; NULL no memory. Only the
 * thread itself, with thread->busy set. */
struct tka_memory_row *tkai_memrow_of(struct tkai_thread *thread, struct tka_node *node,
                                      const void *place);

/* Usable bytes of the row's tracked blocks that live, and what samples stand for. */
int64_t tkai_memrow_live(const struct tka_memory_row *row);

/* What lives now is what lived at the peak, row by row. */
void tkai_memrows_note_peak(void);

/* In a forked child: what there is are the parent's, which are still to be read. */
void tkai_memrows_forget(void);

static inline struct tka_memory_row *tkai_memrow(uint32_t id)
{
    return id >= tka_memory_row_first &&
                   id < __atomic_load_n(&tka_memory_row_end, __ATOMIC_ACQUIRE)
               ? tka_memory_rows[id]
               : NULL;
}

#endif
