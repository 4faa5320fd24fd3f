#include "servicepast.h"

#include <stddef.h>

#include "os.h"

#define FIRST_SLOTS 256u
#define SLOTS_MOST  (1u << 20)

static struct tkai_service_past *slots;
static uint32_t slot_count, used; /* slot_count: a power of two; 0 none yet */

static struct tkai_service_past *find(uint64_t key)
{
    uint32_t mask = slot_count - 1, slot = (uint32_t)(key >> 20) & mask;

    while (slots[slot].key != 0 && slots[slot].key != key) {
        slot = (slot + 1) & mask;
    }
    return &slots[slot];
}

/* Room for one more, at most half full. */
static int make_room(void)
{
    struct tkai_service_past *old = slots, *new;
    uint32_t old_count = slot_count, count = old_count != 0 ? 2 * old_count : FIRST_SLOTS;

    if (2 * (used + 1) <= old_count) {
        return 0;
    }
    new = count <= SLOTS_MOST ? tkai_os_memory(count * sizeof *new) : NULL;
    if (new == NULL) {
        return -1;
    }
    slots = new;
    slot_count = count;
    for (uint32_t i = 0; i < old_count; i++) {
        if (old[i].key != 0) {
            *find(old[i].key) = old[i];
        }
    }
    if (old != NULL) {
        tkai_os_memory_free(old, old_count * sizeof *old);
    }
    return 0;
}

struct tkai_service_past *tkai_servicepast_of(uint64_t key)
{
    struct tkai_service_past *past;

    if (make_room() != 0) {
        return NULL;
    }
    past = find(key);
    if (past->key == 0) {
        past->key = key;
        used++;
    }
    return past;
}

void tkai_servicepast_forget(void)
{
    if (slots != NULL) {
        tkai_os_memory_free(slots, slot_count * sizeof *slots);
    }
    slots = NULL;
    slot_count = used = 0;
}
