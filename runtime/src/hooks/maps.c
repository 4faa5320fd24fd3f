/* mmap() and its kin: which memory the program has mapped itself, as what it points to
 * can be reached, and how much. */
#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hooks.h"

struct tka_memory_map tkah_maps[TKAH_MAPS];

/* What finds no place is not a root of the search for leaks: it may then call lost what
 * is not, so the last place stands for everything (runtime/src/memleaks.c). */
static void remember(uintptr_t low, size_t size)
{
    for (uint32_t i = 0; i < TKAH_MAPS; i++) {
        uintptr_t nothing = 0;

        if (tkah_maps[i].high == 0 &&
            __atomic_compare_exchange_n(&tkah_maps[i].low, &nothing, low, 0, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED)) {
            __atomic_store_n(&tkah_maps[i].high, low + size, __ATOMIC_RELEASE);
            return;
        }
    }
}

/* What is cut out of the middle stays known: the search looks at what is mapped. */
static void forget(uintptr_t low, size_t size)
{
    for (uint32_t i = 0; i < TKAH_MAPS; i++) {
        struct tka_memory_map *map = &tkah_maps[i];

        if (map->high != 0 && map->low >= low && map->high <= low + size) {
            map->high = 0;
            __atomic_store_n(&map->low, 0, __ATOMIC_RELEASE);
        }
    }
}

static void *map(void *at, size_t size, int protection, int flags, int fd, long offset)
{
#ifdef SYS_mmap
    return (void *)syscall(SYS_mmap, at, size, protection, flags, fd, offset);
#else
#error "no system call mmap"
#endif
}

static void *noted_map(void *at, size_t size, int protection, int flags, int fd,
                       long offset, const void *place, uintptr_t frame)
{
    void *memory = map(at, size, protection, flags, fd, offset);

    if (memory != MAP_FAILED && (flags & MAP_ANONYMOUS) != 0) {
        remember((uintptr_t)memory, (size + 4095) & ~(size_t)4095);
        if ((protection & PROT_WRITE) != 0) {
            tkah_note_map(size, place, frame);
        }
    }
    return memory;
}

EXPORT void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    return noted_map(at, size, protection, flags, fd, offset, __builtin_return_address(0),
                     (uintptr_t)__builtin_dwarf_cfa());
}

EXPORT void *mmap64(void *at, size_t size, int protection, int flags, int fd,
                    off64_t offset)
{
    return noted_map(at, size, protection, flags, fd, offset, __builtin_return_address(0),
                     (uintptr_t)__builtin_dwarf_cfa());
}

EXPORT int munmap(void *memory, size_t size)
{
    forget((uintptr_t)memory, (size + 4095) & ~(size_t)4095);
    return (int)syscall(SYS_munmap, memory, size);
}

EXPORT void *mremap(void *old, size_t old_size, size_t size, int flags, ...)
{
    va_list list;
    void *at = NULL, *memory;

    if ((flags & MREMAP_FIXED) != 0) {
        va_start(list, flags);
        at = va_arg(list, void *);
        va_end(list);
    }
    memory = (void *)syscall(SYS_mremap, old, old_size, size, flags, at);
    if (memory != MAP_FAILED) {
        forget((uintptr_t)old, (old_size + 4095) & ~(size_t)4095);
        remember((uintptr_t)memory, (size + 4095) & ~(size_t)4095);
    }
    return memory;
}
