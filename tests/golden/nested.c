/* golden: compilers=gcc */
#include <stdio.h>
#include <tka/tka.h>

TKA_PROFILE int outer(int x)
{
    TKA_PROFILE int inner(int y) { return x + y; }
    return inner(1);
}

int main(void)
{
    printf("%d\n", outer(1));
    return 0;
}
