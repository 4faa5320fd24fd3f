/* The program can get at its memory, but no word in it is a pointer that a scanner could
 * know: not scored. */
#include "../leak.h"

#include <stdint.h>
#include <unistd.h>

static uintptr_t word;

/* Each node holds the exclusive or of its neighbours' addresses. */
/* UNDECIDABLE xor_list */
static void xor_list(void)
{
    uintptr_t before = 0, here = (uintptr_t)leak_block(16);

    word = here ^ (uintptr_t)0x5555555555555555;
    for (int i = 0; i < 5; i++) {
        uintptr_t next = (uintptr_t)leak_block(16);

        *(uintptr_t *)here = before ^ next;
        LEAK_ESCAPE(here);
        before = here;
        here = next;
    }
    LEAK_ESCAPE(&word);
}

/* UNDECIDABLE encrypted_pointer */
static void encrypted_pointer(void)
{
    word = ~(uintptr_t)leak_block(40);
    LEAK_ESCAPE(&word);
}

/* UNDECIDABLE tag_in_high_bits */
static void tag_in_high_bits(void)
{
    word = (uintptr_t)leak_block(40) | (uintptr_t)1 << 60;
    LEAK_ESCAPE(&word);
}

/* UNDECIDABLE unaligned_pointer */
static void unaligned_pointer(void)
{
    static char bytes[64] __attribute__((aligned(16)));
    void *block = leak_block(40);

    memcpy(bytes + 17, &block, sizeof block);
    LEAK_ESCAPE(bytes);
}

/* One past the end is a valid pointer in C, and the start of what comes next. */
/* UNDECIDABLE one_past_end */
static void one_past_end(void)
{
    word = (uintptr_t)leak_block(48) + 48;
    LEAK_ESCAPE(&word);
}

/* UNDECIDABLE in_a_pipe */
static void in_a_pipe(void)
{
    int ends[2];
    void *block = leak_block(40);

    leak_need(pipe(ends) == 0, "pipe failed");
    leak_need(write(ends[1], &block, sizeof block) == sizeof block, "write failed");
}

LEAK_MAIN(SCENE(xor_list), SCENE(encrypted_pointer), SCENE(tag_in_high_bits),
          SCENE(unaligned_pointer), SCENE(one_past_end), SCENE(in_a_pipe))
