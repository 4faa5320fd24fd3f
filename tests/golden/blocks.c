/* Blocks and every way out of them. */
#include <stdio.h>
#include <tka/tka.h>

static int search(const int *items, int count, int wanted)
{
    TKA_BLOCK("search") {
        for (int i = 0; i < count; i++) {
            if (items[i] == wanted) {
                return i;
            }
        }
    }
    return -1;
}

static int leave_by_break(int n)
{
    int sum = 0;

    for (int i = 0; i < n; i++) {
        TKA_BLOCK("round")
        {
            if (i == 3) {
                break;
            }
            if (i == 1) {
                continue;
            }
            sum += i;
        }
    }
    return sum;
}

static int leave_by_goto(int n)
{
    TKA_BLOCK("outer") {
        TKA_BLOCK("inner \"quoted\"") { if (n) goto out; }
        n = 5;
    }
out:
    return n;
}

static int entered_by_case(int n)
{
    switch (n) {
    case 0:
        TKA_BLOCK("has a case") {
            n = 1;
    case 1:
            n += 10;
        }
    }
    return n;
}

static int entered_by_goto(int n)
{
    if (n)
        goto inside;
    TKA_BLOCK("has a label") {
        n = 7;
    inside:
        n++;
    }
    return n;
}

static int own_switch(int n)
{
    TKA_BLOCK("own switch") {
        switch (n) {
        case 1: n = 2; break;
        default: n = 3;
        }
    again:
        if (n++ < 5)
            goto again;
    }
    return n;
}

TKA_NOPROFILE static int no_profile(int n)
{
    TKA_BLOCK("not in here") { n++; }
    return n;
}

static int in_expression(int n)
{
    return __extension__({ TKA_BLOCK("in an expression") { n++; } n; });
}

int main(void)
{
    static const int items[] = {3, 1, 2};

    printf("%d %d %d %d %d %d %d %d %d %d %d\n", search(items, 3, 2), search(items, 3, 9),
           leave_by_break(5), leave_by_goto(0), leave_by_goto(1), entered_by_case(0),
           entered_by_case(1), entered_by_goto(1), own_switch(1), no_profile(1),
           in_expression(4));
    return 0;
}
