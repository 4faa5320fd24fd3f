/* golden: options=--all */
#include <stdio.h>
#include <tka/tka.h>
/* A function that only gcc sees, one that only clang sees. */
#if defined __clang__
TKA_PROFILE static int one_compilers(int x)
{
    return x + 1;
}
#else
TKA_PROFILE static int one_compilers(int x) { return x + 1; }
#endif
#ifdef NEVER
TKA_PROFILE int nowhere(int x) { return x; }
#endif
/* TKA_PROFILE in a comment, and "TKA_PROFILE" in a string. */
static const char text[] = "TKA_PROFILE int f(void) {}";

int main(void)
{
    printf("%d %s\n", one_compilers(1), text);
    return 0;
}
