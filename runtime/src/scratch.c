#include "scratch.h"

#include <stdint.h>

#include "os.h"

#define BLOCK ((size_t)256 << 10)

struct tkai_scratch_block {
    struct tkai_scratch_block *before;
    size_t size;
};

void *tkai_scratch_take(struct tkai_scratch *scratch, size_t size)
{
    char *memory;

    if (size > SIZE_MAX / 4 || scratch->failed) {
        scratch->failed = 1;
        return NULL;
    }
    size = (size + 15 + (size == 0)) & ~(size_t)15;
    if (size > (size_t)(scratch->end - scratch->next)) {
        size_t whole = size + sizeof(struct tkai_scratch_block);
        struct tkai_scratch_block *block;

        whole = whole > BLOCK ? whole : BLOCK;
        block = tkai_os_memory(whole);
        if (block == NULL) {
            scratch->failed = 1;
            return NULL;
        }
        *block = (struct tkai_scratch_block){scratch->blocks, whole};
        scratch->blocks = block;
        scratch->next = (char *)(block + 1);
        scratch->end = (char *)block + whole;
    }
    memory = scratch->next;
    scratch->next += size;
    return memory;
}

void tkai_scratch_release(struct tkai_scratch *scratch)
{
    while (scratch->blocks != NULL) {
        struct tkai_scratch_block *before = scratch->blocks->before;

        tkai_os_memory_free(scratch->blocks, scratch->blocks->size);
        scratch->blocks = before;
    }
    scratch->next = scratch->end = NULL;
    scratch->failed = 0;
}
