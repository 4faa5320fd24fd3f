/* One file included twice with other names, one under two spellings, one by a
 * macro, one by include_next. */
#include <stdio.h>
#include <tka/tka.h>
#include "inc/once.h"
#include "inc/../inc/once.h"
#define COMPUTED "inc/computed.h"
#include COMPUTED

#define NAME first
#include "inc/template.inc"
#undef NAME
#define NAME second
#include "inc/template.inc"

int main(void)
{
    printf("%d %d %d %d\n", first(1), second(2), once(3), computed(4));
    return 0;
}
