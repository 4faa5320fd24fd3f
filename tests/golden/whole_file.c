/* TKA_PROFILE_FILE: this file's functions, not those that it includes. */
#include <stdio.h>
#include <tka/tka.h>
TKA_PROFILE_FILE
#include "inc/other.h"
static int before_use(int x)
{
    return other(x) + 1;
}
TKA_NOPROFILE static int never(int x) { return x; }
TKA_CRITICAL_PATH("named") static int critical(int x) { return x; }
int main(void)
{
    printf("%d\n", before_use(1) + never(2) + critical(3));
    return 0;
}
