#include "deep.h"

#include <errno.h>

/* The program does not see that it was interrupted. */
static void work_quietly(void (*work)(void *), void *argument)
{
    int saved_errno = errno;

    work(argument);
    errno = saved_errno;
}

#ifdef __x86_64__
#include <cpuid.h>
#include <stdint.h>

/* x87, SSE, AVX and AVX-512 in xsave's standard format (Intel's manual, volume 1,
 * chapter 13), which ends at byte 2688 at the latest. */
#define STATES 0xe7u
struct area {
    uint64_t word[2688 / 8];
} __attribute__((aligned(64)));

enum { UNKNOWN, FXSAVE, XSAVE };

static int kind;

static __attribute__((noinline)) void choose(void)
{
    unsigned a, b, c, d;

    kind = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE) != 0 ? XSAVE : FXSAVE;
}

static void save(struct area *area)
{
    if (kind == FXSAVE) {
        __asm__ volatile("fxsave64 %0" : "=m"(*area));
        return;
    }
    for (int i = 64; i < 72; i++) {
        *(volatile uint64_t *)&area->word[i] = 0; /* the header must be valid */
    }
    __asm__ volatile("xsave64 %0" : "+m"(*area) : "a"(STATES), "d"(0));
}

static void restore(const struct area *area)
{
    if (kind == FXSAVE) {
        __asm__ volatile("fxrstor64 %0" ::"m"(*area));
    } else {
        __asm__ volatile("xrstor64 %0" ::"m"(*area), "a"(STATES), "d"(0));
    }
}

void tkai_deep(void (*work)(void *), void *argument)
{
    struct area area;

    if (kind == UNKNOWN) {
        choose();
    }
    save(&area);
    __asm__ volatile("fninit"); /* the program's x87 stack may be full */
    work_quietly(work, argument);
    restore(&area);
}
#else
void tkai_deep(void (*work)(void *), void *argument)
{
    work_quietly(work, argument);
}
#endif
