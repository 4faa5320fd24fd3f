#include "leakroots.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "os.h"
#include "shadow.h"

/* glibc's arenas but the main one lie in heaps of this size and alignment:
 * HEAP_MAX_SIZE, unless huge pages are asked for by a tunable. */
#define ARENA_HEAP ((uintptr_t)64 << 20)
/* Below the stack pointer that a function may use without moving it. */
#define RED_ZONE 128u
/* Of struct pthread and the static thread-local storage beside it, no more. */
#define THREAD_MOST 4096u

/* One page map entry takes 20 ns, or 5 ms a GiB, and is asked for about three times. */
#define ADDRESSES_MOST ((uintptr_t)64 << 30)

extern void *__libc_stack_end __attribute__((weak));

struct search {
    struct tkai_leakroots *roots;
    const struct tkai_leakscan_input *input;
    uintptr_t here;                     /* where the calling thread's stack begins to count;
                                         * 0: nowhere, main() has returned */
    struct tkai_ranges own, without;
};

static int starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static int is_libc(const struct tkai_mapping *mapping)
{
    const char *name = tkai_mapping_base_name(mapping);

    return mapping->kind == TKAI_MAPPING_FILE &&
           (starts_with(name, "libc.so.6") || starts_with(name, "libc-2."));
}

/* "libtka" and a live file, which ends with ".tka" until it is removed. */
static int is_own_file(const struct tkai_mapping *mapping)
{
    const char *name = tkai_mapping_base_name(mapping);
    const char *end = strstr(name, ".tka");

    return mapping->kind == TKAI_MAPPING_FILE &&
           (starts_with(name, "libtka") ||
            (end != NULL && (end[4] == '\0' || end[4] == ' ')));
}

static int is_allocator_library(const struct tkai_mapping *mapping)
{
    const char *name = tkai_mapping_base_name(mapping);

    return mapping->kind == TKAI_MAPPING_FILE && starts_with(name, "lib") &&
           strstr(name, "malloc") != NULL;
}

static int lies_in_libc(const struct tkai_memorymap *map, uintptr_t address)
{
    for (size_t i = 0; i < map->count; i++) {
        if (address >= map->at[i].range.low && address < map->at[i].range.high) {
            return is_libc(&map->at[i]);
        }
    }
    return 0;
}

static void find_allocator(struct search *search)
{
    const struct tkai_leakscan_input *input = search->input;

    search->roots->is_glibc = input->allocator == TKAI_ALLOCATOR_GLIBC;
    if (input->allocator == TKAI_ALLOCATOR_UNKNOWN) {
        search->roots->is_glibc =
            lies_in_libc(&search->roots->map, (uintptr_t)input->usable_size);
    }
}

static void add_own(void *context, uintptr_t low, uintptr_t high)
{
    tkai_ranges_add(context, low, high);
}

static void find_own(struct search *search)
{
    const struct tkai_memorymap *map = &search->roots->map;

    for (size_t i = 0; i < search->input->own_count; i++) {
        add_own(&search->own, search->input->own[i].low, search->input->own[i].high);
    }
    add_own(&search->own, (uintptr_t)map->memory, (uintptr_t)map->memory + map->size);
    add_own(&search->own, (uintptr_t)search->roots->threads.at,
            (uintptr_t)(search->roots->threads.at + search->roots->threads.room));
    tkai_shadow_own(add_own, &search->own);
    for (size_t i = 0; i < map->count; i++) {
        if (is_own_file(&map->at[i]) ||
            (!search->roots->is_glibc && is_allocator_library(&map->at[i]))) {
            add_own(&search->own, map->at[i].range.low, map->at[i].range.high);
            tkai_mapping_add_data(&map->at[i], &search->own);
        }
    }
    tkai_ranges_sort(&search->own);
}

/* The first words of such a heap: its arena, which is in it or in an earlier one behind
 * the same words, the heap before, its size, and how much of it can be written. */
static int is_arena_heap(uintptr_t heap, uintptr_t *size)
{
    uintptr_t words[4];

    if (tkai_os_peek(words, (const void *)heap, sizeof words) != 0) {
        return 0;
    }
    *size = words[3];
    return words[0] >= ARENA_HEAP && words[0] % ARENA_HEAP >= sizeof words &&
           words[0] % ARENA_HEAP <= 128 && words[1] % ARENA_HEAP == 0 && words[2] != 0 &&
           words[2] <= words[3] && words[3] <= ARENA_HEAP && words[3] % 4096 == 0;
}

static void leave_out_arenas(struct search *search, struct tkai_range range)
{
    uintptr_t first = (range.low + ARENA_HEAP - 1) & ~(ARENA_HEAP - 1), size;

    for (uintptr_t low = first, high;
         low < range.high && tkai_pagemap_next(&search->roots->pages, &low, &high, range.high);
         low = (low + ARENA_HEAP) & ~(ARENA_HEAP - 1)) {
        if (low % ARENA_HEAP == 0 && is_arena_heap(low, &size)) {
            tkai_ranges_add(&search->without, low,
                            low + size < range.high ? low + size : range.high);
        }
    }
}

/* What of a stack counts begins at `from`, if that lies in it. */
static void leave_out_below(struct search *search, struct tkai_range stack, uintptr_t from)
{
    if (from >= stack.low && from < stack.high) {
        tkai_ranges_add(&search->without, stack.low, from);
    }
}

static void leave_out_stack(struct search *search, size_t at)
{
    struct tkai_leakroots *roots = search->roots;
    const struct tkai_thread_seen *thread;
    struct tkai_stack stack;

    if (!tkai_threads_stack(&roots->threads, &roots->map, at, &roots->pages, &stack)) {
        return;
    }
    thread = tkai_threads_on(&roots->threads, stack.range);
    if (thread != NULL) {
        leave_out_below(search, stack.range, thread->stack_pointer - RED_ZONE);
    } else if (!stack.is_live) {
        tkai_ranges_add(&search->without, stack.range.low, stack.range.high);
    } else {
        leave_out_below(search, stack.range, search->here);
    }
}

static const struct tkai_thread_seen *main_thread(const struct tkai_threads *threads)
{
    for (size_t i = 0; i < threads->count; i++) {
        if (threads->at[i].id == getpid()) {
            return &threads->at[i];
        }
    }
    return NULL;
}

static void leave_out_main_stack(struct search *search, struct tkai_range range)
{
    const struct tkai_thread_seen *thread = main_thread(&search->roots->threads);

    if (thread == NULL || thread->state == TKAI_THREAD_ENDED ||
        (thread->state == TKAI_THREAD_CALLER &&
         search->input->exit_kind == TKAI_EXIT_MAIN_RETURNED)) {
        leave_out_below(search, range, (uintptr_t)__libc_stack_end);
    } else if (thread->state == TKAI_THREAD_CALLER) {
        leave_out_below(search, range, search->here);
    } else if (thread->state == TKAI_THREAD_WAITS) {
        leave_out_below(search, range, thread->stack_pointer - RED_ZONE);
    }
}

static void leave_out_anonymous(struct search *search, size_t at)
{
    struct tkai_range range = search->roots->map.at[at].range;

    if (search->roots->is_glibc) {
        leave_out_arenas(search, range);
    } else if (tkai_shadow_touched(range.low, range.high)) {
        tkai_ranges_add(&search->without, range.low, range.high);
    }
    leave_out_stack(search, at);
}

static int may_hold_roots(const struct tkai_mapping *mapping)
{
    return mapping->readable &&
           (mapping->writable || mapping->kind == TKAI_MAPPING_ANONYMOUS) &&
           mapping->kind != TKAI_MAPPING_HEAP && mapping->kind != TKAI_MAPPING_KERNEL;
}

static void leave_out(struct search *search)
{
    const struct tkai_memorymap *map = &search->roots->map;

    for (size_t i = 0; i < search->own.count; i++) {
        tkai_ranges_add(&search->without, search->own.at[i].low, search->own.at[i].high);
    }
    for (size_t i = 0; i < map->count; i++) {
        if (!may_hold_roots(&map->at[i])) {
            continue;
        }
        if (map->at[i].kind == TKAI_MAPPING_ANONYMOUS) {
            leave_out_anonymous(search, i);
        } else if (map->at[i].kind == TKAI_MAPPING_STACK) {
            leave_out_main_stack(search, map->at[i].range);
        }
    }
}

/* Where glibc's allocator has its variables: in libc.so, or anywhere in a program linked
 * statically. */
static void find_libc_data(struct search *search)
{
    const struct tkai_memorymap *map = &search->roots->map;
    struct tkai_ranges *data = &search->roots->libc_data;

    for (size_t i = 0; search->roots->is_glibc && i < map->count; i++) {
        if (is_libc(&map->at[i])) {
            tkai_mapping_add_data(&map->at[i], data);
        }
    }
    for (size_t i = 0; search->roots->is_glibc && data->count == 0 && i < map->count; i++) {
        if (map->at[i].kind == TKAI_MAPPING_FILE &&
            tkai_mapping_add_data(&map->at[i], data) == 0) {
            break;
        }
    }
    tkai_ranges_sort(data);
    for (size_t i = 0; i < data->count; i++) {
        tkai_ranges_add(&search->without, data->at[i].low, data->at[i].high);
    }
}

/* In a program linked statically the main thread's local storage is what was first taken
 * of [heap]. */
static void add_static_storage(struct search *search, struct tkai_range heap)
{
    uintptr_t self = (uintptr_t)pthread_self();

    if (self >= heap.low && self < heap.high) {
        tkai_ranges_add(&search->roots->ranges, heap.low,
                        self + THREAD_MOST < heap.high ? self + THREAD_MOST : heap.high);
    }
}

static void add_rest(struct search *search)
{
    struct tkai_leakroots *roots = search->roots;

    for (size_t i = 0; i < roots->map.count; i++) {
        const struct tkai_mapping *mapping = &roots->map.at[i];

        if (may_hold_roots(mapping)) {
            tkai_ranges_add_rest(&roots->ranges, mapping->range, &search->without);
        } else if (mapping->kind == TKAI_MAPPING_HEAP) {
            add_static_storage(search, mapping->range);
        }
    }
    for (size_t i = 0; !roots->is_glibc && i < search->input->region_count; i++) {
        const struct tkai_range *region = &search->input->regions[i];

        if (!tkai_shadow_holds(region->low, region->high)) {
            tkai_ranges_add_rest(&roots->ranges, *region, &search->own);
        }
    }
}

/* Where only single pages are told of, in how much address space they are looked for. */
static int is_too_much(const struct tkai_leakroots *roots)
{
    uintptr_t sum = 0;

    for (size_t i = 0; i < roots->map.count; i++) {
        const struct tkai_mapping *mapping = &roots->map.at[i];

        sum += may_hold_roots(mapping) ? mapping->range.high - mapping->range.low : 0;
    }
    return !roots->pages.tells_runs && sum > ADDRESSES_MOST;
}

static void count_unseen(struct tkai_leakroots *roots)
{
    for (size_t i = 0; i < roots->threads.count; i++) {
        enum tkai_thread_state state = roots->threads.at[i].state;

        if (state == TKAI_THREAD_WAITS || state == TKAI_THREAD_RUNS) {
            roots->threads_unseen++;
        }
    }
}

const char *tkai_leakroots_find(struct tkai_leakroots *roots,
                                const struct tkai_leakscan_input *input, uintptr_t here,
                                struct tkai_range own)
{
    struct search search = {.roots = roots, .input = input, .here = here};
    int failed;

    *roots = (struct tkai_leakroots){.pages.fd = -1};
    if (&__libc_stack_end == NULL || __libc_stack_end == NULL) {
        return "the C library is not glibc";
    }
    if (tkai_threads_read(&roots->threads, input->own_thread) != 0) {
        return "/proc/self/task cannot be read";
    }
    if (tkai_memorymap_read(&roots->map) != 0) {
        return "/proc/self/maps cannot be read";
    }
    if (input->exit_kind == TKAI_EXIT_CALLED) {
        search.here = input->frame;
    }
    tkai_pagemap_open(&roots->pages);
    if (is_too_much(roots)) {
        return "more than 64 GiB of addresses are mapped";
    }
    tkai_ranges_add(&search.own, own.low, own.high);
    count_unseen(roots);
    find_allocator(&search);
    find_own(&search);
    leave_out(&search);
    find_libc_data(&search);
    tkai_ranges_sort(&search.without);
    add_rest(&search);
    failed = search.own.failed || search.without.failed || roots->ranges.failed ||
             roots->libc_data.failed;
    tkai_ranges_release(&search.own);
    tkai_ranges_release(&search.without);
    return failed ? "there is no memory for the scan" : NULL;
}

void tkai_leakroots_release(struct tkai_leakroots *roots)
{
    tkai_pagemap_close(&roots->pages);
    tkai_ranges_release(&roots->ranges);
    tkai_ranges_release(&roots->libc_data);
    tkai_threads_release(&roots->threads);
    tkai_memorymap_release(&roots->map);
}
