#include "hooks.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- the environment ----------------------------------------------------- */

/* Bytes as they come, matched against a name at the start of an entry. */
static int matches(char c, const char *name, size_t *at, int *broken)
{
    if (c == '\0') {
        *at = 0;
        *broken = 0;
    } else if (!*broken && name[*at] == (char)(c | (name[*at] & 0x20))) {
        return name[++*at] == '\0';
    } else {
        *broken = 1;
    }
    return 0;
}

int tkah_wants_exact(void)
{
    static const char name[] = "TKA_MONITORING_MEMORY_TRACKING=exact";
    char buffer[4096];
    size_t at = 0;
    int broken = 0, found = 0;
    long fd = syscall(SYS_openat, AT_FDCWD, "/proc/self/environ", O_RDONLY | O_CLOEXEC), got;

    if (fd < 0) {
        return 0;
    }
    while (!found && (got = syscall(SYS_read, fd, buffer, sizeof buffer)) > 0) {
        for (long i = 0; i < got && !found; i++) {
            found = matches(buffer[i], name, &at, &broken);
        }
    }
    syscall(SYS_close, fd);
    return found;
}

/* --- finding them -------------------------------------------------------- */

#ifdef TKAI_WRAP
extern void *__real_malloc(size_t);

int tkah_is_spare(const void *block)
{
    (void)block;
    return 0;
}

void *tkah_leave_spare(void *block, size_t size)
{
    (void)block;
    (void)size;
    return NULL;
}
#else
#define SPARE_SIZE 65536u

static char spare[SPARE_SIZE] __attribute__((aligned(16)));
static size_t spare_used;

/* dlsym() may allocate. The size of each lies before it. */
static void *take_spare(size_t size)
{
    size_t whole = (size + 31) & ~(size_t)15;
    char *block = spare + spare_used + 16;

    if (whole > SPARE_SIZE - spare_used) {
        errno = ENOMEM;
        return NULL;
    }
    memcpy(block - 16, &size, sizeof size);
    spare_used += whole;
    return block;
}

static void *take_spare_zeroed(size_t count, size_t size)
{
    return take_spare(count * size);
}

static void *no_resizing(void *old, size_t size)
{
    (void)old;
    return take_spare(size);
}

static void leave_it(void *block)
{
    (void)block;
}

int tkah_is_spare(const void *block)
{
    return (size_t)((const char *)block - spare) < SPARE_SIZE;
}

void *tkah_leave_spare(void *old, size_t size)
{
    void *block = tkah_real.malloc(size);
    size_t had;

    memcpy(&had, (char *)old - 16, sizeof had);
    if (block != NULL) {
        memcpy(block, old, had < size ? had : size);
    }
    return block;
}

/* The result is looked at before we return: a call in tail position would be taken for
 * the loader's own. */
static void find(void *to, const char *name)
{
    void *volatile found = dlsym(RTLD_NEXT, name);
    void *value = found;

    memcpy(to, &value, sizeof value);
}

void tkah_find_real(void)
{
    struct tkah_real real = {0};
    int saved_errno = errno;

    tkah_real.malloc = take_spare;
    tkah_real.calloc = take_spare_zeroed;
    tkah_real.realloc = no_resizing;
    tkah_real.free = leave_it;
    find(&real.malloc, "malloc");
    find(&real.free, "free");
    find(&real.calloc, "calloc");
    find(&real.realloc, "realloc");
    find(&real.memalign, "memalign");
    find(&real.aligned_alloc, "aligned_alloc");
    find(&real.posix_memalign, "posix_memalign");
    find(&real.valloc, "valloc");
    find(&real.pvalloc, "pvalloc");
    find(&real.usable, "malloc_usable_size");
    tkah_real = real;
    tkah_begin();
    errno = saved_errno;
}
#endif
