/* libtka-mem: stands for malloc and its kin, calls the real ones, and notes what they
 * gave (tka/memory.h).
 *
 * Two ways to be linked. By interposition, as a shared library in front of the C
 * library's (or linked into the program): the real ones are those that come next
 * (dlsym(3), RTLD_NEXT), an allocator that the program brings among them. Or, with
 * TKAI_WRAP, for static programs and allocators linked statically, by the linker's
 * --wrap, which sees calls from objects that are linked then.
 */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <tka/memory.h>

#include "hooks.h"

static volatile int32_t epoch;
static __thread struct tka_memory_thread self
    __attribute__((tls_model("initial-exec")));

struct tkah_real tkah_real;
static int early;                   /* blocks are tracked since the process began */
static uintptr_t exit_frame;

static struct tka_memory_thread *thread_self(void)
{
    return &self;
}

/* With --wrap the program's mappings are not seen. */
#ifdef TKAI_WRAP
#define MAPS NULL, 0
#else
#define MAPS tkah_maps, TKAH_MAPS
#endif
static const struct tka_memory_hooks hooks = {
    TKA_MEMORY_HOOKS, &epoch, malloc_usable_size, thread_self, &exit_frame, MAPS, 0};

/* --- what is noted ------------------------------------------------------- */

static inline int is_noting(void)
{
    return epoch != 0;
}

static COLD void set_shadow(void *block, uint32_t value)
{
    if (tka_memory_shadow_grow((uintptr_t)block) == 0) {
        *tka_memory_shadow_word((uintptr_t)block) = value;
    }
}

static inline void put_shadow(void *block, uint32_t value)
{
    uint32_t *word = tka_memory_shadow_word((uintptr_t)block);

    if (LIKELY(word != NULL)) {
        *word = value;
    } else {
        set_shadow(block, value);
    }
}

static inline uint32_t take_shadow(void *block)
{
    uint32_t *word = tka_memory_shadow_word((uintptr_t)block);
    uint32_t value = word != NULL ? *word : 0;

    if (value != 0) {
        *word = 0;
    }
    return value;
}

static inline void add_drift(struct tka_memory_thread *memory, int64_t bytes)
{
    memory->drift += bytes;
    if (UNLIKELY((uint64_t)memory->drift + 65536 > 131072)) {
        tka_memory_settle(memory);
    }
}

static inline void track(struct tka_memory_thread *memory, struct tka_memory_row *row,
                         void *block, size_t size)
{
    size_t usable = tkah_real.usable(block), slack = usable - size;
    uint64_t live;

    slack = slack < TKA_SHADOW_SLACK_MOST ? slack : TKA_SHADOW_SLACK_MOST;
    usable -= slack;
    put_shadow(block, row->id | (uint32_t)slack << TKA_SHADOW_ID_LOG2);
    row->tracked++;
    row->tracked_bytes += usable;
    live = row->tracked_bytes - row->freed_bytes - row->foreign_freed_bytes;
    if (live > row->peak_bytes) {
        row->peak_bytes = live;
    }
    add_drift(memory, (int64_t)usable);
}

/* The row for a block that place asked for. */
static inline struct tka_memory_row *row_of(struct tka_memory_thread *memory,
                                            const void *place)
{
    struct tka_scope *top = tka_top;
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);

    if (LIKELY(top == memory->top && place == memory->place && memory->row != NULL &&
               memory->epoch == epoch) &&
        (top == NULL || ((uintptr_t)top - frame < memory->stack_high - frame &&
                         LIKELY((top->site & TKA_SCOPE_KNOWN) != 0)))) {
        return memory->row;
    }
    return tka_memory_find(memory, top, place, frame);
}

static inline struct tka_memory_row *note(void *block, size_t size, const void *place)
{
    struct tka_memory_thread *memory = &self;
    struct tka_memory_row *row;

    if (memory->caller != NULL) {
        place = memory->caller;
        memory->caller = NULL;
    }
    row = row_of(memory, place);
    if (UNLIKELY(row == NULL)) {
        if (early || memory->tracks) {
            put_shadow(block, TKA_SHADOW_NO_ROW);
        }
        return NULL;
    }
    row->allocations++;
    row->bytes += size;
    row->sizes[63 - __builtin_clzll(size | 1)]++;
    memory->last = ~(uintptr_t)block;
    memory->last_row = row;
    if (memory->tracks) {
        track(memory, row, block, size);
    } else if (UNLIKELY((memory->until -= (int64_t)size) < 0)) {
        tka_memory_sample(memory, row, block, size);
    }
    return row;
}

/* A block was given while nothing is noted. */
static inline void note_early(void *block)
{
    if (UNLIKELY(early)) {
        put_shadow(block, TKA_SHADOW_NO_ROW);
    }
}

static inline void note_block(void *block, size_t size, const void *place)
{
    if (block == NULL) {
        return;
    }
    if (is_noting()) {
        note(block, size, place);
    } else {
        note_early(block);
    }
}

static COLD void forget_tracked(struct tka_memory_thread *memory, void *block,
                                uint32_t value)
{
    uint32_t id = TKA_SHADOW_ID(value);
    struct tka_memory_row *row = NULL;
    size_t usable;

    if (id > TKA_SHADOW_NO_ROW && id >= tka_memory_row_first) {
        row = tka_memory_rows[id];
    }
    if (row == NULL) {
        return;
    }
    usable = tkah_real.usable(block) - TKA_SHADOW_SLACK(value);
    if (row->thread == memory->id) {
        row->freed++;
        row->freed_bytes += usable;
    } else {
        tka_memory_foreign_free(row, usable);
    }
    add_drift(memory, -(int64_t)usable);
}

/* What is known of a block that goes; before it does, as its address may be given to
 * another thread at once. The shadow's value. */
static inline uint32_t forget(struct tka_memory_thread *memory, void *block)
{
    uint32_t value = 0;

    if (tka_memory_shadow != NULL && (value = take_shadow(block)) != 0) {
        forget_tracked(memory, block, value);
    }
    if (UNLIKELY(tka_memory_filter[tka_memory_filter_slot(block)] != 0)) {
        tka_memory_unsample(block);
    }
    return value;
}

static inline void note_released(struct tka_memory_thread *memory)
{
    if (LIKELY(memory->own != NULL && memory->epoch == epoch)) {
        memory->own->released++;
    }
}

static inline void note_free(void *block)
{
    struct tka_memory_thread *memory = &self;

    if (memory->deleting == ~(uintptr_t)block) {
        memory->deleting = 0;
        return;
    }
    if (memory->last == ~(uintptr_t)block) {
        memory->last = 0;
        memory->last_row->temporary++;
    }
    note_released(memory);
    forget(memory, block);
}

/* --- the real ones ------------------------------------------------------- */

#ifdef TKAI_WRAP
#define HOOK(name)                 __wrap_##name
#define REAL(name)                 __real_##name
#define ENSURE()                   ((void)0)
#define WRAPPED(type, name, ...)                                                         \
    type __real_##name(__VA_ARGS__);                                                     \
    type __wrap_##name(__VA_ARGS__)

WRAPPED(void *, malloc, size_t);
WRAPPED(void, free, void *);
WRAPPED(void *, calloc, size_t, size_t);
WRAPPED(void *, realloc, void *, size_t);
WRAPPED(void *, reallocarray, void *, size_t, size_t);
WRAPPED(void *, memalign, size_t, size_t);
WRAPPED(void *, aligned_alloc, size_t, size_t);
WRAPPED(int, posix_memalign, void **, size_t, size_t);
WRAPPED(void *, valloc, size_t);
WRAPPED(void *, pvalloc, size_t);
#else
#define HOOK(name)                 name
#define REAL(name)                 tkah_real.name
#define ENSURE()                                                                         \
    do {                                                                                 \
        if (UNLIKELY(tkah_real.malloc == NULL)) {                                        \
            tkah_find_real();                                                            \
        }                                                                                \
    } while (0)
#endif

EXPORT void *HOOK(malloc)(size_t size)
{
    void *block;

    ENSURE();
    block = REAL(malloc)(size);
    note_block(block, size, __builtin_return_address(0));
    return block;
}

EXPORT void HOOK(free)(void *block)
{
    if (block == NULL || tkah_is_spare(block)) {
        return;
    }
    if (is_noting()) {
        note_free(block);
    } else if (UNLIKELY(early)) {
        take_shadow(block);
    }
    REAL(free)(block);
}

EXPORT void *HOOK(calloc)(size_t count, size_t size)
{
    void *block;

    ENSURE();
    block = REAL(calloc)(count, size);
    note_block(block, count * size, __builtin_return_address(0));
    return block;
}

/* What is known of the old block goes before it does, and comes back if it stays. */
struct resizing {
    size_t usable;
    uint32_t shadow;
    int is_ladder;
};

static COLD struct resizing before_resize(struct tka_memory_thread *memory, void *block)
{
    struct resizing r = {tkah_real.usable(block), 0,
                         memory->last_resized == ~(uintptr_t)block};

    memory->last = 0;
    note_released(memory);
    r.shadow = forget(memory, block);
    return r;
}

static COLD void after_resize(struct tka_memory_row *row, const struct resizing *r,
                              void *old, void *block, size_t size)
{
    struct tka_memory_thread *memory = &self;

    if (row == NULL) {
        return;
    }
    memory->last = 0;
    memory->last_resized = ~(uintptr_t)block;
    row->resized++;
    row->grown += size > r->usable;
    row->ladders += !r->is_ladder;
    if (block != old) {
        row->moved_bytes += size < r->usable ? size : r->usable;
    }
}

static COLD void *resize_noted(void *old, size_t size, const void *place)
{
    struct resizing r = before_resize(&self, old);
    void *block = REAL(realloc)(old, size);

    if (block != NULL) {
        after_resize(note(block, size, place), &r, old, block, size);
    } else if (size != 0) {
        /* it stays: as a new block of this place, which is where it was wanted larger */
        note(old, r.usable - TKA_SHADOW_SLACK(r.shadow), place);
    }
    return block;
}

EXPORT void *HOOK(realloc)(void *old, size_t size)
{
    void *block;

    ENSURE();
    if (UNLIKELY(old != NULL && tkah_is_spare(old))) {
        block = tkah_leave_spare(old, size);
    } else if (old != NULL && is_noting()) {
        return resize_noted(old, size, __builtin_return_address(0));
    } else {
        if (UNLIKELY(early) && old != NULL) {
            take_shadow(old);
        }
        block = REAL(realloc)(old, size);
        if (UNLIKELY(early) && block == NULL && old != NULL && size != 0) {
            note_early(old);
        }
    }
    note_block(block, size, __builtin_return_address(0));
    return block;
}

EXPORT void *HOOK(reallocarray)(void *old, size_t count, size_t size)
{
    size_t whole;

    if (__builtin_mul_overflow(count, size, &whole)) {
        errno = ENOMEM;
        return NULL;
    }
    if (is_noting()) {
        self.caller = __builtin_return_address(0);
    }
    return HOOK(realloc)(old, whole);
}

EXPORT void *HOOK(memalign)(size_t alignment, size_t size)
{
    void *block;

    ENSURE();
    block = REAL(memalign)(alignment, size);
    note_block(block, size, __builtin_return_address(0));
    return block;
}

EXPORT void *HOOK(aligned_alloc)(size_t alignment, size_t size)
{
    void *block;

    ENSURE();
    block = REAL(aligned_alloc)(alignment, size);
    note_block(block, size, __builtin_return_address(0));
    return block;
}

EXPORT int HOOK(posix_memalign)(void **to, size_t alignment, size_t size)
{
    int error;

    ENSURE();
    error = REAL(posix_memalign)(to, alignment, size);
    if (error == 0) {
        note_block(*to, size, __builtin_return_address(0));
    }
    return error;
}

EXPORT void *HOOK(valloc)(size_t size)
{
    void *block;

    ENSURE();
    block = REAL(valloc)(size);
    note_block(block, size, __builtin_return_address(0));
    return block;
}

EXPORT void *HOOK(pvalloc)(size_t size)
{
    void *block;

    ENSURE();
    block = REAL(pvalloc)(size);
    note_block(block, size, __builtin_return_address(0));
    return block;
}

/* --- others -------------------------------------------------------------- */

/* operator new calls malloc from the C++ library: who called it is the place. */
void tkah_called_from(const void *caller)
{
    self.caller = caller;
}

/* One that an allocator brings takes its blocks without malloc. */
void tkah_note_new(void *block, size_t size, const void *place)
{
    if (self.caller != NULL) {
        self.caller = NULL;
        note_block(block, size, place);
    }
}

/* Noted here, whether or not it calls free(), or another operator delete. */
void tkah_note_delete(void *block)
{
    if (self.deleting == ~(uintptr_t)block) {
        return;
    }
    if (is_noting()) {
        note_free(block);
        self.deleting = ~(uintptr_t)block;
    } else if (UNLIKELY(early)) {
        take_shadow(block);
    }
}

void tkah_deleted(void)
{
    self.deleting = 0;
}

void tkah_note_map(size_t size, const void *place)
{
    if (is_noting()) {
        struct tka_memory_row *row = row_of(&self, place);

        if (row != NULL) {
            row->mapped++;
            row->mapped_bytes += size;
        }
    }
}

void tkah_note_exit(uintptr_t frame)
{
    exit_frame = frame;
}

/* The first call of all, long before constructors run. */
void tkah_begin(void)
{
    early = tkah_wants_exact();
    if (tkah_real.usable == NULL) {
        tkah_real.usable = malloc_usable_size;
    }
}

static __attribute__((constructor(101))) void begin(void)
{
    static struct tka_memory_hooks registered;

    ENSURE();
#ifdef TKAI_WRAP
    tkah_begin();
#endif
    registered = hooks;
    registered.early = early;
    tka_memory_register(&registered);
}
