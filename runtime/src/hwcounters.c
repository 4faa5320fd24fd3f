#include "hwcounters.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os.h"

/* Threads that there may be when counting begins. */
#define THREADS_MOST 128u

const struct tkai_counter_event tkai_counter_events[] = {
    {"cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
    {"instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
    {"cache_references", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES},
    {"cache_misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
    {"branch_misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES}};
const uint32_t tkai_counter_event_count =
    sizeof tkai_counter_events / sizeof *tkai_counter_events;

static struct tkai_counter counters[TKAI_COUNTERS_MOST];
static uint32_t counter_count;
static int descriptors[TKAI_COUNTERS_MOST][THREADS_MOST];
static uint32_t thread_count;

/* Threads only, not processes, since Linux 5.13; before, what children do counts, too. */
static int open_event(const struct tkai_counter_event *event, int tid)
{
    struct perf_event_attr attr;
    int fd;

    memset(&attr, 0, sizeof attr);
    attr.size = sizeof attr;
    attr.type = event->type;
    attr.config = event->config;
    attr.inherit = 1;
    attr.inherit_thread = 1;
    attr.exclude_kernel = 1;
    attr.exclude_hv = 1;
    attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    fd = (int)syscall(SYS_perf_event_open, &attr, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (fd < 0 && (errno == EINVAL || errno == E2BIG)) {
        attr.inherit_thread = 0;
        fd = (int)syscall(SYS_perf_event_open, &attr, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
    }
    return fd;
}

/* kernel.perf_event_paranoid; "?" not told. */
static void read_paranoia(char *text, size_t size)
{
    if (tkai_os_read_file("/proc/sys/kernel/perf_event_paranoid", text, size) <= 0) {
        snprintf(text, size, "?");
    }
    text[strcspn(text, "\n")] = '\0';
}

static void explain(struct tkai_counter *counter, int error)
{
    char paranoia[16];

    switch (error) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
        snprintf(counter->reason, sizeof counter->reason,
                 "perf_event_open: %s; the processor, or the virtual machine, has no such "
                 "counter",
                 strerrorname_np(error));
        break;
    case EACCES:
    case EPERM:
        read_paranoia(paranoia, sizeof paranoia);
        snprintf(counter->reason, sizeof counter->reason,
                 "perf_event_open: %s; kernel.perf_event_paranoid = %s, or a filter of system "
                 "calls",
                 strerrorname_np(error), paranoia);
        break;
    case ENOSYS:
        snprintf(counter->reason, sizeof counter->reason,
                 "perf_event_open: ENOSYS; the kernel has none, or a filter hides it");
        break;
    default:
        snprintf(counter->reason, sizeof counter->reason, "perf_event_open: %s",
                 strerrorname_np(error));
    }
}

/* All threads but this one, which is the store thread. 0 where there are too many. */
static uint32_t list_threads(int *tids)
{
    int ids[THREADS_MOST + 1], count = tkai_os_threads(ids, THREADS_MOST + 1);
    uint32_t kept = 0;

    if (count > (int)THREADS_MOST + 1) {
        return 0;
    }
    for (int i = 0; i < count; i++) {
        if (ids[i] != tkai_os_thread_id() && kept < THREADS_MOST) {
            tids[kept++] = ids[i];
        }
    }
    return kept;
}

static void close_event(uint32_t event)
{
    for (uint32_t i = 0; i < thread_count; i++) {
        if (descriptors[event][i] >= 0) {
            close(descriptors[event][i]);
        }
        descriptors[event][i] = -1;
    }
}

/* Of a thread that has ended meanwhile there is nothing to count. */
static void open_for_threads(uint32_t event, const struct tkai_counter_event *what,
                             const int *tids)
{
    int error = 0;

    for (uint32_t i = 0; i < thread_count; i++) {
        descriptors[event][i] = error != 0 ? -1 : open_event(what, tids[i]);
        if (error == 0 && descriptors[event][i] < 0 && errno != ESRCH) {
            error = errno;
        }
    }
    if (error != 0) {
        close_event(event);
        explain(&counters[event], error);
    }
}

void tkai_counters_open(const struct tkai_counter_event *events, uint32_t count)
{
    static int tids[THREADS_MOST];

    counter_count = count < TKAI_COUNTERS_MOST ? count : TKAI_COUNTERS_MOST;
    thread_count = list_threads(tids);
    for (uint32_t i = 0; i < counter_count; i++) {
        counters[i] = (struct tkai_counter){.name = events[i].name};
        if (thread_count == 0) {
            snprintf(counters[i].reason, sizeof counters[i].reason,
                     "threads could not be listed, or more than %u ran when counting began",
                     THREADS_MOST);
        } else {
            open_for_threads(i, &events[i], tids);
        }
    }
}

static void read_counter(uint32_t event)
{
    struct tkai_counter *counter = &counters[event];
    uint64_t counted = 0;

    counter->enabled_ns = counter->running_ns = 0;
    for (uint32_t i = 0; i < thread_count; i++) {
        uint64_t now[3]; /* value, enabled, running */

        if (descriptors[event][i] >= 0 &&
            read(descriptors[event][i], now, sizeof now) == (ssize_t)sizeof now) {
            counted += now[2] > 0 && now[2] < now[1]
                           ? (uint64_t)((double)now[0] * (double)now[1] / (double)now[2])
                           : now[0];
            counter->enabled_ns += now[1];
            counter->running_ns += now[2];
        }
    }
    counter->value = counted;
}

void tkai_counters_read(void)
{
    for (uint32_t i = 0; i < counter_count; i++) {
        if (counters[i].reason[0] == '\0') {
            read_counter(i);
        }
    }
}

void tkai_counters_close(void)
{
    tkai_counters_read();
    for (uint32_t i = 0; i < counter_count; i++) {
        close_event(i);
        if (counters[i].reason[0] == '\0' && counters[i].running_ns == 0) {
            snprintf(counters[i].reason, sizeof counters[i].reason,
                     "others had the processor's counters all the time");
        }
    }
    thread_count = 0;
}

const struct tkai_counter *tkai_counters_told(uint32_t *count)
{
    *count = counter_count;
    return counters;
}

void tkai_counters_refuse(const char *why)
{
    if (counter_count != 0) {
        return;
    }
    counter_count = tkai_counter_event_count;
    for (uint32_t i = 0; i < counter_count; i++) {
        counters[i] = (struct tkai_counter){.name = tkai_counter_events[i].name};
        snprintf(counters[i].reason, sizeof counters[i].reason, "%s", why);
    }
}

void tkai_counters_forget(void)
{
    counter_count = thread_count = 0;
}
