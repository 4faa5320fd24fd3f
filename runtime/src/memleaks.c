#include "memleaks.h"

#include <stdio.h>

#include "images.h"
#include "leakscan.h"
#include "memory.h"
#include "memrows.h"
#include "os.h"
#include "state.h"
#include "thread.h"

#define SCAN_STACK (256u << 10)

/* A forked child has blocks of its parent: told at their place, without a path. */
static struct tka_memory_row *row_of(uint32_t id)
{
    struct tka_memory_row *row = tkai_memrow(id);
    union {
        uintptr_t address;
        const void *place;
    } at = {0};

    if (row == NULL && id > TKA_SHADOW_NO_ROW && id < tka_memory_row_first &&
        tka_memory_rows[id] != NULL && tkai_thread_self != NULL) {
        at.address = (uintptr_t)tka_memory_rows[id]->place;
        row = tkai_memrow_of(tkai_thread_self, &tkai_thread_self->root, at.place);
    }
    return row;
}

static void judge(void *context, const struct tkai_leak_block *block)
{
    struct tka_memory_row *row = row_of(TKA_SHADOW_ID(block->value));
    uint64_t bytes = block->size - TKA_SHADOW_SLACK(block->value);

    (void)context;
    if (row == NULL) {
        return; /* from before there were rows */
    }
    /* the loader's table of a thread's storage stays with the stack of the ended thread,
     * which is kept for the next one */
    switch (tkai_images_is_loader(row->image) ? TKAI_LEAK_REACHABLE : block->verdict) {
    case TKAI_LEAK_DEFINITE:
        row->lost++;
        row->lost_bytes += bytes;
        break;
    case TKAI_LEAK_INDIRECT:
        row->indirect++;
        row->indirect_bytes += bytes;
        break;
    default:
        row->reachable++;
        row->reachable_bytes += bytes;
    }
}

/* What the program mapped. An allocator may have called mmap(), too: leakroots leaves out
 * those in which blocks lie. */
static size_t find_regions(struct tkai_range *regions)
{
    const struct tka_memory_hooks *hooks = tkai_memory.hooks;
    size_t count = 0;

    for (uint32_t i = 0; i < hooks->map_count; i++) {
        const struct tka_memory_map *map = &hooks->maps[i];

        if (map->high != 0) {
            regions[count++] = (struct tkai_range){map->low, map->high};
        }
    }
    return count;
}

struct scan {
    struct tkai_leakscan_input input;
    struct tkai_leakscan_result result;
    int failed;
};

static void scan(void *argument)
{
    struct scan *job = argument;

    job->failed = tkai_leakscan_run(&job->input, judge, NULL, &job->result);
}

/* On a stack of its own, which holds nothing of the program's. */
static void run(struct scan *job)
{
    const struct tka_memory_hooks *hooks = tkai_memory.hooks;
    size_t size = hooks->map_count * sizeof(struct tkai_range) + 4096;
    struct tkai_range *regions = tkai_os_memory(size);
    char *stack = tkai_os_memory(SCAN_STACK);
    struct tkai_os_mask old;

    job->failed = -1;
    job->result.reason = "out of memory";
    if (regions != NULL && stack != NULL) {
        job->input.regions = regions;
        struct tkai_range own = {(uintptr_t)stack, (uintptr_t)stack + SCAN_STACK};

        job->input.region_count = find_regions(regions);
        job->input.own = &own;
        job->input.own_count = 1;
        tkai_os_block_signals(&old);
        tkai_os_call_on(stack + SCAN_STACK, scan, job);
        tkai_os_restore_signals(&old);
    }
    if (stack != NULL) {
        tkai_os_memory_free(stack, SCAN_STACK);
    }
    if (regions != NULL) {
        tkai_os_memory_free(regions, size);
    }
}

/* Threads have told the sum in large steps. */
static void settle_all(struct tka_live_memory *live)
{
    uint32_t end = __atomic_load_n(&tka_memory_row_end, __ATOMIC_ACQUIRE);
    int64_t sum = 0;

    for (uint32_t id = tka_memory_row_first; id < end; id++) {
        sum += tkai_memrow_live(tka_memory_rows[id]);
    }
    live->live_bytes = sum > 0 ? sum : 0;
}

void tkai_memleaks_find(void)
{
    struct tka_live_memory *live;
    struct scan job = {.failed = 0};
    int64_t began = tkai_os_unix_ns();

    if (tkai_memory.mode == TKA_MEMORY_OFF) {
        return;
    }
    live = &tkai_state_header()->memory;
    settle_all(live);
    if (tkai_memory.mode != TKA_MEMORY_EXACT) {
        return;
    }
    if (tkai_os_is_confined()) {
        snprintf(live->why, sizeof live->why, "a filter on system calls is in force");
        return;
    }
    if (!tkai_memory.whole) {
        snprintf(live->why, sizeof live->why, "%s",
                 tkai_memory.hooks->map_count == 0 ? "with --wrap, as in static programs, not "
                                                     "every block is seen" :
                 "blocks were not tracked from the process's start: set "
                 "TKA_MONITORING_MEMORY_TRACKING=exact in its environment");
        return;
    }
    tkai_memory_set_mode(TKA_MEMORY_OFF);
    job.input.usable_size = tkai_memory.hooks->usable;
    job.input.frame = *tkai_memory.hooks->exit_frame;
    job.input.exit_kind = job.input.frame != 0 ? TKAI_EXIT_CALLED : TKAI_EXIT_MAIN_RETURNED;
    run(&job);
    live->scan_ns = tkai_os_unix_ns() - began;
    if (job.failed) {
        snprintf(live->why, sizeof live->why, "%s", job.result.reason);
    } else {
        live->verdict = TKA_VERDICT_DONE;
    }
}

int tkai_memleaks_are_wanted(void)
{
    return tkai_state.phase == TKAI_NEW && tkai_memory.hooks != NULL && tkai_memory.asked &&
           tkai_memory.hooks->early;
}
