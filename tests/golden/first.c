/* golden: options=--all flags=-w */
/* What must stay the first thing in a body. */
#include <stdio.h>

static int label_first(int x)
{
    __label__ out, again;
again:
    if (x++ < 5)
        goto again;
    goto out;
out:
    return x;
}

static double exact(double a, double b)
{
    #pragma STDC FP_CONTRACT OFF
    return a * b + a;
}

static int unrolled(int n)
{
    int sum = 0;
#pragma GCC unroll 4
    for (int i = 0; i < n; i++)
        sum += i;
    return sum;
}

static int loop_first(int n)
{
#pragma GCC ivdep
    for (int i = 0; i < n; i++)
        n -= i;
    return n;
}

int main(void)
{
    printf("%d %.1f %d %d\n", label_first(1), exact(2, 3), unrolled(9), loop_first(9));
    return 0;
}
