#include "sieve.h"
#include <stdio.h>

int main(void)
{
    printf("primes: %d by division, %d by sieve\n", count_by_division(50000),
           count_by_sieve(50000));
    return 0;
}
