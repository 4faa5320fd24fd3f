#include "area.h"
#include "only_main.h"
#include <stdio.h>

int main(void)
{
    int sum = 0;
    for (int i = 0; i < TIMES; i++) {
        sum += area(i, 2) + not_annotated(i);
    }
    printf("sum %d\n", sum);
    return 0;
}
