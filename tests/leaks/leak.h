/* leak.h: what the labelled programs in cases/ are made of.
 *
 * A program is a set of scenes, functions that lose memory or do not, each under its
 * label; LEAK_MAIN lists them, and the program plays the one that its argument names and
 * returns from main. README.md tells what the labels mean.
 *
 * A conservative scanner takes any word on a live stack or in a register for a pointer.
 * So that a label is what a good detector can find, not what an optimizer's spill slots
 * make of it:
 *   - LEAK_ESCAPE keeps the compiler from removing an allocation;
 *   - scenes are called through a table, so none is inlined into main, and none returns a
 *     pointer: after it main's frame and the callee-saved registers hold main's values;
 *   - the stack below main and the registers are overwritten after every scene
 *     (LEAK_CLOBBER_STACK; a scene that goes on after it lost memory, or ends by exit(),
 *     does so itself, after a LEAK_NOINLINE function did the losing);
 *   - blocks are filled, so that no stale pointer of a block freed earlier is in them.
 */
#ifndef LEAK_H
#define LEAK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAK_UNUSED   __attribute__((unused))
#define LEAK_NOINLINE LEAK_UNUSED __attribute__((noinline))

/* The compiler must assume that the pointer, and what it points to, is used. */
#define LEAK_ESCAPE(pointer) __asm__ volatile("" : : "r"(pointer) : "memory")

/* A pointer kept in the caller's frame, in memory, until LEAK_ESCAPE(&name). */
#define LEAK_HELD(name, pointer)                                                         \
    void *volatile name = (pointer);                                                     \
    LEAK_ESCAPE(&name)

/* More than any scene uses below itself, a C++ exception's unwinding included. */
enum { LEAK_STACK_BYTES = 64 * 1024 };

/* memcpy of a few pointers leaves them in vector registers, and nothing that runs later
 * need touch zmm16 and above. */
LEAK_NOINLINE static void leak_clobber_vectors(void)
{
#if defined __x86_64__
    if (__builtin_cpu_supports("avx")) {
        __asm__ volatile("vzeroall" ::
                             : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
                               "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
                               "xmm14", "xmm15");
    }
    if (__builtin_cpu_supports("avx512f")) {
        __asm__ volatile(
            ".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, "
            "30, 31\n\t"
            "vpxorq %zmm\\n, %zmm\\n, %zmm\\n\n\t"
            ".endr");
    }
#endif
}

/* And the registers that a function need not keep. An array in place of the assembly
 * would leave out the gap that the compiler puts above it for alignment, right where the
 * scene's locals were. */
LEAK_NOINLINE static void leak_clobber_stack(void)
{
#if defined __x86_64__
    __asm__ volatile("subq %0, %%rsp\n\t"
                     "movq %%rsp, %%rdi\n\t"
                     "movl %1, %%ecx\n\t"
                     "xorl %%eax, %%eax\n\t"
                     "rep stosq\n\t"
                     "movq %%rdi, %%rsp\n\t"
                     "xorl %%edx, %%edx\n\t"
                     "xorl %%esi, %%esi\n\t"
                     "xorl %%r8d, %%r8d\n\t"
                     "xorl %%r9d, %%r9d\n\t"
                     "xorl %%r10d, %%r10d\n\t"
                     "xorl %%r11d, %%r11d"
                     :
                     : "i"(LEAK_STACK_BYTES), "i"(LEAK_STACK_BYTES / 8)
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "cc",
                       "memory");
#else
    char dead[LEAK_STACK_BYTES];

    memset(dead, 0, sizeof dead);
    LEAK_ESCAPE(dead);
#endif
}

#define LEAK_CLOBBER_STACK() (leak_clobber_vectors(), leak_clobber_stack())

/* Something that a scene needs failed: the run is an error, no verdict. */
LEAK_UNUSED static void leak_need(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "leak.h: %s\n", what);
        _Exit(99);
    }
}

/* A block of zeros from malloc. */
LEAK_NOINLINE static void *leak_block(size_t bytes)
{
    void *block = malloc(bytes);

    leak_need(block != NULL, "malloc failed");
    memset(block, 0, bytes);
    LEAK_ESCAPE(block);
    return block;
}

/* A block that nothing points to any more. */
LEAK_NOINLINE static void leak_lose(size_t bytes)
{
    LEAK_ESCAPE(leak_block(bytes));
}

/* The node of lists, rings, trees and graphs; 24 bytes where pointers have 8. */
struct LeakNode {
    struct LeakNode *next, *other;
    void *data;
};

LEAK_UNUSED static struct LeakNode *leak_node(struct LeakNode *next,
                                              struct LeakNode *other)
{
    struct LeakNode *node = (struct LeakNode *)leak_block(sizeof *node);

    node->next = next;
    node->other = other;
    return node;
}

LEAK_UNUSED static struct LeakNode *leak_chain(int nodes)
{
    struct LeakNode *head = NULL;

    while (nodes-- > 0) {
        head = leak_node(head, NULL);
    }
    return head;
}

struct LeakScene {
    const char *name;
    void (*play)(void);
};

/* clang-format off */
#define SCENE(function) {#function, function}
#define LEAK_MAIN(...)                                                                   \
    static const struct LeakScene leak_scenes[] = {__VA_ARGS__};                         \
    int main(int argc, char **argv)                                                      \
    {                                                                                    \
        return leak_play(leak_scenes, sizeof leak_scenes / sizeof leak_scenes[0],        \
                         argc > 1 ? argv[1] : NULL);                                     \
    }
/* clang-format on */

/* Plays the scene of that name; without a name it lists them. Returns main's status. */
LEAK_UNUSED static int leak_play(const struct LeakScene *scenes, size_t count,
                                 const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (!name) {
            puts(scenes[i].name);
        } else if (strcmp(scenes[i].name, name) == 0) {
            scenes[i].play();
            LEAK_CLOBBER_STACK();
            return 0;
        }
    }
    return name ? 98 : 0;
}

#endif
