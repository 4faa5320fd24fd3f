#include <stdio.h>
#include <tka/tka.h>
TKA_PROFILE static int dos(int x)
{
    return x + __LINE__;
}
int main(void)
{
    printf("%d\n", dos(1));
    return 0;
}
