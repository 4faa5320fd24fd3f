#include "monitor.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "flush.h"
#include "os.h"
#include "state.h"

enum { IDLE, STARTING, RUNNING, STOPPING, NEVER };

uint64_t tkai_monitor_due;

static int state;
static unsigned long thread;

static void *run(void *unused)
{
    int interval = tkai_state.config.monitoring_interval_ms;
    struct timespec wait = {interval / 1000, (interval % 1000) * 1000000L};

    (void)unused;
    while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != STOPPING) {
        tkai_flush_store(TKAI_FLUSH_INTERVAL);
        syscall(SYS_futex, &state, FUTEX_WAIT, RUNNING, &wait, NULL, 0);
    }
    return NULL;
}

/* Making a thread takes memory from malloc: never from a signal handler, which
 * may have interrupted malloc; a handler has its own signal blocked. */
static __attribute__((noinline, cold)) void start(void)
{
    int idle = IDLE, saved_errno = errno;

    if (tkai_os_signals_open() && !tkai_os_is_confined() &&
        __atomic_compare_exchange_n(&state, &idle, STARTING, 0, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED)) {
        int failed = tkai_os_thread_start(run, NULL, 1, &thread);

        /* without a thread: all is stored at exit */
        __atomic_store_n(&state, failed ? NEVER : RUNNING, __ATOMIC_RELEASE);
    }
    errno = saved_errno;
}

void tkai_monitor_poll(uint64_t now)
{
    double interval_ns = 1e6 * tkai_state.config.monitoring_interval_ms;

    if (state != IDLE || !tkai_state.config.monitoring_enabled ||
        tkai_state.phase != TKAI_ON) {
        tkai_monitor_due = UINT64_MAX;
        return;
    }
    tkai_monitor_due =
        tkai_clock.start_ticks + (uint64_t)(interval_ns / tkai_clock.ns_per_tick);
    if ((now != 0 ? now : tkai_clock_now()) >= tkai_monitor_due) {
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
        syscall(SYS_futex, &state, FUTEX_WAKE, 1, NULL, NULL, 0);
        tkai_os_thread_join(thread);
    }
}

void tkai_monitor_forget(void)
{
    state = IDLE;
    tkai_monitor_due = 0;
}
