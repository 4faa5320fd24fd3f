/* hooks.h - the parts of libtka-mem: hooks.c notes, real.c finds the real functions,
 * maps.c and newop.c and leave.c are the hooks for mmap(), operator new and exit().
 */
#ifndef TKA_HOOKS_H
#define TKA_HOOKS_H

#include <stddef.h>
#include <stdint.h>
#include <tka/memory.h>

#define EXPORT      __attribute__((visibility("default")))
#define COLD        __attribute__((noinline))
#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

struct tkah_real {
    void *(*malloc)(size_t);
    void (*free)(void *);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*memalign)(size_t, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*valloc)(size_t);
    void *(*pvalloc)(size_t);
    size_t (*usable)(void *);
};
extern struct tkah_real tkah_real;

/* By the first call of all. */
void tkah_find_real(void);
void tkah_begin(void);

/* Blocks that were given while the real ones were looked for; never freed. */
int tkah_is_spare(const void *block);
void *tkah_leave_spare(void *block, size_t size);

/* Whether the environment asks for exact tracking, as far as can be told before the C
 * library is ready. */
int tkah_wants_exact(void);

/* The program's own mappings of memory. */
#define TKAH_MAPS 4096u
extern struct tka_memory_map tkah_maps[TKAH_MAPS];

void tkah_called_from(const void *caller);
void tkah_note_new(void *block, size_t size, const void *place);
void tkah_note_delete(void *block);
void tkah_deleted(void);
void tkah_note_map(size_t size, const void *place);
void tkah_note_exit(uintptr_t frame);

#endif
