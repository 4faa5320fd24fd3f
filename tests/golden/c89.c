/* golden: options=--all flags=-std=c89,-pedantic,-Werror,-Wall,-Wextra,-Wdeclaration-after-statement,-Wshadow,-Wconversion,-Wstrict-prototypes,-Wmissing-prototypes */
#include <stdio.h>

int add(int a, int b);

int add(int a, int b)
{
    int sum = a;
    sum += b;
    return sum;
}

int main(void)
{
    printf("%d\n", add(1, 2));
    return 0;
}
