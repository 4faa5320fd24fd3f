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
struct tkah_real tkah_real;

void *tkah_leave_spare(void *block, size_t size)
{
    (void)block;
    (void)size;
    return NULL;
}
#else
char tkah_spare[TKAH_SPARE_SIZE] __attribute__((aligned(16)));
static size_t spare_used;

/* dlsym() may allocate. The size of each lies before it. free() is to look at them. */
static void *take_spare(size_t size)
{
    size_t whole = (size + 31) & ~(size_t)15;
    char *block = tkah_spare + spare_used + 16;

    if (whole > TKAH_SPARE_SIZE - spare_used) {
        errno = ENOMEM;
        return NULL;
    }
    memcpy(block - 16, &size, sizeof size);
    spare_used += whole;
    __atomic_fetch_or(&tka_memory_filter[tka_memory_filter_slot(block)],
                      TKA_MEMORY_FILTER_ALWAYS, __ATOMIC_RELAXED);
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

#ifdef __x86_64__
int tkah_reads_heads;

/* Only of the C library's own malloc, and if it does lay them out as it has for decades. */
static int reads_heads(const struct tkah_real *real)
{
    static const size_t sizes[] = {0, 1, 24, 25, 40, 100, 1000, 5000, 70000};
    void *volatile library = dlsym(RTLD_DEFAULT, "gnu_get_libc_version");
    const void *allocate;
    Dl_info one, other;
    int same = library != NULL && real->usable != NULL;

    memcpy(&allocate, &real->malloc, sizeof allocate);
    same = same && dladdr(allocate, &one) != 0 && dladdr(library, &other) != 0 &&
           one.dli_fbase == other.dli_fbase;
    for (size_t i = 0; same && i < sizeof sizes / sizeof *sizes; i++) {
        char *block = real->malloc(sizes[i]);
        size_t head;

        if (block != NULL) {
            memcpy(&head, block - sizeof head, sizeof head);
            same = (head & 2) == 0 && (head & ~(size_t)7) - sizeof head == real->usable(block);
            real->free(block);
        }
    }
    return same;
}
#endif

static void find_real(void)
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
#ifdef __x86_64__
    tkah_reads_heads = reads_heads(&real);
#endif
    tkah_real = real;
    tkah_begin();
    errno = saved_errno;
}

static void *first_malloc(size_t size)
{
    find_real();
    return tkah_real.malloc(size);
}

static void first_free(void *block)
{
    find_real();
    tkah_real.free(block);
}

static void *first_calloc(size_t count, size_t size)
{
    find_real();
    return tkah_real.calloc(count, size);
}

static void *first_realloc(void *block, size_t size)
{
    find_real();
    return tkah_real.realloc(block, size);
}

static void *first_memalign(size_t alignment, size_t size)
{
    find_real();
    return tkah_real.memalign(alignment, size);
}

static void *first_aligned_alloc(size_t alignment, size_t size)
{
    find_real();
    return tkah_real.aligned_alloc(alignment, size);
}

static int first_posix_memalign(void **to, size_t alignment, size_t size)
{
    find_real();
    return tkah_real.posix_memalign(to, alignment, size);
}

static void *first_valloc(size_t size)
{
    find_real();
    return tkah_real.valloc(size);
}

static void *first_pvalloc(size_t size)
{
    find_real();
    return tkah_real.pvalloc(size);
}

struct tkah_real tkah_real = {first_malloc, first_free, first_calloc,
                              first_realloc, first_memalign, first_aligned_alloc,
                              first_posix_memalign, first_valloc, first_pvalloc, NULL};

void tkah_ensure_real(void)
{
    if (tkah_real.malloc == first_malloc) {
        find_real();
    }
}
#endif
