/* golden: options=--all */
#include <stdio.h>
/* Directives that renumber lines, as generators write them. */
static int before(int x) { return x + __LINE__; }
#line 100 "grammar.y"
static int action(int x)
{
    return x + __LINE__;
}
#include "inc/computed2.h"
static int after_include(int x) { return x + __LINE__; }
#if 0
x


x
#endif
static int after_conditional(int x)
{
    return x + __LINE__;
}
#line 19 "numbered.c"
static int back(int x) { return x + __LINE__; }
#ifdef NOT_DEFINED
1
2
3
4
5
6
7
8
9
10
#endif
static const char *where(void) { return __FILE__; }
int main(void)
{
    printf("%d %d %d %d %d %d %s %d\n", before(0), action(0), computed2(0), after_include(0),
           after_conditional(0), back(0), where(), __LINE__);
    return 0;
}
