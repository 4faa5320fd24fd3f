#include "nudge.h"

#include "clock.h"
#include "os.h"
#include "record.h"
#include "state.h"
#include "thread.h"

#define LOOK_MS 250
#define MOST_MS 10000
/* Looking may take this part of the store thread's time. */
#define PATIENCE 500

/* The calls that each record had at the last look, by chunk. */
static uint32_t **before;
static uint64_t looked_at;      /* ticks */

static uint32_t calls_of(const struct tka_record *record)
{
    uint64_t pair = *(const volatile uint64_t *)(const volatile void *)record;

    return (uint32_t)(pair >> 32) - (uint32_t)pair;
}

/* The records of one thread in one module: whether one of them was marked. */
static int look_at(const struct tka_live_chunk *chunk, uint32_t *calls_before,
                   double seconds)
{
    const struct tka_record *records = (const void *)(chunk + 1);
    int marked = 0;

    for (uint32_t i = 0; i < chunk->used; i++) {
        struct tka_histogram *histogram = tkai_record_histogram(&records[i]);
        uint32_t calls = calls_of(&records[i]), made = calls - calls_before[i];

        calls_before[i] = calls;
        if (histogram == NULL || made == 0 || histogram->armed_log2 == 0) {
            continue;
        }
        if ((double)(1u << (histogram->armed_log2 & 31)) * seconds > 0.5 * (double)made) {
            histogram->nudged = 1;
            marked = 1;
        }
    }
    return marked;
}

static uint32_t *calls_before(uint32_t chunk)
{
    if (before == NULL) {
        before = tkai_os_memory(TKAI_CHUNKS_MOST * sizeof *before);
    }
    if (before != NULL && before[chunk] == NULL) {
        before[chunk] = tkai_os_memory(tkai_state.file.chunks[chunk]->size /
                                           sizeof(struct tka_record) * sizeof **before);
    }
    return before != NULL ? before[chunk] : NULL;
}

static void look(double seconds)
{
    uint32_t count = __atomic_load_n(&tkai_state.file.chunk_count, __ATOMIC_ACQUIRE);

    for (uint32_t i = 0; i < count; i++) {
        const struct tka_live_chunk *chunk = tkai_state.file.chunks[i];
        uint32_t *calls;

        if (chunk->kind != TKA_CHUNK_RECORDS || (calls = calls_before(i)) == NULL) {
            continue;
        }
        if (look_at(chunk, calls, seconds)) {
            struct tkai_os_mask old;

            tkai_state_lock(&old);
            tkai_state.generation++;
            tkai_thread_recall(chunk->thread);
            tkai_state_unlock(&old);
        }
    }
}

int tkai_nudge_look(void)
{
    uint64_t now = tkai_clock_now(), took;
    double seconds = (double)(now - looked_at) * tkai_clock.ns_per_tick / 1e9;

    if (tkai_state.config.mode != TKA_MODE_SAMPLED) {
        return LOOK_MS;
    }
    look(looked_at != 0 ? seconds : 0);
    looked_at = now;
    took = tkai_clock_ns(tkai_clock_now() - now) / 1000000 * PATIENCE;
    return took > MOST_MS ? MOST_MS : took > LOOK_MS ? (int)took : LOOK_MS;
}

void tkai_nudge_forget(void)
{
    before = NULL;
    looked_at = 0;
}
