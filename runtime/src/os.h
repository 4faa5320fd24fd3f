/* os - what the runtime asks of the operating system, stated once.
 *
 * No function here calls malloc or changes what the program sees: descriptors
 * are high and close-on-exec, threads run with all signals blocked. Functions
 * that can fail return -1 (or NULL) with errno set; callers on a probe's path
 * save errno.
 */
#ifndef TKA_OS_H
#define TKA_OS_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Zeroed private memory, in pages. NULL when there is none. */
void *tkai_os_memory(size_t size);
void tkai_os_memory_free(void *memory, size_t size);

/* Whether the program's address space is limited. */
int tkai_os_limits_memory(void);

/* Zeroed private memory in small pages: only what is touched counts. NULL. */
void *tkai_os_sparse(size_t size);

/* The same, but what a copy of the process writes to it is seen here. */
void *tkai_os_shared(size_t size);

/* Address space without memory behind it, aligned to 64 KiB; NULL. */
void *tkai_os_reserve(size_t size);

/* The working directory when the runtime was loaded, as far as that is known: a daemon
 * leaves it before its first probed call. "" if there was none. */
const char *tkai_os_start_folder(void);

/* Make all folders of path that are missing. 0; -1. */
int tkai_os_make_folders(const char *path);

/* Open or make a file; the descriptor is high and close-on-exec. */
int tkai_os_open(const char *path, int flags, mode_t mode);

/* The file's bytes from offset on, really allocated (no SIGBUS on a full disk)
 * and mapped shared, at `at` if that is not NULL. NULL: errno. */
void *tkai_os_map_file(int fd, uint64_t offset, size_t size, void *at);

/* Lock the first byte as a sign of life; not inherited by children. */
int tkai_os_lock_life(int fd);
/* 1 another process holds it, 0 nobody, -1 cannot tell. */
int tkai_os_life_locked(int fd);

/* All signals and cancellation off for the calling thread, and back. */
struct tkai_os_mask {
    sigset_t signals;
    int cancel, cancel_type;
};
void tkai_os_block_signals(struct tkai_os_mask *old);
void tkai_os_restore_signals(const struct tkai_os_mask *old);

/* Whether the calling thread has no signal blocked, as it has in a handler. */
int tkai_os_signals_open(void);

/* Whether a filter on system calls may punish what the program itself does not
 * do. */
int tkai_os_is_confined(void);

/* Call task(argument) on another stack, which ends at `end`: the program's may be
 * a signal handler's or a very small thread's. */
void tkai_os_call_on(void *end, void (*task)(void *), void *argument);

/* Run task(argument) on a new thread whose descriptors are its own and empty,
 * so that files it opens never take a number from the program. -1 if there is
 * no such thread to be had. */
int tkai_os_thread_start(void *(*task)(void *), void *argument, int joinable,
                         unsigned long *handle);
void tkai_os_thread_join(unsigned long handle);

/* Run task(argument) in a copy of the process as it is at this moment, in which only
 * the calling thread goes on, and wait for it. The program gets no signal and its wait()
 * does not see it. What task returned, 0 to 255; -1: there was no copy to be had, or it
 * crashed. */
int tkai_os_in_copy(int (*task)(void *), void *argument);

/* The ids of the process's threads. How many there are, at most `room` of them written;
 * -1 not told. */
int tkai_os_threads(int *ids, int room);

/* Lowest and one past the highest address of the calling thread's own stack, on
 * which `here` lies; 0 and 0 when it does not or that is not known. Does not call
 * malloc, as asking glibc would. */
void tkai_os_stack(uintptr_t here, uintptr_t *low, uintptr_t *high);

/* Let others run. */
void tkai_os_yield(void);

/* Copy size bytes from an address that may not be mapped. 0; -1. */
int tkai_os_peek(void *to, const void *from, size_t size);

int64_t tkai_os_unix_ns(void);
int64_t tkai_os_cpu_ns(void);           /* user + system, whole process */

uint64_t tkai_os_thread_cpu_ns(void);   /* user + system, calling thread */
int tkai_os_thread_id(void);

/* Whole file (of /proc, or a small one) into buffer, NUL-terminated, by raw
 * system calls. Length; -1. */
ssize_t tkai_os_read_file(const char *path, char *buffer, size_t size);

/* Field 22 of /proc/PID/stat; 0 when there is no such process. */
uint64_t tkai_os_start_jiffies(int pid);
uint64_t tkai_os_pid_namespace(void);

/* 1 if process pid has this file mapped, by its path or by its device and inode;
 * 0 not, -1 not told. */
int tkai_os_has_mapped(int pid, const char *path, dev_t device, ino_t inode);

/* The process as the system counts it; since its start. */
struct tkai_usage {
    int64_t at;                             /* ns since the epoch */
    int64_t user_ns, system_ns, rss_bytes;
    int64_t threads, voluntary_switches, involuntary_switches;
    int64_t minor_faults, major_faults, open_files;
};
/* 0; -1 not told. */
int tkai_os_usage(struct tkai_usage *usage);

#endif
