/* golden: flags=-Wall,-Wextra,-Wno-unused-parameter */
/* Comments in macros that keep -Wimplicit-fallthrough quiet: kept, gcc reads them. */
#include <stdio.h>
#include <tka/tka.h>
#define CASE(x) case x: y++; /* fall through */ case x + 1: y++; break;
#define SPLIT(x)                                                                         \
    case x: /* don't "count */                                                           \
        y += '"' - 34 + '/' - '/';                                                       \
        /* Falls through. */                                                             \
    case x + 1: /* twice */                                                              \
        y++;                                                                             \
        break;
#  define PASTED(x, more) case 3##x: y++; /*FALLTHRU*/ more
#define TEXT(x) #x "/* fall through */"
#define OTHER(x) /* falls
    through, over two lines */ x
#define LINE(x) x + __LINE__ // they fall through */ here
#define \
    LATE(x) case x: y++; /* fall through */ \
    case x + 1:
static const char verbatim[] = "\
#define X /* fall through */ 1";

TKA_PROFILE static int f(int y)
{
    switch (y) {
        CASE(1)
        SPLIT(10)
        PASTED(0, case 35: y += 2; break;)
        LATE(40)
        y = 9;
        break;
    case 50:
        y++; /* fall through */
    default:
        y += 3;
    }
    return y;
}

int main(void)
{
    printf("%d %d %d %d %d %d\n", f(1), f(10), f(30), f(40), f(50), f(60));
    printf("%s %s %d %d\n", TEXT(a /* fall through */ b), verbatim, OTHER(1), LINE(1));
    return 0;
}
