/* The least program that can tell whether the toolchain works: `tka validate`
 * compiles it plain and instrumented, wants the same output of both, and its
 * three calls in the database of the instrumented one. */
#include <stdio.h>

#ifdef TKA_PLAIN
#define TKA_PROFILE
#else
#include <tka/tka.h>
#endif

TKA_PROFILE static int twice(int x)
{
    return 2 * x;
}

int main(int argc, char **argv)
{
    (void)argv;
    printf("%d\n", twice(argc) + twice(2) + twice(3));
    return 0;
}
