/* The functions of tka/store.h for looking at a running process and asking it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <tka/store.h>
#include <unistd.h>

#include "collect.h"
#include "livemap.h"
#include "os.h"

#define EXPORT __attribute__((visibility("default")))

struct TkaLive {
    struct tkai_livemap file;
    struct tkai_livemap_here here;
    struct tkai_collected collected;    /* of the last reading */
    int has_collected;
    TkaLiveFunction *functions;
    struct tkai_scratch scratch;        /* owns functions */
};

/* --- opening ------------------------------------------------------------ */

static void close_file(struct tkai_livemap *file)
{
    tkai_livemap_close(file);
    memset(file, 0, sizeof *file);
    file->fd = -1;
}

/* 0; -1 with errno, 0 when it is no live file. */
static int open_file(struct tkai_livemap *file, const char *path)
{
    memset(file, 0, sizeof *file);
    snprintf(file->path, sizeof file->path, "%s", path);
    file->fd = tkai_os_open(path, O_RDWR, 0);
    file->writable = file->fd >= 0;
    if (file->fd < 0) {
        file->fd = tkai_os_open(path, O_RDONLY, 0);
    }
    if (file->fd < 0) {
        return -1;
    }
    errno = 0;
    if (tkai_livemap_map(file) != 1) {
        int error = errno;

        close_file(file);
        errno = error;
        return -1;
    }
    return 0;
}

/* The live file that a line of /proc/PID/maps speaks of; NULL. */
static const char *live_path(char *line)
{
    char *path = strchr(line, '/');
    size_t length = path != NULL ? strlen(path) : 0, suffix = sizeof TKA_LIVE_SUFFIX - 1;

    return length > suffix && strcmp(path + length - suffix, TKA_LIVE_SUFFIX) == 0 ? path
                                                                                   : NULL;
}

/* A forked child may have its parent's file mapped, too: the header says whose it is;
 * but not in a container, which has its own numbers. */
static int open_mapped(struct tkai_livemap *file, int pid, const char *path)
{
    char inside[1400];

    if (open_file(file, path) != 0) {
        snprintf(inside, sizeof inside, "/proc/%d/root%.1300s", pid, path);
        if (open_file(file, inside) != 0) {
            return -1;
        }
    }
    if (file->header->pid == pid ||
        file->header->pid_namespace != tkai_os_pid_namespace()) {
        return 0;
    }
    close_file(file);
    errno = ENOENT;
    return -1;
}

static int find_file(struct tkai_livemap *file, int pid)
{
    char name[64], line[2048], tried[1300] = "";
    int found = -1, error = ENOENT;
    FILE *maps;

    snprintf(name, sizeof name, "/proc/%d/maps", pid);
    maps = fopen(name, "re");
    if (maps == NULL) {
        errno = errno == ENOENT ? ESRCH : errno;
        return -1;
    }
    while (found != 0 && fgets(line, sizeof line, maps) != NULL) {
        const char *path;

        line[strcspn(line, "\n")] = '\0';
        path = live_path(line);
        if (path != NULL && strcmp(path, tried) != 0) {
            snprintf(tried, sizeof tried, "%.1299s", path);
            found = open_mapped(file, pid, path);
            error = errno;
        }
    }
    fclose(maps);
    errno = error;
    return found;
}

EXPORT TkaLive *tka_live_open(int pid, char *error, int error_size)
{
    TkaLive *live = calloc(1, sizeof *live);

    error[0] = '\0';
    if (live == NULL) {
        snprintf(error, (size_t)error_size, "out of memory");
        return NULL;
    }
    tkai_livemap_where(&live->here);
    if (find_file(&live->file, pid) == 0) {
        return live;
    }
    snprintf(error, (size_t)error_size,
             errno == ESRCH    ? "there is no process %d"
             : errno == ENOENT ? "process %d is not being profiled: it was not built with "
                                 "tka-cc, has made no profiled call yet, or has no live file"
                               : "process %d: its live file cannot be read",
             pid);
    if (errno == EACCES) {
        snprintf(error, (size_t)error_size, "process %d belongs to somebody else", pid);
    }
    free(live);
    return NULL;
}

static void forget_reading(TkaLive *live)
{
    if (live->has_collected) {
        tkai_collect_release(&live->collected);
    }
    tkai_scratch_release(&live->scratch);
    live->has_collected = 0;
}

EXPORT void tka_live_close(TkaLive *live)
{
    if (live != NULL) {
        forget_reading(live);
        tkai_livemap_close(&live->file);
        free(live);
    }
}

struct listing {
    const char *data_dir;
    struct tkai_livemap_here here;
    int *pids;
    int most, count;
};

static int list_one(void *argument, const char *name)
{
    struct listing *listing = argument;
    struct tkai_livemap file;
    char path[1300];

    snprintf(path, sizeof path, "%s/live/%s", listing->data_dir, name);
    if (open_file(&file, path) != 0) {
        return 1;
    }
    if (tkai_livemap_is_alive(&listing->here, &file)) {
        if (listing->count < listing->most) {
            listing->pids[listing->count] = file.header->pid;
        }
        listing->count++;
    }
    tkai_livemap_close(&file);
    return 1;
}

EXPORT int tka_live_list(const char *data_dir, int *pids, int most)
{
    struct listing listing = {.data_dir = data_dir, .pids = pids, .most = most};

    tkai_livemap_where(&listing.here);
    tkai_livemap_each(data_dir, list_one, &listing);
    return listing.count;
}

/* --- reading ------------------------------------------------------------ */

/* It may have grown. */
static int map_again(TkaLive *live)
{
    struct stat st;
    char path[1300];

    if (fstat(live->file.fd, &st) != 0 || st.st_nlink == 0) {
        return -1;
    }
    tkai_scratch_release(&live->file.scratch);
    live->file.chunks = NULL;
    live->file.chunk_count = 0;
    if (st.st_size == live->file.st.st_size) {
        return 0;
    }
    snprintf(path, sizeof path, "%s", live->file.path);
    close_file(&live->file);
    return open_file(&live->file, path);
}

static void fill_function(TkaLiveFunction *to, const struct tkai_function *f, double scale)
{
    *to = (TkaLiveFunction){
        .text = f->text,
        .calls = f->calls,
        .samples = f->samples,
        .weight = f->weight,
        .total_ns = (double)f->total * scale,
        .outer_ns = (double)f->outer * scale,
        .self_ns = (double)(int64_t)f->self * scale,
        .min_ns = (double)f->min * scale,
        .max_ns = (double)f->max * scale,
        .cpu_ns = (double)f->cpu_ns,
        .cpu_wall_ns = (double)f->cpu_wall * scale,
        .slow_calls = f->slow_calls,
        .off_ns = (double)f->off_ns,
        .off_reason = (int)f->off_reason,
        .buckets = (const unsigned long *)f->buckets};
}

static void fill_profile(TkaLive *live, TkaLiveProfile *profile)
{
    const struct tka_live_header *h = live->file.header;

    *profile = (TkaLiveProfile){
        .pid = h->pid,
        .name = h->session.name,
        .command = h->command,
        .mode = h->mode,
        .db_path = h->db_path,
        .note = h->note,
        .started_at = h->started_at,
        .now = tkai_os_unix_ns(),
        .count_cost_ns = h->count_cost_ns,
        .timed_cost_ns = h->timed_cost_ns,
        .overhead_threshold = h->overhead_threshold,
        .threads = h->threads,
        .lost_calls = h->lost_calls,
        .lost_samples = h->lost_samples,
        .listening = (int)h->control.listening,
        .functions = live->functions,
        .function_count = live->collected.function_count};
}

EXPORT int tka_live_read(TkaLive *live, TkaLiveProfile *profile, char *error, int error_size)
{
    struct tkai_collected *c = &live->collected;

    error[0] = '\0';
    forget_reading(live);
    if (map_again(live) != 0 || !tkai_livemap_is_alive(&live->here, &live->file)) {
        return -1;
    }
    if (tkai_livemap_chunks(&live->file) != 0 ||
        tkai_collect(c, live->file.chunks, live->file.chunk_count, tkai_os_unix_ns()) != 0) {
        tkai_collect_release(c);
        snprintf(error, (size_t)error_size, "out of memory");
        return -1;
    }
    live->has_collected = 1;
    live->functions =
        tkai_scratch_take(&live->scratch, (c->function_count + 1) * sizeof *live->functions);
    if (live->functions == NULL) {
        snprintf(error, (size_t)error_size, "out of memory");
        return -1;
    }
    for (uint32_t i = 0; i < c->function_count; i++) {
        fill_function(&live->functions[i], &c->functions[i], live->file.header->ns_per_tick);
    }
    fill_profile(live, profile);
    return 0;
}

/* --- asking ------------------------------------------------------------- */

static int lock_control(int fd, int wait_ms)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1};
    struct timespec pause = {0, 10000000};

    while (fcntl(fd, F_SETLK, &lock) != 0) {
        if ((wait_ms -= 10) < 0) {
            return -1;
        }
        nanosleep(&pause, NULL);
    }
    return 0;
}

static void unlock_control(int fd)
{
    struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1};

    fcntl(fd, F_SETLK, &lock);
}

static int refuse(char *answer, int size, const char *why)
{
    snprintf(answer, (size_t)size, "%s", why);
    return -1;
}

/* 0 answered, -1 not in time, or nobody is there any more. */
static int wait_for(struct tka_live_control *control, uint32_t asked, int wait_ms)
{
    struct timespec slice = {0, 20000000};
    uint32_t done;

    for (;;) {
        uint32_t listening = __atomic_load_n(&control->listening, __ATOMIC_ACQUIRE);

        done = __atomic_load_n(&control->done, __ATOMIC_ACQUIRE);
        if (done == asked) {
            return 0;
        }
        if (!listening || (wait_ms -= 20) < 0) {
            return -1;
        }
        syscall(SYS_futex, &control->done, FUTEX_WAIT, done, &slice, NULL, 0);
    }
}

/* With the lock on asking. An earlier request may be unanswered yet, as who asked gave up:
 * the place for it is free when it is. */
static int ask_and_wait(struct tka_live_control *control, const char *request, int wait_ms)
{
    uint32_t asked = control->asked;

    if (wait_for(control, asked, wait_ms) != 0) {
        return -1;
    }
    snprintf(control->request, sizeof control->request, "%s", request);
    __atomic_store_n(&control->asked, ++asked, __ATOMIC_RELEASE);
    syscall(SYS_futex, &control->asked, FUTEX_WAKE, 1, NULL, NULL, 0);
    return wait_for(control, asked, wait_ms);
}

EXPORT int tka_live_ask(TkaLive *live, const char *request, char *answer, int answer_size,
                        int wait_ms)
{
    struct tka_live_control *control = &live->file.header->control;
    int failed;

    if (!live->file.writable) {
        return refuse(answer, answer_size, "its live file may only be read");
    }
    if (strlen(request) >= sizeof control->request) {
        return refuse(answer, answer_size, "the request is too long");
    }
    if (!__atomic_load_n(&control->listening, __ATOMIC_ACQUIRE)) {
        return refuse(answer, answer_size,
                      "it has no store thread: it is younger than 0.1 s, has just made no "
                      "profiled call, or TKA_MONITORING_ENABLED is false");
    }
    if (lock_control(live->file.fd, wait_ms) != 0) {
        return refuse(answer, answer_size, "somebody else is asking it");
    }
    failed = ask_and_wait(control, request, wait_ms);
    if (failed != 0) {
        refuse(answer, answer_size,
               __atomic_load_n(&control->listening, __ATOMIC_ACQUIRE)
                   ? "no answer: it is stopped, or busy storing"
                   : "no answer: it is ending, or records no longer");
    } else {
        snprintf(answer, (size_t)answer_size, "%.*s", (int)sizeof control->answer - 1,
                 control->answer);
        failed = control->failed != 0 ? -1 : 0;
    }
    unlock_control(live->file.fd);
    return failed;
}
