/* golden: options=--all flags=-Wall,-Wextra,-Wno-error */
#include <stdio.h>
/* The compiler still warns of what it would have warned of. */
static int later_unused(int x)
{
    int used = x;
    int unused;
    int unused_too = 3;
    return used;
}
#warning seen once
static int falls(int x)
{
    switch (x) {
    case 1:
        x++;
        /* fall through */
    case 2:
        x++;
    case 3:
        return x;
    }
    return 0;
}
int main(void)
{
    printf("%d %d\n", later_unused(1), falls(1));
    return 0;
}
