#include "memory.h"

#include "config.h"
#include "memalert.h"
#include "memrows.h"
#include "memsamples.h"
#include "os.h"
#include "state.h"
#include "thread.h"

#define EXPORT __attribute__((visibility("default")))

/* A peak is noted row by row when it is that much above the last that was. */
#define PEAK_STEP 20                /* 1/20 */
#define PEAK_LEAST (64 << 10)

struct tkai_memory tkai_memory;

static uint64_t last_epoch;

/* They come again after 255 changes: a thread that has slept through all of these goes
 * on in the mode that it knew. */
static void set_epoch(int noting)
{
    const struct tka_memory_hooks *hooks = tkai_memory.hooks;

    if (hooks != NULL && noting) {
        last_epoch += TKA_MEMORY_EPOCH;
        last_epoch += last_epoch == 0 ? TKA_MEMORY_EPOCH : 0;
        __atomic_store_n(hooks->epoch, last_epoch, __ATOMIC_RELEASE);
    } else if (hooks != NULL) {
        __atomic_store_n(hooks->epoch, hooks->early ? TKA_MEMORY_EARLY : 0, __ATOMIC_RELEASE);
    }
}

void tkai_memory_set_mode(int mode)
{
    struct tka_live_memory *live = &tkai_state_header()->memory;

    if (tkai_memory.hooks == NULL || (mode == TKA_MEMORY_OFF && live->mode == 0)) {
        return;
    }
    if (mode != TKA_MEMORY_OFF) {
        live->mode = (uint32_t)mode;    /* off: what was noted stays what it was */
    }
    live->sample_bytes = (uint64_t)TKAI_MEMORY_SAMPLE_BYTES;
    tkai_memory.whole &= mode == TKA_MEMORY_EXACT;
    tkai_memory.mode = mode;
    set_epoch(1); /* off: blocks that are known are still followed to their end */
}

static void forget_rows(struct tka_memory_thread *memory)
{
    memory->root = memory->context = 0;
    memory->own = tkai_memory.hooks->nowhere;
    memory->last = 0;
}

/* What it frees from now on nobody counts. */
static void thread_ends(void)
{
    struct tka_memory_thread *memory = tkai_memory.hooks->thread();

    memory->epoch = TKA_MEMORY_OURS;
    forget_rows(memory);
}

void tkai_memory_start(void)
{
    int wanted = tkai_state.config.memory_tracking;

    if (tkai_memory.hooks != NULL && !tkai_memory.started) {
        tkai_memory.started = 1;
        tkai_thread_ends = thread_ends;
        tkai_memory.whole = tkai_memory.hooks->early;
        tkai_memory_set_mode(wanted < 0 ? TKA_MEMORY_SAMPLED : wanted);
    }
}

static void cross_threshold(struct tka_live_memory *live, int64_t now)
{
    double threshold = tkai_state.config.memory_threshold_mb * 1048576;

    if (threshold <= 0) {
        return;
    }
    if ((double)now < 0.9 * threshold) {
        tkai_memory.over = 0;
    } else if ((double)now > threshold && !__atomic_exchange_n(&tkai_memory.over, 1,
                                                               __ATOMIC_RELAXED)) {
        live->alert_bytes = now;
        live->alert_threshold = (int64_t)threshold;
        live->alert_at = tkai_os_unix_ns();
        tkai_memrows_note_peak();
        tkai_memalert_tell(now);
    }
}

static int is_peak(struct tka_live_memory *live, int64_t now)
{
    int64_t peak = __atomic_load_n(&live->peak_bytes, __ATOMIC_RELAXED);

    while (now > peak) {
        if (__atomic_compare_exchange_n(&live->peak_bytes, &peak, now, 0, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
            return 1;
        }
    }
    return 0;
}

/* Two threads at a peak may both note it. */
void tkai_memory_add(int64_t bytes)
{
    struct tka_live_memory *live = &tkai_state_header()->memory;
    int64_t now = __atomic_add_fetch(&live->live_bytes, bytes, __ATOMIC_RELAXED);

    if (is_peak(live, now)) {
        live->peak_at = tkai_os_unix_ns();
        if (now > tkai_memory.noted_peak + tkai_memory.noted_peak / PEAK_STEP + PEAK_LEAST) {
            tkai_memory.noted_peak = now;
            tkai_memrows_note_peak();
        }
    }
    cross_threshold(live, now);
}

EXPORT void tka_memory_register(const struct tka_memory_hooks *hooks)
{
    TkaConfig config;

    if (hooks->version != TKA_MEMORY_HOOKS) {
        return;
    }
    tkai_memory.hooks = hooks;
    tkai_config_read(&config);
    tkai_memory.asked = config.profiling_enabled && config.memory_tracking > 0;
    set_epoch(tkai_memory.asked);
}

void tkai_memory_hush(int on)
{
    if (tkai_memory.hooks != NULL) {
        struct tka_memory_thread *memory = tkai_memory.hooks->thread();

        memory->epoch = on ? TKA_MEMORY_OURS : 0;
        memory->root = memory->context = 0;
    }
}

/* Where it was asked for, with the child's next allocation. */
void tkai_memory_forget(void)
{
    tkai_memory.mode = TKA_MEMORY_OFF;
    tkai_memory.started = 0;
    tkai_memory.noted_peak = 0;
    tkai_memory.over = 0;
    tkai_memalert_forget();
    tkai_memrows_forget();
    tkai_memsamples_forget();
    if (tkai_memory.hooks != NULL) {
        forget_rows(tkai_memory.hooks->thread());
    }
    set_epoch(tkai_memory.asked);
}
