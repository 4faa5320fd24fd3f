/* Signatures, bodies and braces from macros. */
#include <stdio.h>
#include <string.h>
#include <tka/tka.h>

#define SIGNATURE(name) TKA_PROFILE static int name(int x)
#define WITH_BODY(name, body) TKA_PROFILE static int name(int x) body
#define TWICE(a, b, body) \
    TKA_PROFILE static int a(int x) body \
    TKA_PROFILE static int b(int x) body
#define WHOLE(name) TKA_PROFILE static int name(int x) { return x + 50; }
#define BEGIN {
#define END }
#define TEXT(name, body) \
    TKA_PROFILE static int name(int x) body \
    static const char name##_text[] = #body;
#define TEXT_BELOW(name, body) TEXT(name, body)

SIGNATURE(from_macro)
{
    return x + 1;
}

WITH_BODY(argument, { return x + 2; })

TWICE(left, right, {
    int y = x;
    return y + 3;
})

WHOLE(all_macro)

TKA_PROFILE static int pascal(int x)
BEGIN
    return x + 4;
END

TEXT(as_text, { return x + 5; })
TEXT_BELOW(as_text_below, { return x + 6; })

int main(void)
{
    printf("%d %d %d %d %d %d %d %d\n", from_macro(1), argument(2), left(3), right(4),
           all_macro(5), pascal(6), as_text(7), as_text_below(8));
    puts(as_text_text);
    puts(as_text_below_text);
    return 0;
}
