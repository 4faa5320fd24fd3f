/* golden: flags=-std=c99,-pedantic-errors,-Wall,-Wextra */
#include <stdio.h>
#include <tka/tka.h>

TKA_PROFILE inline int plain_inline(int x)
{
    return x + 1;
}
extern int plain_inline(int x);

TKA_PROFILE static inline int static_inline(int x)
{
    return x + 2;
}

int main(void)
{
    printf("%d %d\n", plain_inline(1), static_inline(1));
    return 0;
}
