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
#define ALWAYS      inline __attribute__((always_inline))
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
extern struct tkah_real tkah_real __attribute__((visibility("hidden")));

/* Whether sizes of blocks may be read where the C library's malloc keeps them. */
#if defined TKAI_WRAP || !defined __x86_64__
#define tkah_reads_heads 0
#else
extern int tkah_reads_heads __attribute__((visibility("hidden")));
#endif

/* Until the first call of all they find the real ones. */
void tkah_ensure_real(void);
void tkah_begin(void);

/* Blocks that were given while the real ones were looked for; never freed. */
#ifdef TKAI_WRAP
#define TKAH_SPARE_SIZE 0u
static inline int tkah_is_spare(const void *block)
{
    (void)block;
    return 0;
}
#else
#define TKAH_SPARE_SIZE 65536u
extern char tkah_spare[TKAH_SPARE_SIZE];
static inline int tkah_is_spare(const void *block)
{
    return (size_t)((const char *)block - tkah_spare) < TKAH_SPARE_SIZE;
}
#endif
void *tkah_leave_spare(void *block, size_t size);

/* Whether the environment asks for exact tracking, as far as can be told before the C
 * library is ready. */
int tkah_wants_exact(void);

/* The program's own mappings of memory. */
#define TKAH_MAPS 4096u
extern struct tka_memory_map tkah_maps[TKAH_MAPS];

/* place: who asked; frame: the end of its frame. */
void *tkah_new(size_t size, const void *place, uintptr_t frame);
void tkah_called_from(const void *caller);
void tkah_note_new(void *block, size_t size, const void *place, uintptr_t frame);
void tkah_note_delete(void *block);
void tkah_deleted(void);
void tkah_note_map(size_t size, const void *place, uintptr_t frame);
void tkah_note_exit(uintptr_t frame);

#endif
