#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE (1U << 1)
#endif

extern void *__libc_stack_end __attribute__((weak));

void *tkai_os_memory(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

void tkai_os_memory_free(void *memory, size_t size)
{
    munmap(memory, size);
}

int tkai_os_limits_memory(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

static void *map_lazily(size_t size, int sharing)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        sharing | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED) {
        return NULL;
    }
    madvise(memory, size, MADV_NOHUGEPAGE);
    return memory;
}

void *tkai_os_sparse(size_t size)
{
    return map_lazily(size, MAP_PRIVATE);
}

void *tkai_os_shared(size_t size)
{
    return map_lazily(size, MAP_SHARED);
}

void *tkai_os_reserve(size_t size)
{
    void *memory = mmap(NULL, size, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

static char start_folder[1024];

/* Again by the first probed call, if that comes before this constructor. */
static __attribute__((constructor)) void note_start_folder(void)
{
    int saved_errno = errno;

    if (start_folder[0] == '\0' && getcwd(start_folder, sizeof start_folder) == NULL) {
        start_folder[0] = '\0';
    }
    errno = saved_errno;
}

const char *tkai_os_start_folder(void)
{
    note_start_folder();
    return start_folder;
}

int tkai_os_make_folders(const char *path)
{
    char part[1200];
    size_t length = strlen(path);

    if (length == 0 || length >= sizeof part) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(part, path, length + 1);
    for (char *p = part + 1;; p++) {
        char end = *p;

        if (end != '/' && end != '\0') {
            continue;
        }
        *p = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) {
            struct stat st;

            /* a read-only file system says EROFS for folders that exist */
            if (stat(part, &st) != 0 || !S_ISDIR(st.st_mode)) {
                return -1;
            }
        }
        *p = end;
        if (end == '\0') {
            return 0;
        }
    }
}

/* Programs expect the lowest free number from their own open(), and close what
 * they did not open: ours goes as high as the limit allows. */
static int raise_descriptor(int fd)
{
    struct rlimit limit;
    int lowest = 256, high = -1;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        lowest = limit.rlim_cur > 1088 ? 1024 : (int)limit.rlim_cur - 32;
    }
    if (lowest > fd) {
        high = fcntl(fd, F_DUPFD_CLOEXEC, lowest);
    }
    if (high < 0) {
        return fd;
    }
    close(fd);
    return high;
}

int tkai_os_open(const char *path, int flags, mode_t mode)
{
    int fd = open(path, flags | O_CLOEXEC | O_NOCTTY, mode);

    return fd < 0 ? -1 : raise_descriptor(fd);
}

/* Past its limit a process gets not only an error but SIGXFSZ. */
static int is_within_file_limit(uint64_t end)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
           end <= limit.rlim_cur;
}

void *tkai_os_map_file(int fd, uint64_t offset, size_t size, void *at)
{
    void *memory;
    int error = EFBIG;

    if (is_within_file_limit(offset + size)) {
        error = posix_fallocate(fd, (off_t)offset, (off_t)size);
    }
    if (error != 0) {
        errno = error;
        return NULL;
    }
    memory = mmap(at, size, PROT_READ | PROT_WRITE,
                  MAP_SHARED | (at != NULL ? MAP_FIXED : 0), fd, (off_t)offset);
    return memory == MAP_FAILED ? NULL : memory;
}

static struct flock first_byte(short type)
{
    struct flock lock = {0};

    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_len = 1;
    return lock;
}

int tkai_os_lock_life(int fd)
{
    struct flock lock = first_byte(F_WRLCK);

    return fcntl(fd, F_SETLK, &lock);
}

int tkai_os_life_locked(int fd)
{
    struct flock lock = first_byte(F_WRLCK);

    if (fcntl(fd, F_GETLK, &lock) != 0) {
        return -1;
    }
    return lock.l_type != F_UNLCK;
}

static void block_cancellation(struct tkai_os_mask *old)
{
    pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &old->cancel_type);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old->cancel);
}

/* The type last: where a cancellation is pending that may act at once, glibc ends the
 * thread in either call, but only in this one as PTHREAD_CANCELED. */
static void restore_cancellation(const struct tkai_os_mask *old)
{
    pthread_setcancelstate(old->cancel, NULL);
    pthread_setcanceltype(old->cancel_type, NULL);
}

void tkai_os_block_signals(struct tkai_os_mask *old)
{
    sigset_t all;

    block_cancellation(old);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old->signals);
}

void tkai_os_restore_signals(const struct tkai_os_mask *old)
{
    pthread_sigmask(SIG_SETMASK, &old->signals, NULL);
    restore_cancellation(old);
}

int tkai_os_signals_open(void)
{
    sigset_t now;

    if (pthread_sigmask(SIG_SETMASK, NULL, &now) != 0) {
        return 0;
    }
    for (int signal = 1; signal < 32; signal++) {
        if (sigismember(&now, signal) == 1) {
            return 0;
        }
    }
    return 1;
}

int tkai_os_is_confined(void)
{
    return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 0;
}

void tkai_os_call_on(void *end, void (*task)(void *), void *argument)
{
#if defined __x86_64__
    __asm__ volatile("movq %%rsp, %%rbx\n\t"
                     "movq %0, %%rsp\n\t"
                     "callq *%1\n\t"
                     "movq %%rbx, %%rsp"
                     :
                     : "r"(end), "r"(task), "D"(argument)
                     : "rbx", "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "cc",
                       "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
                       "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
                       "xmm15");
#else
    (void)end;
    task(argument);
#endif
}

struct start {
    void *(*task)(void *);
    void *argument;
    volatile int taken;
};

/* SQLite uses no descriptor below 3: it puts /dev/null there, which a changed root may
 * not have. */
static void fill_low_descriptors(void)
{
    int fd = access("/dev/null", R_OK) == 0 ? 2 : 0;

    while (fd >= 0 && fd < 2) {
        fd = eventfd(0, EFD_CLOEXEC);
    }
    if (fd > 2) {
        close(fd); /* the table is not our own */
    }
}

/* A descriptor table of one's own: nothing the program holds open stays open
 * because of us, and no number of the program's is taken. */
static void leave_descriptors(void)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, 0u, ~0u, CLOSE_RANGE_UNSHARE) == 0) {
        return;
    }
#endif
    if (syscall(SYS_unshare, 0x400 /* CLONE_FILES */) == 0) {
        long most = sysconf(_SC_OPEN_MAX);

        for (int fd = 0; fd < (most > 0 && most < 65536 ? most : 65536); fd++) {
            close(fd);
        }
    }
}

static void *start_thread(void *argument)
{
    struct start *start = argument;
    void *(*task)(void *) = start->task;
    void *task_argument = start->argument;

    leave_descriptors();
    fill_low_descriptors();
    __atomic_store_n(&start->taken, 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, &start->taken, 1 /* FUTEX_WAKE */, 1, NULL, NULL, 0);
    return task(task_argument);
}

static int create_thread(struct start *start, int joinable, pthread_t *thread)
{
    pthread_attr_t attributes;
    int error;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 512 * 1024);
    if (!joinable) {
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    }
    error = pthread_create(thread, &attributes, start_thread, start);
    pthread_attr_destroy(&attributes);
    return error;
}

/* The new thread reads from the caller's stack: the caller can neither be cancelled
 * nor jump out of a handler until that is done. */
int tkai_os_thread_start(void *(*task)(void *), void *argument, int joinable,
                         unsigned long *handle)
{
    struct start start = {task, argument, 0};
    pthread_t thread = 0;
    struct tkai_os_mask old;
    int error;

    tkai_os_block_signals(&old);
    error = create_thread(&start, joinable, &thread);
    while (error == 0 && !__atomic_load_n(&start.taken, __ATOMIC_ACQUIRE)) {
        syscall(SYS_futex, &start.taken, 0 /* FUTEX_WAIT */, 0, NULL, NULL, 0);
    }
    *handle = (unsigned long)thread;
    tkai_os_restore_signals(&old);
    if (error != 0) {
        errno = error;
        return -1;
    }
    return 0;
}

void tkai_os_thread_join(unsigned long handle)
{
    struct tkai_os_mask old;

    block_cancellation(&old);
    pthread_join((pthread_t)handle, NULL);
    restore_cancellation(&old);
}

/* A system call and not fork(): no handler of the program's runs, and a child that
 * sends no signal is not found by wait(). */
int tkai_os_in_copy(int (*task)(void *), void *argument)
{
    long child = syscall(SYS_clone, 0UL, NULL, NULL, NULL, 0UL);
    int status = 0;

    if (child == 0) {
        struct rlimit none = {0, 0};

        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        setrlimit(RLIMIT_CORE, &none);
        syscall(SYS_exit_group, task(argument));
    }
    while (child > 0 && syscall(SYS_wait4, child, &status, __WALL, NULL) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The main thread's stack reaches down as far as its limit, and the kernel maps
 * nothing else there. */
static void main_stack(uintptr_t *low, uintptr_t *high)
{
    struct rlimit limit;
    uintptr_t size = 8u << 20;

    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < (64u << 20)) {
        size = limit.rlim_cur;
    }
    *high = (uintptr_t)__libc_stack_end;
    *low = *high - size;
}

/* The end of the last line of maps that begins below the address is what counts:
 * lines are in order. Returns where the mapping of address begins; 0. */
static uintptr_t find_mapping(int fd, uintptr_t address)
{
    char buffer[1024];
    uintptr_t low = 0, number = 0;
    int in_range = 1, second = 0;
    ssize_t got;

    while ((got = read(fd, buffer, sizeof buffer)) > 0) {
        for (ssize_t i = 0; i < got; i++) {
            char c = buffer[i];

            if (c == '\n') {
                in_range = 1;
                second = 0;
                number = 0;
            } else if (in_range && c == '-') {
                low = number;
                number = 0;
                second = 1;
            } else if (in_range && c == ' ') {
                if (second && low <= address && address < number) {
                    return low;
                }
                in_range = 0;
            } else if (in_range) {
                number = number * 16 + (uintptr_t)(c <= '9' ? c - '0' : c - 'a' + 10);
            }
        }
    }
    return 0;
}

/* glibc puts a thread's own data at the top of its stack. */
static void thread_stack(uintptr_t here, uintptr_t *low, uintptr_t *high)
{
    uintptr_t end = (uintptr_t)pthread_self();
    int fd;

    if (end <= here) {
        return; /* first called from a signal handler's stack, or a coroutine's */
    }
    fd = tkai_os_open("/proc/thread-self/maps", O_RDONLY, 0);
    if (fd < 0) {
        return;
    }
    *low = find_mapping(fd, here);
    *high = *low != 0 && end - here < (256u << 20) ? end : 0;
    close(fd);
    if (*high == 0) {
        *low = 0;
    }
}

void tkai_os_stack(uintptr_t here, uintptr_t *low, uintptr_t *high)
{
    *low = *high = 0;
    if (getpid() != (pid_t)syscall(SYS_gettid)) {
        thread_stack(here, low, high);
    } else if (&__libc_stack_end != NULL && __libc_stack_end != NULL) {
        main_stack(low, high);
    }
}

void tkai_os_yield(void)
{
    syscall(SYS_sched_yield);
}

int tkai_os_peek(void *to, const void *from, size_t size)
{
    struct iovec local = {to, size};
    union {
        const void *from;
        void *base;
    } remote_address = {from};
    struct iovec remote = {remote_address.base, size};

    /* by the thread's id: the process has no memory when its main thread has ended */
    return process_vm_readv((pid_t)syscall(SYS_gettid), &local, 1, &remote, 1, 0) == (ssize_t)size ? 0 : -1;
}

int64_t tkai_os_unix_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t tkai_os_cpu_ns(void)
{
    struct timespec ts;

    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) != 0) {
        return 0;
    }
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

uint64_t tkai_os_thread_cpu_ns(void)
{
    struct timespec ts;

    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts) != 0) {
        return 0;
    }
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

int tkai_os_thread_id(void)
{
    return (int)syscall(SYS_gettid);
}

ssize_t tkai_os_read_file(const char *path, char *buffer, size_t size)
{
    size_t length = 0;
    int fd = tkai_os_open(path, O_RDONLY, 0);

    if (fd < 0) {
        return -1;
    }
    while (length + 1 < size) {
        ssize_t got = read(fd, buffer + length, size - 1 - length);

        if (got <= 0) {
            break;
        }
        length += (size_t)got;
    }
    close(fd);
    buffer[length] = '\0';
    return (ssize_t)length;
}

uint64_t tkai_os_start_jiffies(int pid)
{
    char path[64], text[1024], *p;
    unsigned long long start = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    if (tkai_os_read_file(path, text, sizeof text) <= 0 ||
        (p = strrchr(text, ')')) == NULL) {
        return 0;
    }
    /* state is field 3; 22 is the 19th after it */
    if (sscanf(p + 1,
               " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
               " %*s %llu", &start) != 1) {
        return 0;
    }
    return start;
}

uint64_t tkai_os_pid_namespace(void)
{
    struct stat st;

    return stat("/proc/self/ns/pid", &st) == 0 ? st.st_ino : 0;
}

/* Map lines are long; a mark that is split by the edge of a buffer is found
 * because the buffers overlap. */
int tkai_os_has_mapped(int pid, const char *path, dev_t device, ino_t inode)
{
    char name[64], mark[64], buffer[4096 + 1];
    size_t keep = 0, path_length = strlen(path), mark_length;
    int fd, found = 0;
    ssize_t got;

    snprintf(name, sizeof name, "/proc/%d/maps", pid);
    mark_length = (size_t)snprintf(mark, sizeof mark, " %02x:%02x %llu ", major(device),
                                   minor(device), (unsigned long long)inode);
    fd = tkai_os_open(name, O_RDONLY, 0);
    if (fd < 0 || path_length >= sizeof buffer / 2) {
        return fd < 0 && (errno == ENOENT || errno == ESRCH) ? 0 : -1;
    }
    while (!found && (got = read(fd, buffer + keep, sizeof buffer - 1 - keep)) > 0) {
        size_t total = keep + (size_t)got;

        found = memmem(buffer, total, path, path_length) != NULL ||
                memmem(buffer, total, mark, mark_length) != NULL;
        keep = total < sizeof buffer / 2 ? total : sizeof buffer / 2;
        memmove(buffer, buffer + total - keep, keep);
    }
    close(fd);
    return found;
}

int tkai_os_threads(int *ids, int room)
{
    _Alignas(16) char buffer[2048];
    int fd = tkai_os_open("/proc/self/task", O_RDONLY | O_DIRECTORY, 0);
    int count = 0;
    ssize_t got;

    if (fd < 0) {
        return -1;
    }
    while ((got = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0) {
        unsigned short length;

        for (ssize_t at = 0; at < got; at += length) {
            const char *name = buffer + at + 19;
            int id = 0;

            memcpy(&length, buffer + at + 16, sizeof length);
            while (*name >= '0' && *name <= '9') {
                id = id * 10 + (*name++ - '0');
            }
            if (id > 0 && count++ < room) {
                ids[count - 1] = id;
            }
        }
    }
    close(fd);
    return got < 0 || count == 0 ? -1 : count;
}

/* Entries of a folder of /proc by raw system call: opendir() would call malloc. */
static int64_t count_entries(const char *path)
{
    _Alignas(16) char buffer[4096];
    int fd = tkai_os_open(path, O_RDONLY | O_DIRECTORY, 0);
    int64_t count = -2; /* . and .. */
    ssize_t got;

    if (fd < 0) {
        return 0;
    }
    while ((got = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0) {
        for (ssize_t at = 0; at < got; count++) {
            unsigned short length;

            memcpy(&length, buffer + at + 16, sizeof length);
            at += length;
        }
    }
    close(fd);
    return count > 0 ? count : 0;
}

static int64_t resident_bytes(void)
{
    char text[128];
    long long pages = 0;

    if (tkai_os_read_file("/proc/thread-self/statm", text, sizeof text) <= 0 ||
        sscanf(text, "%*d %lld", &pages) != 1) {
        return 0;
    }
    return pages * sysconf(_SC_PAGESIZE);
}

static int64_t count_threads(void)
{
    char text[1024], *p;
    long long threads = 0;

    /* field 20 of /proc/self/stat; state is field 3 */
    if (tkai_os_read_file("/proc/self/stat", text, sizeof text) > 0 &&
        (p = strrchr(text, ')')) != NULL) {
        sscanf(p + 1,
               " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lld",
               &threads);
    }
    return threads;
}

static int64_t timeval_ns(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
}

int tkai_os_usage(struct tkai_usage *usage)
{
    struct rusage used;

    if (getrusage(RUSAGE_SELF, &used) != 0) {
        return -1;
    }
    usage->at = tkai_os_unix_ns();
    usage->user_ns = timeval_ns(used.ru_utime);
    usage->system_ns = timeval_ns(used.ru_stime);
    usage->voluntary_switches = used.ru_nvcsw;
    usage->involuntary_switches = used.ru_nivcsw;
    usage->minor_faults = used.ru_minflt;
    usage->major_faults = used.ru_majflt;
    usage->rss_bytes = resident_bytes();
    usage->threads = count_threads();
    usage->open_files = count_entries("/proc/self/fd");
    return 0;
}
