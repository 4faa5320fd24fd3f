#include "capture.h"

#include <string.h>

#include "callpath.h"
#include "clock.h"
#include "os.h"
#include "state.h"

static uint64_t sequence;

static int spend_token(struct tkai_thread *thread, uint64_t now)
{
    uint64_t passed = (uint64_t)((double)(now - thread->captured_at) *
                                 tkai_clock.ns_per_tick / 1e6);

    if (thread->captured_at == 0 || passed >= TKAI_CAPTURES) {
        thread->capture_tokens = TKAI_CAPTURES;
    } else {
        thread->capture_tokens += (uint32_t)passed;
        if (thread->capture_tokens > TKAI_CAPTURES) {
            thread->capture_tokens = TKAI_CAPTURES;
        }
    }
    if (passed > 0 || thread->captured_at == 0) {
        thread->captured_at = now;
    }
    if (thread->capture_tokens == 0) {
        return 0;
    }
    thread->capture_tokens--;
    return 1;
}

static struct tka_capture *next_slot(struct tkai_thread *thread)
{
    struct tka_capture *captures;

    if (tkai_thread_captures(thread, TKAI_CAPTURES * sizeof *captures) == NULL) {
        return NULL;
    }
    captures = tkai_chunk_content(thread->captures);
    if (thread->captures->used < TKAI_CAPTURES) {
        return &captures[thread->captures->used++];
    }
    for (uint32_t i = 1; i < TKAI_CAPTURES; i++) {
        if (captures[i].sequence < captures[0].sequence) {
            return &captures[i]; /* the oldest: they are written round and round */
        }
    }
    return &captures[0];
}

/* The call's callers that are timed and open: their time so far is not known to
 * the recorder, only when they began. Innermost first. */
static uint32_t add_open_callers(const struct tkai_slow *slow, struct tka_event *events,
                                 uint32_t room)
{
    const struct tka_scope *scope = slow->scope->parent;
    uintptr_t below = (uintptr_t)slow->scope;
    uint32_t count = 0;

    while (scope != NULL && count < room &&
           tkai_callpath_is_on_stack(slow->thread, (uintptr_t)scope, below) &&
           (uintptr_t)scope % sizeof(void *) == 0) {
        if ((scope->site & (TKA_SCOPE_TIMED | TKA_SCOPE_NODE)) ==
                (TKA_SCOPE_TIMED | TKA_SCOPE_NODE) &&
            tkai_thread_owns_node(slow->thread, scope->node)) {
            events[count++] = (struct tka_event){(uint64_t)(uintptr_t)scope->node,
                                                 scope->start, TKA_STILL_OPEN};
        }
        below = (uintptr_t)scope + 1;
        scope = scope->parent;
    }
    return count;
}

static uint32_t add_events(const struct tkai_thread *thread, struct tka_event *events,
                           uint32_t room)
{
    uint32_t count = thread->event_count < TKAI_EVENTS ? thread->event_count : TKAI_EVENTS;

    count = count < room ? count : room;
    for (uint32_t i = 0; i < count; i++) {
        events[i] = thread->events[(thread->event_count - count + i) % TKAI_EVENTS];
    }
    return count;
}

static void turn_round(struct tka_event *events, uint32_t count)
{
    for (uint32_t i = 0; i < count / 2; i++) {
        struct tka_event event = events[i];

        events[i] = events[count - 1 - i];
        events[count - 1 - i] = event;
    }
}

void tkai_capture_take(void *argument)
{
    const struct tkai_slow *slow = argument;
    struct tka_capture *capture;
    uint32_t open;

    if (!spend_token(slow->thread, slow->start + slow->ticks) ||
        (capture = next_slot(slow->thread)) == NULL) {
        return;
    }
    __atomic_store_n(&capture->sequence, 0, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    capture->node = slow->node;
    capture->start = slow->start;
    capture->ticks = slow->ticks;
    capture->cpu_ns = slow->cpu_ns;
    capture->tid = (uint32_t)tkai_os_thread_id();
    open = add_open_callers(slow, capture->events, TKA_CAPTURE_EVENTS - TKAI_EVENTS);
    turn_round(capture->events, open);
    capture->event_count =
        open + add_events(slow->thread, capture->events + open, TKA_CAPTURE_EVENTS - open);
    __atomic_store_n(&capture->sequence,
                     __atomic_add_fetch(&sequence, 1, __ATOMIC_RELAXED), __ATOMIC_RELEASE);
}
