#include "heap.h"

#include <stddef.h>
#include <string.h>

#include "os.h"

/* Size classes are powers of two, 32 bytes to 1 MiB, kept in free lists for ever;
 * larger pieces are mappings of their own. SQLite takes and gives back two pieces
 * of 70 and 90 KiB for each statement with RETURNING: as mappings they cost
 * 50,000 page faults in one store of 1,000 rows. */
#define CLASS_LEAST 5u
#define CLASS_MOST 20u
#define REFILL ((size_t)256 << 10)

struct piece {
    size_t size;                /* usable bytes */
    struct piece *next;         /* in a free list; keeps the content 16-aligned */
};

static struct piece *free_pieces[CLASS_MOST + 1];
static char *fresh, *fresh_end;

static unsigned class_of(size_t whole)
{
    unsigned bits = CLASS_LEAST;

    while (((size_t)1 << bits) < whole) {
        bits++;
    }
    return bits;
}

static struct piece *cut_piece(unsigned class)
{
    size_t whole = (size_t)1 << class;
    struct piece *piece;

    if (whole >= REFILL) {
        return tkai_os_memory(whole);
    }
    if ((size_t)(fresh_end - fresh) < whole) {
        fresh = tkai_os_memory(REFILL);
        fresh_end = fresh != NULL ? fresh + REFILL : NULL;
        if (fresh == NULL) {
            return NULL;
        }
    }
    piece = (struct piece *)(void *)fresh;
    fresh += whole;
    return piece;
}

void *tkai_heap_take(int size)
{
    size_t whole = (size_t)size + sizeof(struct piece);
    unsigned class = class_of(whole);
    struct piece *piece;

    if (size <= 0) {
        return NULL;
    }
    if (class > CLASS_MOST) {
        whole = (whole + 4095) & ~(size_t)4095;
        piece = tkai_os_memory(whole);
    } else {
        whole = (size_t)1 << class;
        piece = free_pieces[class];
        if (piece != NULL) {
            free_pieces[class] = piece->next;
        } else {
            piece = cut_piece(class);
        }
    }
    if (piece == NULL) {
        return NULL;
    }
    piece->size = whole - sizeof *piece;
    return piece + 1;
}

void tkai_heap_give(void *memory)
{
    struct piece *piece = memory;
    unsigned class;

    if (memory == NULL) {
        return;
    }
    piece--;
    class = class_of(piece->size + sizeof *piece);
    if (class > CLASS_MOST) {
        tkai_os_memory_free(piece, piece->size + sizeof *piece);
    } else {
        piece->next = free_pieces[class];
        free_pieces[class] = piece;
    }
}

int tkai_heap_size(void *memory)
{
    return memory == NULL ? 0 : (int)((struct piece *)memory - 1)->size;
}

void *tkai_heap_resize(void *memory, int size)
{
    int have = tkai_heap_size(memory);
    void *moved;

    if (size <= have) {
        return memory;
    }
    moved = tkai_heap_take(size);
    if (moved != NULL && memory != NULL) {
        memcpy(moved, memory, (size_t)have);
        tkai_heap_give(memory);
    }
    return moved;
}
