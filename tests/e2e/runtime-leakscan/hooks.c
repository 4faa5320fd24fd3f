/* The smallest allocation hooks that leakscan can be tried with, linked into the program:
 * a block's row is the label that was set when it was allocated. At exit one line for each
 * label and verdict: "LABEL VERDICT BLOCKS". */
#include "hooks.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "leakscan.h"
#include "os.h"
#include "shadow.h"

__thread int label;

static void *(*real_malloc)(size_t);
static void (*real_free)(void *);
static void *(*real_realloc)(void *, size_t);
static size_t (*real_usable_size)(void *);
static int (*real_memalign)(void **, size_t, size_t);
static char early[65536];
static size_t early_used;

static struct tkai_leakscan_input input;
static struct tkai_range regions[8];
static uintptr_t registers[TKAI_REGISTERS];
static unsigned counts[LABELS][3];

static void find_real(void)
{
    void *found = dlsym(RTLD_NEXT, "free");

    memcpy(&real_free, &found, sizeof found);
    found = dlsym(RTLD_NEXT, "realloc");
    memcpy(&real_realloc, &found, sizeof found);
    found = dlsym(RTLD_NEXT, "malloc_usable_size");
    memcpy(&real_usable_size, &found, sizeof found);
    found = dlsym(RTLD_NEXT, "posix_memalign");
    memcpy(&real_memalign, &found, sizeof found);
    found = dlsym(RTLD_NEXT, "malloc");
    memcpy(&real_malloc, &found, sizeof found);
}

static int is_early(const void *block)
{
    return (const char *)block >= early && (const char *)block < early + sizeof early;
}

static void *note(void *block)
{
    if (block != NULL) {
        tkai_shadow_set((uintptr_t)block, (uint32_t)label + 1);
    }
    return block;
}

void *malloc(size_t size)
{
    static int finding;

    if (real_malloc == NULL) {
        if (finding) {
            void *block = early + early_used;

            early_used += (size + 15) & ~(size_t)15;
            return early_used > sizeof early ? NULL : block;
        }
        finding = 1;
        find_real();
    }
    return note(real_malloc(size < 16 ? 16 : size));
}

void free(void *block)
{
    if (block != NULL && !is_early(block)) {
        tkai_shadow_take((uintptr_t)block);
        real_free(block);
    }
}

void *calloc(size_t count, size_t size)
{
    void *block = malloc(count * size);

    return block == NULL ? NULL : memset(block, 0, count * size);
}

void *realloc(void *block, size_t size)
{
    if (block == NULL || is_early(block)) {
        void *moved = malloc(size);

        return block == NULL ? moved : memcpy(moved, block, size);
    }
    tkai_shadow_take((uintptr_t)block);
    return note(real_realloc(block, size));
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    int error = real_memalign(block, alignment, size);

    if (error == 0) {
        note(*block);
    }
    return error;
}

void declare_region(void *memory, size_t size)
{
    regions[input.region_count++] =
        (struct tkai_range){(uintptr_t)memory, (uintptr_t)memory + size};
}

__attribute__((noreturn)) void exit(int status)
{
    static void (*real_exit)(int) __attribute__((noreturn));
    void *found = dlsym(RTLD_NEXT, "exit");

    input.register_count = tkai_leakscan_registers(registers);
    input.registers = registers;
    input.exit_kind = TKAI_EXIT_CALLED;
    input.frame = (uintptr_t)__builtin_frame_address(0);
    memcpy(&real_exit, &found, sizeof found);
    real_exit(status);
}

static void count(void *context, const struct tkai_leak_block *block)
{
    (void)context;
    if (block->value - 1 < LABELS) {
        counts[block->value - 1][block->verdict]++;
    }
}

static void print(const char *text)
{
    if (write(1, text, strlen(text)) < 0) {
        _exit(9);
    }
}

static __attribute__((destructor)) void at_end(void)
{
    static const char *const verdicts[] = {"reachable", "definite", "indirect"};
    struct tkai_leakscan_result result;
    struct tkai_os_mask mask;
    char line[200];

    if (input.exit_kind != TKAI_EXIT_CALLED) {
        input.exit_kind = TKAI_EXIT_MAIN_RETURNED;
    }
    input.usable_size = real_usable_size;
    input.regions = regions;
    tkai_os_block_signals(&mask);
    tkai_leakscan_run(&input, count, NULL, &result);
    tkai_os_restore_signals(&mask);
    if (result.reason != NULL) {
        snprintf(line, sizeof line, "no verdict: %s\n", result.reason);
        print(line);
    }
    snprintf(line, sizeof line, "threads %zu\n", result.threads_unseen);
    print(line);
    for (int i = 1; i < LABELS; i++) {
        for (int j = 0; j < 3; j++) {
            if (counts[i][j] > 0) {
                snprintf(line, sizeof line, "%d %s %u\n", i, verdicts[j], counts[i][j]);
                print(line);
            }
        }
    }
}
