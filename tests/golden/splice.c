/* A splice between the head and the brace. */
#include <tka/tka.h>
TKA_PROFILE static int spliced(int x) \
{
    return x;
}
TKA_PROFILE static int twice(int x) \
\
{ return spliced(x); }
int main(void) { return twice(0); }
