/* golden: options=--all */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

static jmp_buf back;

static void deep(int n)
{
    if (n == 0) {
        longjmp(back, 1);
    }
    deep(n - 1);
}

static void leave(void)
{
    printf("bye\n");
    exit(3);
}

int main(void)
{
    for (volatile int i = 0; i < 1000; i++) {
        if (setjmp(back) == 0) {
            deep(2);
        }
    }
    leave();
}
