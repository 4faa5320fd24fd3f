/* golden: compilers=gcc flags=-w */
#include <stdio.h>
#include <tka/tka.h>
/* What libclang does not understand; what is around it is instrumented. */
typedef int odd __attribute__((mode(SI)));
static _Decimal64 money(_Decimal64 x) { return x; }
TKA_PROFILE static int before(int x) { return x + __builtin_speculation_safe_value(x); }
TKA_PROFILE static odd after(odd x) { return x + 1; }

int main(void)
{
    printf("%d %d %d\n", before(1), (int)after(1), (int)money(3));
    return 0;
}
