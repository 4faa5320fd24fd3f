/* A probe that is switched off, by its flag (tka/probe.h) against the same probe with
 * the text patched: its first instruction a jump to its end. For off_patch.sh, which
 * tells why TKA switches by flag. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <tka/probe.h>

#define CALLS 20000
#define ROUNDS 300

static const unsigned char off = 0;
static struct tka_site site;
static uint64_t sink;

/* What patching would leave of enter: leave must find out that nothing was entered,
 * so one store stays. */
static inline __attribute__((always_inline)) void enter_patched(struct tka_scope *scope)
{
    __asm__ __inline__ __volatile__(
        "movq\t$0, %1\n\t.byte\t0xe9\n\t.long\t1f-.-4\n"
        "\tmovq\ttka_top@gottpoff(%%rip), %%rax\n\tmovq\t%%fs:(%%rax), %%r11\n"
        "\tleaq\t%2, %%r10\n\tmovq\t%%r11, %0\n\tmovq\t%%r10, %1\n"
        "\tleaq\t%0, %%r11\n\tmovq\t%%r11, %%fs:(%%rax)\n"
        "\tmovq\ttka_delta_@gottpoff(%%rip), %%rax\n\tmovq\t%%fs:(%%rax), %%rax\n"
        "\tsubl\t$1, (%%r10,%%rax)\n\tjs\t2f\n1:\n"
        "\t.subsection 1\n2:\tud2\n\t.previous"
        : "=m"(scope->parent), "=m"(scope->site)
        : "m"(site)
        : "rax", "r8", "r9", "r10", "r11", "cc", "memory");
}

static inline __attribute__((always_inline)) void leave_patched(struct tka_scope *scope)
{
    __asm__ __inline__ __volatile__(
        "movq\t%1, %%r11\n\ttestq\t%%r11, %%r11\n\tje\t1f\n\ttestb\t$1, %%r11b\n\tjne\t2f\n"
        "\tmovq\ttka_top@gottpoff(%%rip), %%r10\n\tmovq\t%0, %%r11\n"
        "\tmovq\t%%r11, %%fs:(%%r10)\n1:\n"
        "\t.subsection 1\n2:\tud2\n\t.previous"
        :
        : "m"(scope->parent), "m"(scope->site)
        : "rcx", "r8", "r9", "r10", "r11", "cc", "memory");
}

#define FLAG \
    __attribute__((cleanup(tka_leave))) struct tka_scope scope; \
    tka_enter(&scope, &site, &off);
#define PATCH \
    __attribute__((cleanup(leave_patched))) struct tka_scope scope; \
    enter_patched(&scope);
#define LEAF(name, probe) \
    static __attribute__((noinline)) uint64_t name(uint64_t x) { probe return x * 3 + 1; }
#define CALLER(name, called, probe) \
    static __attribute__((noinline)) uint64_t name(uint64_t x) { probe return called(x) + 1; }
#define CHAIN(kind, probe) \
    LEAF(kind##_leaf, probe) CALLER(kind##_3, kind##_leaf, probe) \
    CALLER(kind##_2, kind##_3, probe) CALLER(kind##_1, kind##_2, probe)

CHAIN(plain, )
CHAIN(flag, FLAG)
CHAIN(patch, PATCH)

static double time_calls(uint64_t (*call)(uint64_t))
{
    uint64_t start = __builtin_ia32_rdtsc(), x = 1;

    for (int i = 0; i < CALLS; i++) {
        x = call(x);
    }
    sink += x;
    return (double)(__builtin_ia32_rdtsc() - start) / CALLS;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int main(void)
{
    static uint64_t (*const calls[])(uint64_t) = {plain_leaf, flag_leaf, patch_leaf,
                                                  plain_1,    flag_1,    patch_1};
    static double ticks[6][ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < 6; i++) {
            ticks[i][round] = time_calls(calls[i]);
        }
    }
    for (int i = 0; i < 6; i++) {
        qsort(ticks[i], ROUNDS, sizeof *ticks[i], compare);
    }
#define LOW(i) ticks[i][ROUNDS / 10]
    printf("%.2f %.2f %.2f %.2f\n", LOW(1) - LOW(0), LOW(2) - LOW(0),
           (LOW(4) - LOW(3)) / 4, (LOW(5) - LOW(3)) / 4);
    return sink == 1;
}
