#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A translation unit with a thousand functions needs about ten blocks. */
#define BLOCK_SIZE     ((size_t)64 * 1024)
#define FIRST_CAPACITY 16

struct ArenaBlock {
    ArenaBlock *older;
    size_t used, size;
    _Alignas(max_align_t) char bytes[];
};

static void *block_new(size_t size)
{
    ArenaBlock *block = calloc(1, sizeof *block + size);

    if (!block) {
        fputs("tka: out of memory\n", stderr);
        exit(1);
    }
    block->size = size;
    return block;
}

void *arena_alloc(Arena *arena, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    ArenaBlock *block = arena->newest;
    void *result;

    size = (size + align - 1) & ~(align - 1);
    if (!block || block->size - block->used < size) {
        block = block_new(size > BLOCK_SIZE ? size : BLOCK_SIZE);
        block->older = arena->newest;
        arena->newest = block;
    }
    result = block->bytes + block->used;
    block->used += size;
    return result;
}

char *arena_strndup(Arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);

    memcpy(copy, text, length);
    return copy;
}

char *arena_strdup(Arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list list, again;
    int length;
    char *text;

    va_start(list, format);
    va_copy(again, list);
    length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    text = arena_alloc(arena, (size_t)(length < 0 ? 0 : length) + 1);
    if (length > 0) {
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    return text;
}

void *arena_grow(Arena *arena, const void *old, size_t count, size_t *capacity,
                 size_t size)
{
    void *copy;

    *capacity = *capacity ? *capacity * 2 : FIRST_CAPACITY;
    copy = arena_alloc(arena, *capacity * size);
    if (count) {
        memcpy(copy, old, count * size);
    }
    return copy;
}

void arena_release(Arena *arena)
{
    ArenaBlock *block = arena->newest;

    while (block) {
        ArenaBlock *older = block->older;

        free(block);
        block = older;
    }
    arena->newest = NULL;
}
