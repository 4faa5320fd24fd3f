#include "serviceevents.h"

#include <errno.h>
#include <string.h>

#include "livefile.h"
#include "os.h"
#include "state.h"

static struct {
    struct tka_live_chunk *chunk;
    uint32_t taken;
    int failed;
} events;

static void make_events(void)
{
    struct tkai_os_mask old;

    tkai_state_lock(&old);
    if (events.chunk == NULL && !events.failed) {
        struct tka_live_chunk *chunk = tkai_livefile_add(
            &tkai_state.file, TKA_CHUNK_SERVICE_EVENTS, 0, 0,
            TKA_SERVICE_EVENTS * sizeof(struct tka_service_event), NULL);

        events.failed = chunk == NULL;
        if (chunk != NULL) {
            chunk->used = TKA_SERVICE_EVENTS;
        }
        __atomic_store_n(&events.chunk, chunk, __ATOMIC_RELEASE);
    }
    tkai_state_unlock(&old);
}

void tkai_serviceevents_add(const struct tka_service_node *node, uint64_t start,
                            uint64_t ticks, uint64_t self, int was_first)
{
    struct tka_live_chunk *chunk = __atomic_load_n(&events.chunk, __ATOMIC_ACQUIRE);
    struct tka_service_event *event;
    int saved_errno = errno;
    uint32_t place;

    if (__atomic_load_n(&events.taken, __ATOMIC_RELAXED) >= TKA_SERVICE_EVENTS) {
        return;
    }
    if (chunk == NULL) {
        make_events();
        chunk = __atomic_load_n(&events.chunk, __ATOMIC_ACQUIRE);
    }
    place = __atomic_fetch_add(&events.taken, 1, __ATOMIC_RELAXED);
    if (chunk != NULL && place < TKA_SERVICE_EVENTS) {
        event = (struct tka_service_event *)tkai_chunk_content(chunk) + place;
        event->start = start;
        event->ticks = ticks;
        event->self = self;
        event->thread = (uint32_t)tkai_os_thread_id();
        event->was_first = (uint32_t)was_first;
        __atomic_store_n(&event->node, (uint64_t)(uintptr_t)node, __ATOMIC_RELEASE);
    }
    errno = saved_errno;
}

void tkai_serviceevents_forget(void)
{
    memset(&events, 0, sizeof events);
}
