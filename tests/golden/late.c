/* golden: flags=-w */
#include <tka/tka.h>

static int f(int x)
{
    return x;
}
/* Too late: the definition has been seen. */
TKA_PROFILE static int f(int x);

int main(void)
{
    return f(0);
}
