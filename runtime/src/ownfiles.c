/* The calls with descriptors that the runtime and its SQLite make, for them alone: the
 * build renames their references to these. A profiled program may define close or read
 * itself, and ThreadSanitizer, which does, takes a descriptor of the storing thread,
 * whose table is its own, for the program's of the same number. Semantics as in POSIX,
 * but none is a cancellation point. 64-bit systems: off_t is a register. */
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OWN(type, name) type tkai_own_##name

OWN(int, open)(const char *path, int flags, ...);
OWN(int, close)(int fd);
OWN(ssize_t, read)(int fd, void *to, size_t size);
OWN(ssize_t, write)(int fd, const void *from, size_t size);
OWN(ssize_t, pread)(int fd, void *to, size_t size, off_t offset);
OWN(ssize_t, pwrite)(int fd, const void *from, size_t size, off_t offset);
OWN(int, fcntl)(int fd, int command, ...);
OWN(int, fstat)(int fd, struct stat *st);
OWN(int, ftruncate)(int fd, off_t size);
OWN(int, fdatasync)(int fd);
OWN(int, fchmod)(int fd, mode_t mode);
OWN(int, fchown)(int fd, uid_t owner, gid_t group);
OWN(int, flock)(int fd, int operation);
OWN(int, eventfd)(unsigned count, int flags);
OWN(void *, mmap)(void *at, size_t size, int protection, int flags, int fd, off_t offset);

OWN(int, open)(const char *path, int flags, ...)
{
    va_list list;
    unsigned mode = 0;

    if ((flags & O_CREAT) != 0) {
        va_start(list, flags);
        mode = va_arg(list, unsigned);
        va_end(list);
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

OWN(int, close)(int fd)
{
    return (int)syscall(SYS_close, fd);
}

OWN(ssize_t, read)(int fd, void *to, size_t size)
{
    return syscall(SYS_read, fd, to, size);
}

OWN(ssize_t, write)(int fd, const void *from, size_t size)
{
    return syscall(SYS_write, fd, from, size);
}

OWN(ssize_t, pread)(int fd, void *to, size_t size, off_t offset)
{
    return syscall(SYS_pread64, fd, to, size, offset);
}

OWN(ssize_t, pwrite)(int fd, const void *from, size_t size, off_t offset)
{
    return syscall(SYS_pwrite64, fd, from, size, offset);
}

/* Whatever the command takes fits a pointer, as in the C library's. */
OWN(int, fcntl)(int fd, int command, ...)
{
    va_list list;
    void *argument;

    va_start(list, command);
    argument = va_arg(list, void *);
    va_end(list);
    return (int)syscall(SYS_fcntl, fd, command, argument);
}

OWN(int, fstat)(int fd, struct stat *st)
{
    return (int)syscall(SYS_fstat, fd, st);
}

OWN(int, ftruncate)(int fd, off_t size)
{
    return (int)syscall(SYS_ftruncate, fd, size);
}

OWN(int, fdatasync)(int fd)
{
    return (int)syscall(SYS_fdatasync, fd);
}

OWN(int, fchmod)(int fd, mode_t mode)
{
    return (int)syscall(SYS_fchmod, fd, mode);
}

OWN(int, fchown)(int fd, uid_t owner, gid_t group)
{
    return (int)syscall(SYS_fchown, fd, owner, group);
}

OWN(int, flock)(int fd, int operation)
{
    return (int)syscall(SYS_flock, fd, operation);
}

OWN(int, eventfd)(unsigned count, int flags)
{
    return (int)syscall(SYS_eventfd2, count, flags);
}

OWN(void *, mmap)(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    union {
        long result;
        void *memory;
    } mapped = {syscall(SYS_mmap, at, size, protection, flags, fd, offset)};

    return mapped.memory;
}

/* The names that a file system with large files has for them. */
#define ALSO_64(name) \
    extern __typeof__(tkai_own_##name) tkai_own_##name##64 \
        __attribute__((alias("tkai_own_" #name)))

ALSO_64(open);
ALSO_64(pread);
ALSO_64(pwrite);
ALSO_64(fcntl);
ALSO_64(fstat);
ALSO_64(ftruncate);
ALSO_64(mmap);
