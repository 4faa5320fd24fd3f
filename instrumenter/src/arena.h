/* arena - memory that lives as long as one translation unit's work.
 *
 *     Arena arena = {0};
 *     char *name = arena_printf(&arena, "%s.o", stem);
 *     arena_release(&arena);
 *
 * Everything handed out belongs to the arena and is freed by arena_release()
 * only. Out of memory ends the process: there is nothing a compiler launcher
 * could still do. One thread.
 */
#ifndef TKA_CC_ARENA_H
#define TKA_CC_ARENA_H

#include <stddef.h>

typedef struct ArenaBlock ArenaBlock;

typedef struct Arena {
    ArenaBlock *newest;
} Arena;

/* Zeroed memory, aligned for any object. */
void *arena_alloc(Arena *arena, size_t size);

char *arena_strndup(Arena *arena, const char *text, size_t length);
char *arena_strdup(Arena *arena, const char *text);
char *arena_printf(Arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A copy of `old` (count items of `size` bytes) with room for twice as many. */
void *arena_grow(Arena *arena, const void *old, size_t count, size_t *capacity,
                 size_t size);

void arena_release(Arena *arena);

#endif
