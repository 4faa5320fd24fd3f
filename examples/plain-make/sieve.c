#include "sieve.h"
#include <stdlib.h>

TKA_PROFILE
static int is_prime(int n)
{
    for (int d = 2; d * d <= n; d++) {
        if (n % d == 0) {
            return 0;
        }
    }
    return n > 1;
}

int count_by_division(int limit)
{
    int count = 0;
    for (int n = 2; n < limit; n++) {
        count += is_prime(n);
    }
    return count;
}

int count_by_sieve(int limit)
{
    int count = 0;
    char *composite = calloc((size_t)limit, 1);

    if (!composite) {
        return -1;
    }
    for (int n = 2; n < limit; n++) {
        if (!composite[n]) {
            count++;
            for (long m = (long)n * n; m < limit; m += n) {
                composite[m] = 1;
            }
        }
    }
    free(composite);
    return count;
}
