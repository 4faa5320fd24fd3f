#include "memrows.h"

#include "images.h"
#include "os.h"
#include "state.h"

#define EXPORT __attribute__((visibility("default")))

#define ROWS_MOST (1u << TKA_SHADOW_ID_LOG2)
#define FIRST_ID (TKA_SHADOW_NO_ROW + 1)
#define LEAST_ROWS 6u
#define FAR_ROWS_LOG2 12            /* of the kept: 32 KiB, for threads that need it */
#define FAR_STEPS 4u                /* in a list, each may be a cache miss */
#define MOST_ROWS 128u              /* of a chunk */

EXPORT struct tka_memory_row **tka_memory_rows;
EXPORT uint32_t tka_memory_row_end = FIRST_ID;
EXPORT uint32_t tka_memory_row_first = FIRST_ID;

static int grow(struct tkai_thread *thread)
{
    uint32_t count = thread->row_chunk == NULL ? LEAST_ROWS : 2 * thread->row_chunk->used;
    struct tka_live_chunk *chunk;

    count = count < MOST_ROWS ? count : MOST_ROWS;
    chunk = tkai_livefile_add(&tkai_state.file, TKA_CHUNK_MEMORY, 0, thread->id,
                              count * sizeof(struct tka_memory_row), NULL);
    if (chunk == NULL) {
        return -1;
    }
    thread->row_chunk = chunk;
    thread->row_next = tkai_chunk_content(chunk);
    thread->row_end = thread->row_next + count;
    return 0;
}

/* With the lock held to the end: a handler that jumps away would leave it half made. */
static struct tka_memory_row *take(struct tkai_thread *thread)
{
    struct tka_memory_row *row;

    if (tka_memory_rows == NULL) {
        tka_memory_rows = tkai_os_memory(ROWS_MOST * sizeof(struct tka_memory_row *));
    }
    if (tka_memory_rows == NULL || tka_memory_row_end == ROWS_MOST ||
        (thread->row_next == thread->row_end && grow(thread) != 0)) {
        return NULL;
    }
    row = thread->row_next++;
    row->id = tka_memory_row_end;
    row->thread = thread->id;
    tka_memory_rows[row->id] = row;
    __atomic_store_n(&tka_memory_row_end, row->id + 1, __ATOMIC_RELEASE);
    thread->row_chunk->used++;
    return row;
}

static struct tka_memory_row *make(struct tkai_thread *thread, struct tka_node *node,
                                   const void *place)
{
    uint32_t image = tkai_images_find(place);
    struct tka_memory_row *row;
    struct tkai_os_mask old;

    tkai_state_lock(&old);
    row = take(thread);
    if (row != NULL) {
        row->node = (uint64_t)(uintptr_t)node;
        row->place = (uint64_t)(uintptr_t)place;
        row->image = image;
        row->next = node->memory;
        node->memory = (uint64_t)(uintptr_t)row;
        if (thread->first_row == NULL) {
            thread->first_row = row;
        }
    }
    tkai_state_unlock(&old);
    return row;
}

/* Where a row that is far down its node's list is kept, by node and place; NULL. */
static struct tka_memory_row **slot_of(struct tkai_thread *thread, const struct tka_node *node,
                                       const void *place)
{
    uint64_t hash = ((uintptr_t)place + (uintptr_t)node * 31) * 0x9e3779b97f4a7c15ull;

    return thread->far_rows == NULL ? NULL : &thread->far_rows[hash >> (64 - FAR_ROWS_LOG2)];
}

static void keep(struct tkai_thread *thread, struct tka_node *node, const void *place,
                 struct tka_memory_row *row)
{
    struct tka_memory_row **slot;

    if (thread->far_rows == NULL) {
        thread->far_rows = tkai_os_memory(sizeof *thread->far_rows << FAR_ROWS_LOG2);
    }
    slot = slot_of(thread, node, place);
    if (slot != NULL) {
        *slot = row;
    }
}

struct tka_memory_row *tkai_memrow_of(struct tkai_thread *thread, struct tka_node *node,
                                      const void *place)
{
    uint64_t wanted = (uint64_t)(uintptr_t)place;
    struct tka_memory_row **slot = slot_of(thread, node, place);
    unsigned steps = 0;

    if (slot != NULL && *slot != NULL && (*slot)->place == wanted &&
        (*slot)->node == (uint64_t)(uintptr_t)node) {
        return *slot;
    }
    for (uint64_t at = node->memory; at != 0; steps++) {
        struct tka_memory_row *row = (struct tka_memory_row *)(uintptr_t)at;

        if (row->place == wanted) {
            if (steps >= FAR_STEPS) {
                keep(thread, node, place, row);
            }
            return row;
        }
        at = row->next;
    }
    return make(thread, node, place);
}

int64_t tkai_memrow_live(const struct tka_memory_row *row)
{
    return (int64_t)(row->tracked_bytes - row->freed_bytes - row->foreign_freed_bytes +
                     row->sampled_bytes);
}

void tkai_memrows_note_peak(void)
{
    uint32_t end = __atomic_load_n(&tka_memory_row_end, __ATOMIC_ACQUIRE);

    for (uint32_t id = tka_memory_row_first; id < end; id++) {
        int64_t live = tkai_memrow_live(tka_memory_rows[id]);

        tka_memory_rows[id]->at_peak_bytes = live > 0 ? (uint64_t)live : 0;
    }
}

void tkai_memrows_forget(void)
{
    tka_memory_row_first = tka_memory_row_end;
    tkai_images_forget();
}
