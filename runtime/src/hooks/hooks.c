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

static uint64_t epoch;
/* Frees that no row is known for. */
static struct tka_memory_row nowhere;
static __thread struct tka_memory_thread self
    __attribute__((tls_model("initial-exec"))) = {.own = &nowhere};

/* The address is computed once, and not anew for each member. */
static inline struct tka_memory_thread *own_self(void)
{
    struct tka_memory_thread *memory = &self;

    __asm__("" : "+r"(memory));
    return memory;
}

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
    TKA_MEMORY_HOOKS, &epoch, malloc_usable_size, thread_self, &exit_frame, MAPS, 0,
    &nowhere};

/* --- what is noted ------------------------------------------------------- */

/* From now on every block is looked at that is freed. */
static COLD void watch_all(void)
{
    static int watched;

    if (!__atomic_exchange_n(&watched, 1, __ATOMIC_ACQ_REL)) {
        for (unsigned i = 0; i < TKA_MEMORY_FILTER; i++) {
            __atomic_fetch_or(&tka_memory_filter[i], TKA_MEMORY_FILTER_ALWAYS,
                              __ATOMIC_RELAXED);
        }
    }
}

static COLD int set_shadow(void *block, uint32_t value)
{
    watch_all();
    if (tka_memory_shadow_grow((uintptr_t)block) != 0) {
        return -1;
    }
    *tka_memory_shadow_word((uintptr_t)block) = value;
    return 0;
}

/* 0; -1 there is no memory for it: the block is not followed. */
static inline int put_shadow(void *block, uint32_t value)
{
    uint32_t *word = tka_memory_shadow_word((uintptr_t)block);

    if (UNLIKELY(word == NULL)) {
        return set_shadow(block, value);
    }
    *word = value;
    return 0;
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

/* malloc_usable_size() of a block of the C library's heap is in the word before it. */
static inline int has_head(const void *block, size_t *usable)
{
    size_t head;

    if (UNLIKELY(!tkah_reads_heads)) {
        return 0;
    }
    __builtin_memcpy(&head, (const char *)block - sizeof head, sizeof head);
    *usable = (head & ~(size_t)7) - sizeof head;
    return (head & 2) == 0; /* not a mapping of its own */
}

static inline size_t usable_size(void *block)
{
    size_t usable;

    return has_head(block, &usable) ? usable : tkah_real.usable(block);
}

/* Tracked bytes that a thread has not yet told the process of: by so much for each
 * thread the process's peak may be told too low. */
static inline int is_far(int64_t drift)
{
    return (uint64_t)drift + 1024 > 2048;
}

/* What the shadow keeps of a block: its row, and what its usable bytes exceed those that
 * were asked for by. */
static inline uint32_t shadow_of(const struct tka_memory_row *row, size_t usable, size_t size)
{
    size_t slack = usable - size;

    slack = LIKELY(slack < TKA_SHADOW_SLACK_MOST) ? slack : TKA_SHADOW_SLACK_MOST;
    return row->id | (uint32_t)slack << TKA_SHADOW_ID_LOG2;
}

/* usable: less the slack. */
static inline void track(struct tka_memory_thread *memory, struct tka_memory_row *row,
                         size_t usable)
{
    uint64_t live;

    row->tracked++;
    row->tracked_bytes += usable;
    live = row->tracked_bytes - row->freed_bytes - row->foreign_freed_bytes;
    if (UNLIKELY(live > row->peak_bytes)) {
        row->peak_bytes = live;
    }
    memory->drift += (int64_t)usable;
}

/* Who called the hook, and the end of its frame: scopes below that are dead. */
#define PLACE __builtin_return_address(0), (uintptr_t)__builtin_dwarf_cfa()

/* Whether the scope, which was known, is the same activation still. Dead frames, which
 * a longjmp leaves on top, are not looked into. */
static inline int is_known(const struct tka_memory_thread *memory,
                           const struct tka_scope *top, uintptr_t frame)
{
    return (uintptr_t)top - frame < memory->stack_high - frame &&
           LIKELY((top->site & TKA_SCOPE_KNOWN) != 0);
}

/* The row where the scope or the place is another than before; NULL. */
static COLD struct tka_memory_row *find_row(struct tka_memory_thread *memory,
                                            const void *place, uintptr_t frame)
{
    struct tka_scope *top = tka_top;
    unsigned scope = tka_memory_scope_slot(top), slot = tka_memory_place_slot(place);
    uint64_t context = 0;

    if (memory->caller != NULL) {
        place = memory->caller;
        memory->caller = NULL;
        slot = tka_memory_place_slot(place);
    }
    if (memory->epoch == epoch && top == NULL) {
        context = memory->root;
    } else if (memory->epoch == epoch && memory->known[scope].scope == top &&
               is_known(memory, top, frame)) {
        context = memory->known[scope].context;
    }
    memory->last = 0;
    memory->last_row = memory->rows[slot].row;
    if (context != 0 && memory->rows[slot].key == ((uintptr_t)place ^ context ^ epoch)) {
        memory->top = top;
        memory->context = context;
    } else {
        memory->last_row = tka_memory_find(memory, top, place, frame);
    }
    return memory->last_row;
}

static inline void count(struct tka_memory_thread *memory, struct tka_memory_row *row,
                         void *block, size_t size)
{
    row->allocations++;
    row->bytes += size;
    row->sizes[(unsigned)__builtin_clzll(size | 1) ^ 63u]++;
    memory->last = ~(uintptr_t)block;
    memory->last_row = row;
}

static COLD void *follow_far(void *block, size_t size, struct tka_memory_row *row)
{
    struct tka_memory_thread *memory = own_self();

    if (memory->tracks) {
        size_t usable = usable_size(block);
        uint32_t shadow = shadow_of(row, usable, size);

        if (put_shadow(block, shadow) == 0) {
            track(memory, row, usable - TKA_SHADOW_SLACK(shadow));
        }
    } else {
        tka_memory_sample(memory, row, block, size);
    }
    return block;
}

static COLD void *settle(struct tka_memory_thread *memory, void *block)
{
    tka_memory_settle(memory);
    return block;
}

/* The block is tracked, or is a sample. Calls nothing but last, here as in free_tracked():
 * so no registers are saved. */
static COLD void *follow(void *block, size_t size, struct tka_memory_row *row)
{
    struct tka_memory_thread *memory = own_self();
    uint32_t *word = tka_memory_shadow_word((uintptr_t)block);
    size_t usable;

    if (UNLIKELY(!memory->tracks || word == NULL || !has_head(block, &usable))) {
        return follow_far(block, size, row);
    }
    *word = shadow_of(row, usable, size);
    track(memory, row, usable - TKA_SHADOW_SLACK(*word));
    return UNLIKELY(is_far(memory->drift)) ? settle(memory, block) : block;
}

static inline void *note_in_row(struct tka_memory_thread *memory, void *block, size_t size,
                                struct tka_memory_row *row)
{
    count(memory, row, block, size);
    return UNLIKELY((memory->until -= (int64_t)size) < 0) ? follow(block, size, row) : block;
}

static COLD void *note_far(void *block, size_t size, const void *place, uintptr_t frame)
{
    struct tka_memory_row *row;

    if (epoch > TKA_MEMORY_EARLY) {
        row = find_row(&self, place, frame);
        if (LIKELY(row != NULL)) {
            return note_in_row(&self, block, size, row);
        }
    }
    if (early || self.tracks) {
        put_shadow(block, TKA_SHADOW_NO_ROW);
    }
    return block;
}

/* Returns the block, so that it may be the last that a hook does. */
static inline void *note(void *block, size_t size, const void *place, uintptr_t frame)
{
    struct tka_memory_thread *memory = own_self();
    const struct tka_scope *top = tka_top;
    unsigned slot = tka_memory_place_slot(place);
    uint64_t context = memory->root;

    if (UNLIKELY(block == NULL)) {
        return NULL;
    }
    if (top != NULL) {
        if (UNLIKELY(top != memory->top) ||
            UNLIKELY(!is_known(memory, top, (uintptr_t)__builtin_dwarf_cfa()))) {
            return note_far(block, size, place, frame);
        }
        context = memory->context;
    }
    if (UNLIKELY(memory->rows[slot].key != ((uintptr_t)place ^ context ^ epoch))) {
        return note_far(block, size, place, frame);
    }
    return note_in_row(memory, block, size, memory->rows[slot].row);
}

/* The row of a block by its shadow; NULL: none, or of the process that forked us. */
static inline struct tka_memory_row *row_of(uint32_t value)
{
    uint32_t id = TKA_SHADOW_ID(value);

    return id >= tka_memory_row_first ? tka_memory_rows[id] : NULL;
}

static inline void untrack(struct tka_memory_thread *memory, struct tka_memory_row *row,
                           size_t usable)
{
    row->freed++;
    row->freed_bytes += usable;
    memory->drift -= (int64_t)usable;
}

/* What is known of a block that goes; before it does, as its address may be given to
 * another thread at once. The shadow's value. */
static uint32_t forget(struct tka_memory_thread *memory, void *block)
{
    uint32_t value = tka_memory_shadow != NULL ? take_shadow(block) : 0;
    struct tka_memory_row *row = row_of(value);

    if (row != NULL && row->thread == memory->id) {
        untrack(memory, row, usable_size(block) - TKA_SHADOW_SLACK(value));
    } else if (row != NULL) {
        size_t usable = usable_size(block) - TKA_SHADOW_SLACK(value);

        tka_memory_foreign_free(row, usable);
        memory->drift -= (int64_t)usable;
    }
    if (is_far(memory->drift)) {
        tka_memory_settle(memory);
    }
    if (UNLIKELY((tka_memory_filter[tka_memory_filter_slot(block)] &
                  (TKA_MEMORY_FILTER_ALWAYS - 1)) != 0)) {
        tka_memory_unsample(block);
    }
    return value;
}

static inline void note_released(struct tka_memory_thread *memory, const void *block)
{
    if (memory->last == ~(uintptr_t)block) {
        memory->last = 0;
        memory->last_row->temporary++;
    }
    memory->own->released++;
}

/* --- the real ones ------------------------------------------------------- */

#ifdef TKAI_WRAP
#define HOOK(name)                 __wrap_##name
#define REAL(name)                 __real_##name
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
#endif

EXPORT void *HOOK(malloc)(size_t size)
{
    void *block;

    if (epoch == 0) {
        return REAL(malloc)(size);
    }
    block = REAL(malloc)(size);
    return note(block, size, PLACE);
}

/* Blocks with this hash must be looked at: NULL, those of real.c, samples, and all of
 * them where any is tracked. */
static COLD void free_far(void *block)
{
    struct tka_memory_thread *memory = own_self();

    if (block == NULL || tkah_is_spare(block)) {
        return;
    }
    note_released(memory, block);
    forget(memory, block);
    REAL(free)(block);
}

static COLD void free_tracked(void *block)
{
    struct tka_memory_thread *memory = own_self();
    uint32_t *word = tka_memory_shadow_word((uintptr_t)block);
    struct tka_memory_row *row;
    size_t usable;

    if (UNLIKELY(word == NULL || (row = row_of(*word)) == NULL ||
                 row->thread != memory->id || !has_head(block, &usable)) ||
        UNLIKELY(tka_memory_filter[tka_memory_filter_slot(block)] !=
                 TKA_MEMORY_FILTER_ALWAYS) ||
        UNLIKELY(is_far(memory->drift))) {
        free_far(block);
        return;
    }
    usable -= TKA_SHADOW_SLACK(*word);
    *word = 0;
    note_released(memory, block);
    untrack(memory, row, usable);
    REAL(free)(block);
}

/* There is nothing to ask whether something is noted: then nothing is known. */
EXPORT void HOOK(free)(void *block)
{
    if (UNLIKELY(tka_memory_filter[tka_memory_filter_slot(block)] != 0)) {
        free_tracked(block);
        return;
    }
    note_released(own_self(), block);
    REAL(free)(block);
}

EXPORT void *HOOK(calloc)(size_t count, size_t size)
{
    if (epoch == 0) {
        return REAL(calloc)(count, size);
    }
    return note(REAL(calloc)(count, size), count * size, PLACE);
}

/* What is known of the old block goes before it does, and comes back if it stays. */
struct resizing {
    size_t usable;
    uint32_t shadow;
    int is_ladder;
};

static struct resizing before_resize(struct tka_memory_thread *memory, void *block)
{
    struct resizing r = {usable_size(block), 0,
                         memory->last_resized == ~(uintptr_t)block};

    memory->last = 0;
    note_released(memory, block);
    r.shadow = forget(memory, block);
    return r;
}

static void after_resize(struct tka_memory_thread *memory, const struct resizing *r,
                         void *old, void *block, size_t size)
{
    struct tka_memory_row *row = memory->last_row;

    if (memory->last != ~(uintptr_t)block) {
        return; /* it was not noted */
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

/* The block stays. If it was a sample it is one no more: rare, and it was of one block. */
static COLD void keep(struct tka_memory_thread *memory, void *block,
                      const struct resizing *r)
{
    struct tka_memory_row *row = row_of(r->shadow);
    size_t bytes = r->usable - TKA_SHADOW_SLACK(r->shadow);

    memory->own->released--;
    if (r->shadow != 0) {
        put_shadow(block, r->shadow);
    }
    if (row != NULL && row->thread == memory->id) {
        row->freed--;
        row->freed_bytes -= bytes;
    } else if (row != NULL) {
        __atomic_fetch_sub(&row->foreign_freed, 1, __ATOMIC_RELAXED);
        __atomic_fetch_sub(&row->foreign_freed_bytes, bytes, __ATOMIC_RELAXED);
    }
    memory->drift += row != NULL ? (int64_t)bytes : 0;
}

static void *resize(void *old, size_t size, const void *place, uintptr_t frame)
{
    struct tka_memory_thread *memory = &self;
    struct resizing r = before_resize(memory, old);
    void *block = REAL(realloc)(old, size);

    if (block != NULL) {
        note(block, size, place, frame);
        after_resize(memory, &r, old, block, size);
    } else if (size != 0) {
        keep(memory, old, &r);
    }
    return block;
}

static COLD void *resize_spare(void *old, size_t size, const void *place, uintptr_t frame)
{
    void *block = tkah_leave_spare(old, size);

    return epoch != 0 ? note(block, size, place, frame) : block;
}

static inline void *resize_from(void *old, size_t size, const void *place, uintptr_t frame)
{
    if (old == NULL) {
        return epoch != 0 ? note(REAL(malloc)(size), size, place, frame) : REAL(malloc)(size);
    }
    if (UNLIKELY(tkah_is_spare(old))) {
        return resize_spare(old, size, place, frame);
    }
    return epoch != 0 ? resize(old, size, place, frame) : REAL(realloc)(old, size);
}

EXPORT void *HOOK(realloc)(void *old, size_t size)
{
    return resize_from(old, size, PLACE);
}

EXPORT void *HOOK(reallocarray)(void *old, size_t count, size_t size)
{
    size_t whole;

    if (__builtin_mul_overflow(count, size, &whole)) {
        errno = ENOMEM;
        return NULL;
    }
    return resize_from(old, whole, PLACE);
}

static inline void *note_if_on(void *block, size_t size, const void *place, uintptr_t frame)
{
    return epoch != 0 ? note(block, size, place, frame) : block;
}

EXPORT void *HOOK(memalign)(size_t alignment, size_t size)
{
    return note_if_on(REAL(memalign)(alignment, size), size, PLACE);
}

EXPORT void *HOOK(aligned_alloc)(size_t alignment, size_t size)
{
    return note_if_on(REAL(aligned_alloc)(alignment, size), size,
                      PLACE);
}

EXPORT int HOOK(posix_memalign)(void **to, size_t alignment, size_t size)
{
    int error = REAL(posix_memalign)(to, alignment, size);

    if (error == 0) {
        note_if_on(*to, size, PLACE);
    }
    return error;
}

EXPORT void *HOOK(valloc)(size_t size)
{
    return note_if_on(REAL(valloc)(size), size, PLACE);
}

EXPORT void *HOOK(pvalloc)(size_t size)
{
    return note_if_on(REAL(pvalloc)(size), size, PLACE);
}

/* --- others -------------------------------------------------------------- */

/* operator new where it is no more than malloc. */
void *tkah_new(size_t size, const void *place, uintptr_t frame)
{
    void *block = REAL(malloc)(size + (size == 0));

    return epoch != 0 ? note(block, size, place, frame) : block;
}

/* Where it is more, and may call malloc: who called it is the place. */
void tkah_called_from(const void *caller)
{
    self.caller = caller;
    self.root = self.context = 0; /* find_row() is to see it */
}

/* One that an allocator brings takes its blocks without malloc; what it asks malloc for
 * are others. */
void tkah_note_new(void *block, size_t size, const void *place, uintptr_t frame)
{
    self.caller = NULL;
    if (self.last != ~(uintptr_t)block) {
        note_if_on(block, size, place, frame);
    }
}

/* Noted here, whether or not it calls free(), or another operator delete. */
void tkah_note_delete(void *block)
{
    struct tka_memory_thread *memory = &self;

    if (memory->set_aside == NULL) {
        note_released(memory, block);
        forget(memory, block);
        memory->set_aside = memory->own;
        memory->own = &nowhere;
    }
}

void tkah_deleted(void)
{
    struct tka_memory_thread *memory = &self;

    if (memory->set_aside != NULL) {
        memory->own = memory->set_aside;
        memory->set_aside = NULL;
    }
}

void tkah_note_map(size_t size, const void *place, uintptr_t frame)
{
    struct tka_memory_row *row = epoch > TKA_MEMORY_EARLY ? find_row(&self, place, frame) : NULL;

    if (row != NULL) {
        row->mapped++;
        row->mapped_bytes += size;
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
    epoch = early ? TKA_MEMORY_EARLY : 0;
    if (tkah_real.usable == NULL) {
        tkah_real.usable = malloc_usable_size;
    }
}

static __attribute__((constructor(101))) void begin(void)
{
    static struct tka_memory_hooks registered;

#ifdef TKAI_WRAP
    tkah_begin();
    early = 0; /* what the C library allocates for itself is not seen: no verdict */
#else
    tkah_ensure_real();
#endif
    __atomic_fetch_or(&tka_memory_filter[tka_memory_filter_slot(NULL)],
                      TKA_MEMORY_FILTER_ALWAYS, __ATOMIC_RELAXED);
    registered = hooks;
    registered.early = early;
    tka_memory_register(&registered);
}
