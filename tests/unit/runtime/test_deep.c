#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "deep.h"

static int worked;

static void spoil(void *argument)
{
    assert_int_equal((uintptr_t)__builtin_frame_address(0) % 16, 0);
    *(int *)argument = 7;
#ifdef __x86_64__
    __asm__ volatile("pxor %%xmm0, %%xmm0\n\tpxor %%xmm15, %%xmm15\n\tfldz" ::: "xmm0", "xmm15");
#endif
}

static void work_is_done_with_its_argument(void **state)
{
    (void)state;
    tkai_deep(spoil, &worked);
    assert_int_equal(worked, 7);
}

#ifdef __x86_64__
/* A call that the compiler does not know of, from full registers. */
static void registers_are_kept(void **state)
{
    uint64_t low[2] = {0x0123456789abcdef, 1}, high[2] = {2, 3}, got_low[2], got_high[2];
    double x87 = 2.5, got_x87;

    (void)state;
    __asm__ volatile("movdqu %3, %%xmm0\n\tmovdqu %4, %%xmm15\n\tfldl %5\n\t"
                     "movq %6, %%rdi\n\tmovq %7, %%rsi\n\tmovq %%rsp, %%rbx\n\t"
                     "leaq -136(%%rsp), %%rsp\n\tandq $-16, %%rsp\n\tsubq $8, %%rsp\n\t"
                     "call tkai_deep\n\tmovq %%rbx, %%rsp\n\t"
                     "movdqu %%xmm0, %0\n\tmovdqu %%xmm15, %1\n\tfstpl %2"
                     : "=m"(got_low), "=m"(got_high), "=m"(got_x87)
                     : "m"(low), "m"(high), "m"(x87), "r"((void (*)(void *))spoil),
                       "r"(&worked)
                     : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11",
                       "xmm0", "xmm15", "cc", "memory");
    assert_memory_equal(got_low, low, sizeof low);
    assert_memory_equal(got_high, high, sizeof high);
    assert_true(got_x87 == x87);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_is_done_with_its_argument),
#ifdef __x86_64__
        cmocka_unit_test(registers_are_kept),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
