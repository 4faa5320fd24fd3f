#include "flush.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "collect.h"
#include "dbservice.h"
#include "dbwriter.h"
#include "hwcounters.h"
#include "interval.h"
#include "livefold.h"
#include "memory.h"
#include "os.h"
#include "rollup.h"
#include "state.h"
#include "throttle.h"

/* A process that ends does not wait long: its live file keeps what it has. */
#define WAIT_RUNNING_MS 5000
#define WAIT_EXIT_MS 1000
/* Files of dead processes that one that ends brings in on the way. */
#define RECOVER_AT_EXIT 16

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static struct tkai_past past; /* what was stored last */
static int64_t past_cpu_ns;
static int64_t ended_threads_ns; /* CPU time of threads that stored, and ended */
static int unusable; /* SQLite was in the middle of something when we were forked */

static void update_header(struct tka_live_header *header)
{
    header->cpu_ns = tkai_os_cpu_ns();
    header->wall_ns = tkai_os_unix_ns() - header->started_at;
    header->ns_per_tick = tkai_clock_refine();
}

static int write_rows(const struct tkai_collected *collected, const struct tkai_ours *ours,
                      enum tkai_flush when, char *error, size_t error_size)
{
    int failed = -1;
    struct tkai_db *db =
        tkai_db_open(tkai_state.config.db_path,
                     when == TKAI_FLUSH_EXIT ? WAIT_EXIT_MS : WAIT_RUNNING_MS, error,
                     error_size);

    if (db != NULL) {
        failed = tkai_dbwriter_store(db, tkai_state.file.header, collected, ours,
                                     when == TKAI_FLUSH_EXIT ? "ended" : "running", error,
                                     error_size);
        if (failed == 0 && when == TKAI_FLUSH_INTERVAL) {
            tkai_rollup_in_passing(db, ours->now);
        }
        tkai_db_close(db);
    }
    return failed;
}

static const struct tkai_counter *counters_told(enum tkai_flush when, uint32_t *count)
{
    if (when == TKAI_FLUSH_EXIT) {
        tkai_counters_refuse(tkai_state.config.monitoring_enabled
                                 ? "the process ended before its store thread began, or none "
                                   "could be made"
                                 : "TKA_MONITORING_ENABLED is off: there is no store thread");
    }
    return tkai_counters_told(count);
}

static int store(enum tkai_flush when)
{
    const struct tkai_livefile *file = &tkai_state.file;
    struct tkai_collected collected;
    struct tkai_usage usage;
    struct tkai_ours ours = {.past = &past,
                             .now = tkai_os_unix_ns(),
                             .only_changes = when == TKAI_FLUSH_INTERVAL,
                             .store_ns = ended_threads_ns};
    char error[256];
    int failed = -1;

    update_header(file->header);
    if (tkai_state.config.system_metrics && tkai_os_usage(&usage) == 0) {
        ours.usage = &usage;
    }
    if (tkai_state.config.hardware_counters) {
        ours.counters = counters_told(when, &ours.counter_count);
    }
    if (tkai_collect(&collected, file->chunks,
                     __atomic_load_n(&file->chunk_count, __ATOMIC_ACQUIRE),
                     ours.now) != 0) {
        tkai_collect_release(&collected);
        return -1;
    }
    if (when == TKAI_FLUSH_INTERVAL) {
        tkai_throttle_look(&collected, &past, file->header->cpu_ns - past_cpu_ns);
    }
    failed = write_rows(&collected, &ours, when, error, sizeof error);
    if (failed == 0) {
        tkai_interval_advance(&past, &collected, ours.now);
        past_cpu_ns = file->header->cpu_ns;
    }
    tkai_services_settle(failed == 0);
    if (failed != 0 && file->header->note[0] == '\0') {
        snprintf(file->header->note, sizeof file->header->note, "%s", error);
    }
    tkai_collect_release(&collected);
    return failed;
}

static void recover_others(void)
{
    TkaFoldResult result;

    tkai_livefold(tkai_state.config.data_dir, tkai_state.config.db_path, TKA_FOLD_DEAD,
                  RECOVER_AT_EXIT, WAIT_EXIT_MS, &result);
}

/* Nobody else folds our live file meanwhile. Whoever holds it for long, a stopped
 * tka say, does not hold us up: then the file waits for the next reader. 0 with
 * *fd the locked file, or -1 where there is none; -1: not now. */
static int lock_live_file(int *fd)
{
    struct timespec pause = {0, 10000000};

    *fd = -1;
    if (tkai_state.file.path[0] == '\0') {
        return 0;
    }
    *fd = tkai_os_open(tkai_state.file.path, O_RDONLY, 0);
    for (int tries = 0; *fd >= 0 && flock(*fd, LOCK_EX | LOCK_NB) != 0; tries++) {
        if (tries == WAIT_EXIT_MS / 10) {
            close(*fd);
            return -1;
        }
        nanosleep(&pause, NULL);
    }
    return 0;
}

int tkai_flush_store(enum tkai_flush when)
{
    int fd, failed;

    if (unusable) {
        return -1;
    }
    pthread_mutex_lock(&one_at_a_time);
    if (lock_live_file(&fd) != 0) {
        pthread_mutex_unlock(&one_at_a_time);
        return -1;
    }
    failed = store(when);
    if (when == TKAI_FLUSH_EXIT) {
        if (failed == 0 && fd >= 0) {
            unlink(tkai_state.file.path);
        }
        if (failed == 0) {
            recover_others();
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    pthread_mutex_unlock(&one_at_a_time);
    return failed;
}

void tkai_flush_thread_ends(void)
{
    __atomic_add_fetch(&ended_threads_ns, (int64_t)tkai_os_thread_cpu_ns(),
                       __ATOMIC_RELAXED);
}

struct request {
    enum tkai_flush when;
    int failed;
};

static void *serve(void *argument)
{
    struct request *request = argument;

    tkai_memory_hush(1);
    request->failed = tkai_flush_store(request->when);
    tkai_flush_thread_ends();
    return NULL;
}

int tkai_flush_from_program(enum tkai_flush when)
{
    struct request request = {when, -1};
    unsigned long thread;
    int failed;

    if (unusable || tkai_os_is_confined()) {
        return -1; /* a filter may kill for the calls that storing needs */
    }
    tkai_memory_hush(1);
    failed = tkai_os_thread_start(serve, &request, 1, &thread);
    tkai_memory_hush(0);
    if (failed != 0) {
        return -1;
    }
    tkai_os_thread_join(thread);
    return request.failed;
}

void tkai_flush_after_fork_child(void)
{
    if (pthread_mutex_trylock(&one_at_a_time) == 0) {
        pthread_mutex_unlock(&one_at_a_time);
    } else {
        unusable = 1; /* another thread's work is half done in our copy of SQLite */
    }
    past = (struct tkai_past){0};
    past_cpu_ns = ended_threads_ns = 0;
    tkai_services_settle(0);
    tkai_throttle_forget();
}
