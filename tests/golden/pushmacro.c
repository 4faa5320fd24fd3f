/* golden: options=--all */
/* gcc -fdirectives-only forgets what pop_macro brings back, and steps back a line. */
#include <stdio.h>
static int twice(int x) { return 2 * x; }
static int same(int x) { return x; }
#define same twice
  #  pragma push_macro("same") // doubles
#undef same
static int once(void) { return same(1); }
#pragma pop_macro ( "same" )
#pragma push_macro("same")
#undef same
#define same
#pragma pop_macro("same")
static int after(void) { return same(1) * 10 + same(2); }
#pragma push_macro("none")
#define none 1
#pragma pop_macro("none")
#ifdef none
#error none is not defined
#endif
int main(void)
{
    printf("%d %d %d %d\n", same(1), once(), after(), __LINE__);
    return 0;
}
