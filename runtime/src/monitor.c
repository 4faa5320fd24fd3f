#include "monitor.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "control.h"
#include "flush.h"
#include "hwcounters.h"
#include "memory.h"
#include "nudge.h"
#include "os.h"
#include "state.h"

/* However dear it is, what a program does is stored once a minute. */
#define MOST_WAIT_MS 60000.0

enum { IDLE, STARTING, RUNNING, STOPPING, STOPPED, NEVER };

uint64_t tkai_monitor_due;

static int state;
static unsigned long thread;

static int store_now(void)
{
    tkai_counters_read();
    return tkai_flush_store(TKAI_FLUSH_SESSION);
}

static int64_t now_ms(void)
{
    return tkai_os_unix_ns() / 1000000;
}

/* Until the time, or until there is something else to do: a request, or to stop. */
static void wait(struct tka_live_control *control, int64_t until)
{
    int64_t ms = until - now_ms();
    struct timespec wait;

    if (ms < 1) {
        return;
    }
    if (ms > 3600000) {
        ms = 3600000; /* somebody has set the clock */
    }
    wait = (struct timespec){ms / 1000, (ms % 1000) * 1000000L};
    syscall(SYS_futex, &control->asked, FUTEX_WAIT, control->done, &wait, NULL, 0);
}

/* 0.75 to 1.25. What lives is read at moments that keep no step with what the program
 * does: seen at a nearly equal phase each time, a batch that fills and empties looks
 * like a leak. */
static double jitter(void)
{
    static uint64_t moment;

    moment = (moment ^ tkai_clock_now()) * 0x9e3779b97f4a7c15ull;
    return 0.75 + (double)(moment >> 40) * 0x1p-25;
}

/* Store, and say when next: an interval later, but not before what it cost is within
 * half of the budget (of 1 % where that is smaller, as the budget's own keeping hangs on
 * it). Nothing is lost meanwhile, it is in the live file. */
static int64_t store_and_wait(void)
{
    uint64_t before = tkai_os_thread_cpu_ns();
    double share = tkai_state.share > 0.01 ? tkai_state.share : 0.01;
    int interval_ms = tkai_state.config.monitoring_interval_ms;
    double wait_ms;

    tkai_counters_read();
    tkai_flush_store(TKAI_FLUSH_INTERVAL);
    wait_ms = (double)(tkai_os_thread_cpu_ns() - before) / 1e6 / (share / 2);
    wait_ms = wait_ms < MOST_WAIT_MS ? wait_ms : MOST_WAIT_MS;
    wait_ms = wait_ms > interval_ms ? wait_ms : interval_ms;
    return now_ms() + (int64_t)(wait_ms * (tkai_memory.mode != 0 ? jitter() : 1));
}

static void set_due(uint64_t ticks)
{
    __atomic_store_n(&tkai_monitor_due, ticks, __ATOMIC_RELAXED);
}

static void *run(void *unused)
{
    struct tka_live_control *control = &tkai_state_header()->control;
    int64_t look_at = now_ms(), store_at = look_at + tkai_state.config.monitoring_interval_ms;

    (void)unused;
    tkai_memory_hush(1);
    if (tkai_state.config.hardware_counters) {
        tkai_counters_open(tkai_counter_events, tkai_counter_event_count);
    }
    __atomic_store_n(&control->listening, 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != STOPPING) {
        int64_t now = now_ms();

        tkai_control_serve(store_now);
        if (now >= look_at || look_at > now + 60000) {
            look_at = now + tkai_nudge_look();
        }
        if (now >= store_at || store_at > now + 7200000) {
            store_at = store_and_wait();
        }
        wait(control, store_at < look_at ? store_at : look_at);
    }
    tkai_counters_close();
    tkai_flush_thread_ends();
    __atomic_store_n(&control->listening, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&state, STOPPED, __ATOMIC_RELEASE);
    return NULL;
}

/* Making a thread takes memory from malloc: never from a signal handler, which
 * may have interrupted malloc; a handler has its own signal blocked. */
static __attribute__((noinline, cold)) void start(void)
{
    int idle = IDLE, saved_errno = errno;
    struct tkai_os_mask old;

    if (!tkai_os_signals_open() || tkai_os_is_confined()) {
        errno = saved_errno;
        return;
    }
    tkai_os_block_signals(&old); /* a cancelled thread would be starting for ever */
    if (__atomic_compare_exchange_n(&state, &idle, STARTING, 0, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED)) {
        int failed;

        tkai_memory_hush(1);
        failed = tkai_os_thread_start(run, NULL, 1, &thread);
        tkai_memory_hush(0);

        /* without a thread: all is stored at exit */
        __atomic_store_n(&state, failed ? NEVER : RUNNING, __ATOMIC_RELEASE);
    }
    tkai_os_restore_signals(&old);
    errno = saved_errno;
}

void tkai_monitor_poll(uint64_t now)
{
    int after_ms = tkai_state.config.monitoring_interval_ms < TKAI_MONITOR_AFTER_MS
                       ? tkai_state.config.monitoring_interval_ms
                       : TKAI_MONITOR_AFTER_MS;
    double after_ns = 1e6 * after_ms;
    uint64_t due;

    if (__atomic_load_n(&state, __ATOMIC_RELAXED) != IDLE ||
        !tkai_state.config.monitoring_enabled || tkai_state.phase != TKAI_ON) {
        set_due(UINT64_MAX);
        return;
    }
    if (tkai_state.config.hardware_counters) {
        after_ns = 0; /* what came before would be missing */
    }
    due = tkai_clock.start_ticks + (uint64_t)(after_ns / tkai_clock.ns_per_tick);
    set_due(due);
    if ((now != 0 ? now : tkai_clock_now()) >= due) {
        start();
    }
}

void tkai_monitor_stop(void)
{
    int running = RUNNING, idle = IDLE;

    __atomic_compare_exchange_n(&state, &idle, NEVER, 0, __ATOMIC_ACQ_REL,
                                __ATOMIC_RELAXED);
    while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) == STARTING) {
        struct timespec pause = {0, 100000};

        nanosleep(&pause, NULL);
    }
    if (__atomic_compare_exchange_n(&state, &running, STOPPING, 0, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED)) {
        struct tka_live_control *control = &tkai_state_header()->control;
        struct timespec pause = {0, 200000};

        /* it may be about to wait, having looked before we said it */
        while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != STOPPED) {
            syscall(SYS_futex, &control->asked, FUTEX_WAKE, 1, NULL, NULL, 0);
            nanosleep(&pause, NULL);
        }
        tkai_os_thread_join(thread);
    }
}

void tkai_monitor_forget(void)
{
    state = IDLE;
    set_due(0);
    tkai_nudge_forget();
    tkai_counters_forget();
}
