/* golden: options=--rules,loops.rules */
/* Small functions are left out, those with a loop are not. */
#include <stdio.h>
static int small(int x)
{
    return x;
}
static int large(int x)
{
    x++;
    x *= 2;
    x -= 3;
    return x;
}
static int loop(int x)
{
    while (x < 10) x++;
    return x;
}
static int excluded(int x)
{
    for (;;) if (x++ > 10) return x;
}
int main(void)
{
    printf("%d\n", small(1) + large(2) + loop(3) + excluded(4));
    return 0;
}
