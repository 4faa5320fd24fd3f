/* tka/memory.h - between the allocation hooks (libtka-mem, runtime/hooks) and the
 * runtime. Users do not include it.
 *
 * The hooks stand for the program's malloc and its kin, call the real ones and note
 * what they gave. What is done for every block is inline here; all that is rare is the
 * runtime's. A thread notes into rows (tka/live.h) that only it writes to: one for each
 * call path and place of the call.
 *
 * Cost of a malloc and its free, noted: see tests/bench/memory.sh.
 */
#ifndef TKA_MEMORY_H
#define TKA_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <tka/live.h>
#include <tka/probe.h>

/* In tka_scope.site of a scope whose node is known to this part: it is cleared by the
 * enter of the next activation. */
#define TKA_SCOPE_KNOWN 4u

#define TKA_MEMORY_PLACES_LOG2 7
#define TKA_MEMORY_PLACES (1u << TKA_MEMORY_PLACES_LOG2)
#define TKA_MEMORY_SCOPES 64u

/* Of a thread; in the hooks' thread storage.
 *
 * Rows are looked up by key = place ^ context ^ epoch, three numbers that have no bits in
 * common: a place has 48 at most, context is a number of the call path's node (8 bits,
 * from TKA_MEMORY_CONTEXT up), epoch is one of the process (the highest 8). So a
 * key of another path, or of another epoch, is not found, and context 0 finds nothing. */
struct tka_memory_thread {
    struct tka_scope *top;          /* whose node context stands for */
    uint64_t context;
    uintptr_t last;                 /* ~address of the last block */
    struct tka_memory_row *last_row; /* that was found last */
    int64_t until;                  /* bytes to go to the next sample; tracks: below 0 */
    struct tka_memory_row *own;     /* the thread's first row, for its frees; never NULL */
    uintptr_t stack_high;
    uint64_t epoch;                 /* the one of the hooks that it knows, or below */
    int32_t tracks;                 /* every block is tracked, none sampled */
    int32_t intensive;              /* inside of a function whose memory is tracked */
    uint32_t id;                    /* of the thread's rows */
    uint32_t contexts;              /* given so far */
    uint64_t root;                  /* context outside of all functions; 0 none yet */
    int64_t drift;                  /* tracked bytes that the process's sum lacks */
    uint64_t random;
    uintptr_t last_resized;         /* ~address */
    const void *caller;             /* of operator new, while it runs */
    struct tka_memory_row *set_aside; /* own, while an operator delete runs */
    struct {
        uint64_t key;
        struct tka_memory_row *row;
    } rows[TKA_MEMORY_PLACES];      /* by place */
    struct {
        const struct tka_scope *scope, *parent;
        struct tka_node *node;
        uint64_t context;
    } known[TKA_MEMORY_SCOPES];     /* by address of the scope */
};

#define TKA_MEMORY_CONTEXT (1ull << 48)
#define TKA_MEMORY_CONTEXTS 255u
#define TKA_MEMORY_EPOCH (1ull << 56)   /* the first; 255 of them */
/* Lower epochs. Of the hooks: 0 nothing is noted, or but that blocks are there. */
#define TKA_MEMORY_EARLY 2u
/* Of a thread: its blocks are the runtime's. */
#define TKA_MEMORY_OURS 1u

/* Shadow values: 0 no block begins here; else the id of its row, or NO_ROW, in the low
 * bits, and in the others how many of its usable bytes were not asked for, as far as that
 * can be told (SLACK_MOST: or more). */
#define TKA_SHADOW_NO_ROW 1u
#define TKA_SHADOW_ID_LOG2 20
#define TKA_SHADOW_ID(value) ((value) & ((1u << TKA_SHADOW_ID_LOG2) - 1))
#define TKA_SHADOW_SLACK(value) ((value) >> TKA_SHADOW_ID_LOG2)
#define TKA_SHADOW_SLACK_MOST 4095u

/* What the runtime needs of the hooks. */
struct tka_memory_hooks {
    int32_t version;
    uint64_t *epoch;                /* changes when threads must ask */
    size_t (*usable)(void *);       /* malloc_usable_size() of the real allocator */
    struct tka_memory_thread *(*thread)(void); /* the calling thread's */
    const uintptr_t *exit_frame;    /* of who called exit(); 0 nobody did */
    const struct tka_memory_map *maps; /* the program's own mmap()s */
    uint32_t map_count;
    int early;                      /* blocks are tracked since the process began */
    struct tka_memory_row *nowhere; /* own of a thread that has no row */
};
#define TKA_MEMORY_HOOKS 1

struct tka_memory_map {
    uintptr_t low, high;            /* 0: free */
};

#define TKA_MEMORY_FILTER_LOG2 14
#define TKA_MEMORY_FILTER (1u << TKA_MEMORY_FILTER_LOG2)
#define TKA_MEMORY_FILTER_ALWAYS 128u   /* blocks with this hash must be looked at */

#ifdef __cplusplus
extern "C" {
#endif

/* By the constructor of the hooks. */
void tka_memory_register(const struct tka_memory_hooks *hooks);

/* By tka/roles.h; and what stands behind it. */
int tka_memory_intensive(int exact) __attribute__((__weak__));

/* The row for a call from place under the scope, known from now on; NULL: note
 * nothing. frame: the end of the frame that place is in. */
struct tka_memory_row *tka_memory_find(struct tka_memory_thread *thread,
                                       struct tka_scope *top, const void *place,
                                       uintptr_t frame);

/* The block is the next sample. */
void tka_memory_sample(struct tka_memory_thread *thread, struct tka_memory_row *row,
                       void *block, size_t size);

/* The block may be a sample (its count in the filter is not 0), and goes. */
void tka_memory_unsample(void *block);

/* The thread's drift is large: add it to the process's sum. */
void tka_memory_settle(struct tka_memory_thread *thread);

/* A block of a row of another thread was freed. */
void tka_memory_foreign_free(struct tka_memory_row *row, size_t size);

/* Samples by a hash of their address: how many there are, and TKA_MEMORY_FILTER_ALWAYS.
 * Changed by atomic operations only. */
extern unsigned char tka_memory_filter[TKA_MEMORY_FILTER];

/* Rows by id; an id that is not known in this process has NULL. */
extern struct tka_memory_row **tka_memory_rows;
extern uint32_t tka_memory_row_end;     /* one past the highest id */
extern uint32_t tka_memory_row_first;   /* lower ids are of the process that forked us */

/* The shadow, see runtime/src/shadow.h: one word for each 16 bytes, by regions. */
extern uint32_t **tka_memory_shadow;
int tka_memory_shadow_grow(uintptr_t address);

#ifdef __cplusplus
}
#endif

#define TKA_SHADOW_REGION_LOG2 28
#define TKA_SHADOW_SLOT_LOG2 4
#define TKA_SHADOW_REGIONS (1u << 19)

static inline unsigned tka_memory_filter_slot(const void *block)
{
    return (uint32_t)(uintptr_t)block * 0x9e3779b1u >> (32 - TKA_MEMORY_FILTER_LOG2);
}

static inline unsigned tka_memory_place_slot(const void *place)
{
    return (uint32_t)(uintptr_t)place * 0x9e3779b1u >> (32 - TKA_MEMORY_PLACES_LOG2);
}

static inline unsigned tka_memory_scope_slot(const struct tka_scope *scope)
{
    return (unsigned)((uintptr_t)scope >> 5) % TKA_MEMORY_SCOPES;
}

/* Where the address's word is; NULL: nothing was ever stored near it. */
static inline uint32_t *tka_memory_shadow_word(uintptr_t address)
{
    uintptr_t region = address >> TKA_SHADOW_REGION_LOG2;
    uint32_t *words;

    if (__builtin_expect(tka_memory_shadow == NULL || region >= TKA_SHADOW_REGIONS, 0)) {
        return NULL;
    }
    words = __atomic_load_n(&tka_memory_shadow[region], __ATOMIC_RELAXED);
    return words == NULL ? NULL
                         : &words[(address & ((1u << TKA_SHADOW_REGION_LOG2) - 1)) >>
                                  TKA_SHADOW_SLOT_LOG2];
}

#endif
