/* Every annotation, on definitions and on earlier declarations. */
#include <tka/tka.h>
#include <stdio.h>
#include "inc/annotated.h"

TKA_PROFILE static int on_definition(int x) { return x + 1; }

TKA_PROFILE static int on_prototype(int x);
static int on_prototype(int x)
{
    return x + 2;
}

int on_header_prototype(int x)
{
    if (x > 100) {
        return 0;
    }
    return x + 3;
}

TKA_PROFILE_AS("db.query") static int named(int x)
{
    return x + 4;
}

TKA_CRITICAL_PATH("frame \"60 Hz\"?") static int critical(int x)
{
    return x + 5;
}

static int behind_declarator(int x) TKA_PROFILE;
static int behind_declarator(int x)
{
    return x + 6;
}

TKA_NOPROFILE TKA_PROFILE static int never(int x)
{
    return x + 7;
}

int main(void)
{
    int sum = 0;

    for (int i = 0; i < 3; i++) {
        sum += on_definition(i) + on_prototype(i) + on_header_prototype(i) + named(i) +
               critical(i) + behind_declarator(i) + never(i) + inline_in_header(i);
    }
    printf("%d\n", sum);
    return 0;
}
