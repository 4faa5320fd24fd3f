#include "leakscan.h"

#include <string.h>

#include "blockset.h"
#include "os.h"
#include "shadow.h"

enum { REACHED, SEEN, LEADER, CLAIMED };

#define BUFFER ((size_t)256 << 10)
/* A program may have overwritten what its allocator knows of a block's size. */
#define SIZE_MOST ((size_t)1 << 46)
/* Blocks that other threads may add between counting them and copying the process. */
#define SPARE_BLOCKS ((size_t)1 << 20)

/* What a copy of the process finds, in memory that is shared with it. */
struct report {
    struct tkai_leakscan_result result;
    size_t room, count;
    struct tkai_leak_block blocks[];
};

struct scan {
    const struct tkai_leakscan_input *input;
    struct tkai_leakroots roots;
    struct tkai_ranges readable;
    struct tkai_range last_readable;
    struct tkai_blockset blocks;
    uintptr_t *stack;                   /* blocks to be scanned */
    size_t depth, room;
    unsigned char *buffer;
    int mark;                           /* that blocks get which are found */
    int only_lost;                      /* those REACHED are not followed */
    int from_libc;                      /* words are of libc's data */
    struct tkai_leakscan_result *result;
};

static size_t usable_size(const struct scan *scan, uintptr_t block)
{
    size_t size = scan->input->usable_size((void *)block);

    return size < 16 || size > SIZE_MOST ? 16 : size;
}

/* The block that a word points into; 0. */
static uintptr_t find_block(const struct scan *scan, uintptr_t word)
{
    uintptr_t block;

    if (tkai_blockset_region(&scan->blocks, word) == NULL) {
        return 0;
    }
    if (tkai_blockset_begins(&scan->blocks, word)) {
        block = word & ~(uintptr_t)15;
    } else {
        size_t size;

        block = tkai_blockset_before(&scan->blocks, word);
        if (block == 0) {
            return 0;
        }
        size = usable_size(scan, block);
        if (word - block >= size) {
            return 0;
        }
        if (scan->from_libc && size - (word - block) <= sizeof(void *)) {
            return 0;
        }
    }
    return block;
}

static void take_word(struct scan *scan, uintptr_t word)
{
    uintptr_t block = find_block(scan, word);

    if (block == 0 || (scan->only_lost && tkai_blockset_has(&scan->blocks, block, REACHED)) ||
        tkai_blockset_mark(&scan->blocks, block, scan->mark)) {
        return;
    }
    scan->stack[scan->depth++] = block;
}

static void take_words(struct scan *scan, const uintptr_t *words, size_t count)
{
    uintptr_t low = scan->blocks.first << TKAI_BLOCKSET_REGION_BITS;
    uintptr_t size = (scan->blocks.last + 1 - scan->blocks.first) << TKAI_BLOCKSET_REGION_BITS;

    for (size_t i = 0; i < count; i++) {
        if (words[i] - low < size) {
            take_word(scan, words[i]);
        }
    }
}

/* Of memory that may not be there, or not be readable. */
static void take_unsure(struct scan *scan, uintptr_t low, uintptr_t high)
{
    const size_t page = scan->roots.pages.page_size;

    while (low < high) {
        size_t size = high - low < BUFFER ? high - low : BUFFER;

        if (tkai_os_peek(scan->buffer, (const void *)low, size) != 0) {
            size = page - low % page < size ? page - low % page : size;
            if (tkai_os_peek(scan->buffer, (const void *)low, size) != 0) {
                low += size;
                continue;
            }
        }
        take_words(scan, (const uintptr_t *)(const void *)scan->buffer,
                   size / sizeof(uintptr_t));
        low += size;
    }
}

/* A program may have taken away the right to read its block, or part of it. */
static int is_readable(struct scan *scan, uintptr_t low, uintptr_t high)
{
    size_t at;

    if (low >= scan->last_readable.low && high <= scan->last_readable.high) {
        return 1;
    }
    at = tkai_ranges_find(&scan->readable, low);
    if (at == scan->readable.count || low < scan->readable.at[at].low ||
        high > scan->readable.at[at].high) {
        return 0;
    }
    scan->last_readable = scan->readable.at[at];
    return 1;
}

static void take_mapped(struct scan *scan, uintptr_t low, uintptr_t high)
{
    const struct tkai_memorymap *map = &scan->roots.map;

    for (size_t i = 0; i < map->count; i++) {
        struct tkai_range range = map->at[i].range;

        if (map->at[i].readable && range.high > low && range.low < high) {
            take_unsure(scan, range.low > low ? range.low : low,
                        range.high < high ? range.high : high);
        }
    }
}

static void take_block(struct scan *scan, uintptr_t block)
{
    size_t size = usable_size(scan, block);

    if (is_readable(scan, block, block + size)) {
        take_words(scan, (const uintptr_t *)block, size / sizeof(uintptr_t));
    } else {
        take_mapped(scan, block, block + size);
    }
}

/* Depth first: a block has just been written to by its neighbour's pointer. */
static void follow(struct scan *scan)
{
    while (scan->depth > 0) {
        take_block(scan, scan->stack[--scan->depth]);
    }
}

/* Blocks in it are no roots: the kernel makes one mapping of a large block and of what the
 * program mapped beside it. */
static void take_between_blocks(struct scan *scan, uintptr_t low, uintptr_t high)
{
    while (low < high) {
        uintptr_t block = tkai_blockset_before(&scan->blocks, low), next;

        if (block != 0 && block + usable_size(scan, block) > low) {
            low = (block + usable_size(scan, block) + 7) & ~(uintptr_t)7;
            continue;
        }
        next = tkai_blockset_after(&scan->blocks, low);
        next = next == 0 || next > high ? high : next;
        take_unsure(scan, low, next);
        scan->result->root_bytes += next - low;
        follow(scan);
        low = next;
    }
}

static void take_ranges(struct scan *scan, const struct tkai_ranges *ranges)
{
    for (size_t i = 0; i < ranges->count; i++) {
        uintptr_t end = ranges->at[i].high & ~(uintptr_t)7;
        uintptr_t low = (ranges->at[i].low + 7) & ~(uintptr_t)7, high;

        for (; tkai_pagemap_next(&scan->roots.pages, &low, &high, end); low = high) {
            take_between_blocks(scan, low, high);
        }
    }
}

static void take_registers(struct scan *scan, const uintptr_t *own, size_t own_count)
{
    const struct tkai_leakscan_input *input = scan->input;

    if (input->register_count > 0) {
        take_words(scan, input->registers, input->register_count);
    } else if (input->exit_kind != TKAI_EXIT_MAIN_RETURNED) {
        take_words(scan, own, own_count);
    }
    if (input->exit_kind == TKAI_EXIT_CALLED) {
        take_words(scan, &input->frame, 1);
    }
    for (size_t i = 0; i < scan->roots.threads.count; i++) {
        const struct tkai_thread_seen *thread = &scan->roots.threads.at[i];

        take_words(scan, thread->words, thread->word_count);
    }
}

static void find_reachable(struct scan *scan, const uintptr_t *registers, size_t count)
{
    scan->mark = REACHED;
    take_registers(scan, registers, count);
    follow(scan);
    take_ranges(scan, &scan->roots.ranges);
    scan->from_libc = 1;
    take_ranges(scan, &scan->roots.libc_data);
    scan->from_libc = 0;
}

/* By address, each lost block that was not seen yet leads all that it points to. Among
 * lost blocks that nothing but themselves points to, the first met is a leader; so are
 * some that a later leader points to. The other way round a leader that was not claimed
 * by one after it is no such block. */
static void find_definite(struct scan *scan)
{
    const struct tkai_blockset *blocks = &scan->blocks;

    scan->only_lost = 1;
    scan->mark = SEEN;
    for (uintptr_t block = tkai_blockset_after(blocks, 0); block != 0;
         block = tkai_blockset_after(blocks, block + 16)) {
        if (!tkai_blockset_has(blocks, block, REACHED) &&
            !tkai_blockset_mark(blocks, block, SEEN)) {
            tkai_blockset_mark(blocks, block, LEADER);
            take_block(scan, block);
            follow(scan);
        }
    }
    scan->mark = CLAIMED;
    for (uintptr_t block = tkai_blockset_before(blocks, UINTPTR_MAX); block != 0;
         block = tkai_blockset_before(blocks, block - 16)) {
        if (!tkai_blockset_has(blocks, block, LEADER)) {
            continue;
        }
        if (tkai_blockset_mark(blocks, block, CLAIMED)) {
            tkai_blockset_unmark(blocks, block, LEADER);
        } else {
            take_block(scan, block);
            follow(scan);
        }
    }
}

static void tell(struct scan *scan,
                 void (*tell_block)(void *context, const struct tkai_leak_block *block),
                 void *context)
{
    const struct tkai_blockset *blocks = &scan->blocks;

    for (uintptr_t at = tkai_blockset_after(blocks, 0); at != 0;
         at = tkai_blockset_after(blocks, at + 16)) {
        struct tkai_leak_block block = {
            .address = at,
            .size = scan->input->usable_size((void *)at),
            .value = tkai_shadow_get(at),
            .verdict = tkai_blockset_has(blocks, at, REACHED)  ? TKAI_LEAK_REACHABLE
                       : tkai_blockset_has(blocks, at, LEADER) ? TKAI_LEAK_DEFINITE
                                                               : TKAI_LEAK_INDIRECT,
        };

        scan->result->blocks[block.verdict]++;
        scan->result->bytes[block.verdict] += block.size;
        tell_block(context, &block);
    }
}

static int add_block(void *context, uintptr_t address, uint32_t value)
{
    (void)value;
    return tkai_blockset_add(context, address);
}

/* NULL; why not. */
static const char *prepare(struct scan *scan)
{
    static const char no_memory[] = "there is no memory for the scan";
    const struct tkai_memorymap *map = &scan->roots.map;

    if (tkai_blockset_init(&scan->blocks) != 0 ||
        tkai_shadow_each(add_block, &scan->blocks) != 0) {
        return no_memory;
    }
    scan->room = scan->blocks.count + 1;
    scan->stack = tkai_os_sparse(scan->room * sizeof *scan->stack);
    scan->buffer = tkai_os_memory(BUFFER);
    for (size_t i = 0; i < map->count; i++) {
        if (map->at[i].readable && map->at[i].kind != TKAI_MAPPING_FILE) {
            tkai_ranges_add(&scan->readable, map->at[i].range.low, map->at[i].range.high);
        }
    }
    tkai_ranges_sort(&scan->readable);
    if (scan->stack == NULL || scan->buffer == NULL || scan->readable.failed) {
        return no_memory;
    }
    if (tkai_os_peek(scan->buffer, scan, sizeof(uintptr_t)) != 0) {
        return "process_vm_readv is not allowed";
    }
    return NULL;
}

static void release(struct scan *scan)
{
    tkai_blockset_release(&scan->blocks);
    tkai_ranges_release(&scan->readable);
    if (scan->stack != NULL) {
        tkai_os_memory_free(scan->stack, scan->room * sizeof *scan->stack);
    }
    if (scan->buffer != NULL) {
        tkai_os_memory_free(scan->buffer, BUFFER);
    }
}

struct job {
    struct scan *scan;
    uintptr_t registers[TKAI_REGISTERS];
    size_t register_count;
    void (*block)(void *context, const struct tkai_leak_block *block);
    void *context;
};

static void scan_now(struct job *job)
{
    struct scan *scan = job->scan;

    scan->result->reason = prepare(scan);
    if (scan->result->reason == NULL) {
        find_reachable(scan, job->registers, job->register_count);
        find_definite(scan);
        tell(scan, job->block, job->context);
    }
    release(scan);
}

static void note_block(void *context, const struct tkai_leak_block *block)
{
    struct report *report = context;

    if (report->count < report->room) {
        report->blocks[report->count] = *block;
    }
    report->count++;
}

static int scan_in_copy(void *argument)
{
    struct job *job = argument;
    struct report *report = job->context;

    scan_now(job);
    return report->count > report->room ? 1 : 0;
}

static int count_block(void *context, uintptr_t address, uint32_t value)
{
    (void)address;
    (void)value;
    ++*(size_t *)context;
    return 0;
}

static void scan_copy(struct job *job)
{
    struct tkai_leakscan_result *result = job->scan->result;
    struct job in_copy = *job;
    struct report *report;
    size_t room = SPARE_BLOCKS, size;
    int status;

    tkai_shadow_each(count_block, &room);
    size = sizeof *report + room * sizeof report->blocks[0];
    report = tkai_os_shared(size);
    if (report == NULL) {
        result->reason = "there is no memory for the scan";
        return;
    }
    report->room = room;
    in_copy.scan->result = &report->result;
    in_copy.block = note_block;
    in_copy.context = report;
    status = tkai_os_in_copy(scan_in_copy, &in_copy);
    *result = report->result;
    if (status != 0) {
        result->reason = status < 0 ? "a copy of the process cannot be made or scanned"
                                    : "too many blocks came while the scan began";
    }
    for (size_t i = 0; result->reason == NULL && i < report->count; i++) {
        const struct tkai_leak_block *block = &report->blocks[i];

        job->block(job->context, block);
    }
    tkai_os_memory_free(report, size);
}

int tkai_leakscan_run(const struct tkai_leakscan_input *input,
                      void (*block)(void *context, const struct tkai_leak_block *block),
                      void *context, struct tkai_leakscan_result *result)
{
    struct scan *scan = tkai_os_memory(sizeof *scan);
    struct job job = {.scan = scan, .block = block, .context = context};
    size_t unseen;

    *result = (struct tkai_leakscan_result){0};
    if (scan == NULL) {
        result->reason = "there is no memory for the scan";
        return -1;
    }
    job.register_count = tkai_leakscan_registers(job.registers);
    scan->input = input;
    scan->result = result;
    result->reason =
        tkai_leakroots_find(&scan->roots, input, (uintptr_t)__builtin_frame_address(0),
                            (struct tkai_range){(uintptr_t)scan, (uintptr_t)(scan + 1)});
    unseen = scan->roots.threads_unseen;
    if (result->reason == NULL && unseen > 0) {
        scan_copy(&job);
    } else if (result->reason == NULL) {
        scan_now(&job);
    }
    result->threads_unseen = unseen;
    tkai_leakroots_release(&scan->roots);
    tkai_os_memory_free(scan, sizeof *scan);
    return result->reason == NULL ? 0 : -1;
}
