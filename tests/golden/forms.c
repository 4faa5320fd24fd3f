/* golden: options=--all flags=-std=c99,-trigraphs,-Wno-trigraphs,-Wno-comment,-Wno-deprecated-non-prototype,-Wno-unknown-warning-option */
#include <stdio.h>
/* Ways to write a body. */
static int kr(a, b) int a; long b; { return a + (int)b; }
static int digraph(int x) <% return x + 1; %>
static int trigraph(int x) ??< return x + 2; ??>
static int comment(int x) { /* after the brace */ return x + 3; }
static int line_comment(int x) { // after the brace
    return x + 4;
}
static int splice(int x) {\
    return x + 5; }
static void empty(void) {}
static int two(void) { return 1; } static int lines(void) { return 2; }
static int
long_way
(
int x
)

{

    return x + 6;
}
static int (*pointer(int x))(void) { return x ? two : lines; }
static int with_label(int x)
{
again:
    if (x < 10) {
        x += 3;
        goto again;
    }
    return x;
}
static int cases(int x)
{
    switch (x) {
    case 1: return 1;
    case 2: { return 2; }
    default: break;
    }
    return __LINE__;
}
int main(void)
{
    empty();
    printf("%d %d %d %d %d %d %d %d %d %d %s\n", kr(1, 2L), digraph(1), trigraph(1),
           comment(1), line_comment(1), splice(1), long_way(1), pointer(0)(), with_label(1),
           cases(3), __FILE__);
    return 0;
}
