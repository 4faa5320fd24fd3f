/* Allocators of the program's own, and pointers in memory that is not malloc's. */
#define _GNU_SOURCE
#include "../leak.h"

#include <alloca.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

struct Arena {
    struct Arena *before;
    size_t used;
    char room[1000 - 16];
};
static struct Arena *arena;

LEAK_NOINLINE static void *arena_take(size_t bytes)
{
    char *place;

    if (!arena || sizeof arena->room - arena->used < bytes) {
        struct Arena *fresh = (struct Arena *)leak_block(sizeof *fresh);

        fresh->before = arena;
        arena = fresh;
    }
    place = arena->room + arena->used;
    arena->used += bytes;
    LEAK_ESCAPE(place);
    return place;
}

LEAK_NOINLINE static void arena_use(void)
{
    for (int i = 0; i < 100; i++) {
        memset(arena_take(48), i, 48);
    }
}

static void arena_free(void)
{
    while (arena) {
        struct Arena *before = arena->before;

        free(arena);
        arena = before;
    }
    LEAK_ESCAPE(&arena);
}

/* CLEAN arena_kept reachable=5 reachable_bytes=5000 */
static void arena_kept(void)
{
    arena_use();
}

/* CLEAN arena_freed */
static void arena_freed(void)
{
    arena_use();
    arena_free();
}

/* LEAK arena_dropped definite=1 bytes=1000 indirect=4 indirect_bytes=4000 */
static void arena_dropped(void)
{
    arena_use();
    arena = NULL;
    LEAK_ESCAPE(&arena);
}

/* An object in the arena holds memory of its own, which nobody frees. */
/* LEAK arena_object_owns definite=1 bytes=333 */
static void arena_object_owns(void)
{
    void **object = (void **)arena_take(sizeof *object);

    *object = leak_block(333);
    LEAK_ESCAPE(object);
    arena_free();
}

/* A pool with a list of free objects. */
/* CLEAN pool_kept reachable=1 reachable_bytes=2400 */
static void pool_kept(void)
{
    static struct LeakNode *free_nodes;
    struct LeakNode *nodes = (struct LeakNode *)leak_block(100 * sizeof *nodes);

    for (int i = 10; i < 100; i++) {
        nodes[i].next = free_nodes;
        free_nodes = &nodes[i];
    }
    LEAK_ESCAPE(&free_nodes);
}

/* A list of objects for later use, kept in place of free(). */
/* CLEAN free_list_kept reachable=30 reachable_bytes=720 */
static void free_list_kept(void)
{
    static struct LeakNode *free_nodes;

    free_nodes = leak_chain(30);
    LEAK_ESCAPE(&free_nodes);
}

LEAK_NOINLINE static void **own_mapping(void)
{
    void **area = (void **)mmap(NULL, 64 * 1024, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    leak_need(area != MAP_FAILED, "mmap failed");
    LEAK_ESCAPE(area);
    return area;
}

static void **mapping;

/* lsan takes globals, stacks and its own heap for roots, but no mappings of the program's
 * unless it registers them: a false alarm. */
/* CLEAN mapping_holds reachable=1 reachable_bytes=150 differs=lsan */
static void mapping_holds(void)
{
    mapping = own_mapping();
    mapping[1000] = leak_block(150);
    LEAK_ESCAPE(mapping);
}

/* The same, and then the program forbids writing to it. memcheck scans what can be
 * written only, lsan no mapping: false alarms. */
/* CLEAN mapping_read_only reachable=1 reachable_bytes=150 differs=lsan,memcheck */
static void mapping_read_only(void)
{
    mapping_holds();
    leak_need(mprotect(mapping, 64 * 1024, PROT_READ) == 0, "mprotect failed");
}

/* LEAK mapping_unmapped definite=1 bytes=150 */
static void mapping_unmapped(void)
{
    mapping = own_mapping();
    mapping[1000] = leak_block(150);
    LEAK_ESCAPE(mapping);
    munmap(mapping, 64 * 1024);
    mapping = NULL;
    LEAK_ESCAPE(&mapping);
}

/* LEAK mapping_overwritten definite=1 bytes=150 */
static void mapping_overwritten(void)
{
    mapping = own_mapping();
    mapping[1000] = leak_block(150);
    LEAK_ESCAPE(mapping);
    mapping[1000] = NULL;
    LEAK_ESCAPE(mapping);
}

LEAK_NOINLINE static void *from_stack(size_t bytes)
{
    void **local = (void **)alloca(bytes);

    local[3] = leak_block(64);
    LEAK_ESCAPE(local);
    return local[3];
}

/* CLEAN alloca_freed */
static void alloca_freed(void)
{
    free(from_stack(400));
}

/* The array on the stack that held the pointer is gone with its function. */
/* LEAK alloca_held definite=1 bytes=64 */
static void alloca_held(void)
{
    (void)from_stack(4000);
}

static stack_t signal_stack;

/* CLEAN signal_stack_kept reachable=1 reachable_bytes=65536 */
static void signal_stack_kept(void)
{
    signal_stack.ss_sp = leak_block(65536);
    signal_stack.ss_size = 65536;
    LEAK_ESCAPE(&signal_stack);
    leak_need(sigaltstack(&signal_stack, NULL) == 0, "sigaltstack failed");
}

/* Only the kernel knows where it is; the program can still ask. */
/* UNDECIDABLE signal_stack_in_kernel */
static void signal_stack_in_kernel(void)
{
    signal_stack_kept();
    signal_stack.ss_sp = NULL;
    LEAK_ESCAPE(&signal_stack);
}

static ucontext_t *coroutine, *caller;

static void coroutine_body(void)
{
    LEAK_HELD(block, leak_block(123));
    swapcontext(coroutine, caller);
    free(block);
}

/* A coroutine that stopped at its first yield, its stack and contexts on the heap: where
 * they are is for the scene to tell; the context of the caller is static. */
LEAK_NOINLINE static void start_coroutine(void)
{
    static ucontext_t of_caller;
    void *stack = leak_block(256 * 1024);

    coroutine = (ucontext_t *)leak_block(sizeof *coroutine);
    caller = &of_caller;
    getcontext(coroutine);
    coroutine->uc_stack.ss_sp = stack;
    coroutine->uc_stack.ss_size = 256 * 1024;
    coroutine->uc_link = caller;
    makecontext(coroutine, coroutine_body, 0);
    leak_need(swapcontext(caller, coroutine) == 0, "swapcontext failed");
    memset(&of_caller, 0, sizeof of_caller);
    LEAK_ESCAPE(&coroutine);
}

/* CLEAN coroutine_suspended reachable=3 */
static void coroutine_suspended(void)
{
    start_coroutine();
}

/* The context, the stack that it points to, and the block that a local on it points to.
 * lsan takes blocks allocated on a stack that it does not know for reachable. */
/* LEAK coroutine_abandoned definite=1 indirect=2 differs=lsan */
static void coroutine_abandoned(void)
{
    start_coroutine();
    coroutine = NULL;
    LEAK_ESCAPE(&coroutine);
}

/* The stack and the context are freed, what the coroutine's local held is not. lsan: see
 * above. */
/* LEAK coroutine_destroyed definite=1 bytes=123 differs=lsan */
static void coroutine_destroyed(void)
{
    start_coroutine();
    free(coroutine->uc_stack.ss_sp);
    free(coroutine);
    coroutine = NULL;
    LEAK_ESCAPE(&coroutine);
}

LEAK_MAIN(SCENE(arena_kept), SCENE(arena_freed), SCENE(arena_dropped),
          SCENE(arena_object_owns), SCENE(pool_kept), SCENE(free_list_kept),
          SCENE(mapping_holds), SCENE(mapping_read_only), SCENE(mapping_unmapped),
          SCENE(mapping_overwritten), SCENE(alloca_freed), SCENE(alloca_held),
          SCENE(signal_stack_kept), SCENE(signal_stack_in_kernel),
          SCENE(coroutine_suspended), SCENE(coroutine_abandoned),
          SCENE(coroutine_destroyed))
