# Blocks belong to the call path that took them: nested, recursive, after longjmp and
# exceptions, and on coroutines' stacks.
. "$(dirname "$0")/../../lib/memory_case.sh"

cat >nested.c <<'C'
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <tka/tka.h>

static jmp_buf out;

TKA_PROFILE static void leaf(size_t size)
{
    free(malloc(size));
}

TKA_PROFILE static void left(void)
{
    free(malloc(1));
    leaf(10);
    free(malloc(2));
    leaf(20);
    free(malloc(3));
}

TKA_PROFILE static void right(void)
{
    leaf(1000);
    free(malloc(5));
}

TKA_PROFILE static void deep(int n)
{
    free(malloc(100));
    if (n > 0) {
        deep(n - 1);
    }
    free(malloc(100));
}

/* Not inlined: a frame that is left by longjmp is known as dead by where it lies, which
 * the part of a frame that stands for an inlined call is not. */
TKA_PROFILE __attribute__((noinline)) static void jumps(int n)
{
    free(malloc(7));
    if (n == 0) {
        longjmp(out, 1);
    }
    jumps(n - 1);
}

TKA_PROFILE __attribute__((noinline)) static void catches(void)
{
    if (setjmp(out) == 0) {
        jumps(3);
    }
    free(malloc(9));
    leaf(90);
}

int main(void)
{
    for (int i = 0; i < 50; i++) {
        left();
        right();
        deep(2);
        catches();
    }
    free(malloc(1));
    return 0;
}
C
compile nested.c
# recursion is unfolded once
cat >nested.paths <<'P'
catches > jumps > jumps|150|1050
catches > jumps|50|350
catches > leaf|50|4500
catches|50|450
deep > deep|200|20000
deep|100|10000
left > leaf|100|1500
left|150|300
right > leaf|50|50000
right|50|250
P

cat >throws.cpp <<'C'
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <tka/tka.h>

static char *volatile kept;

static void take(std::size_t size)
{
    kept = new char[size];
    delete[] kept;
}

TKA_PROFILE static void leaf()
{
    take(11);
}

TKA_PROFILE static void thrower(int n)
{
    take(3);
    if (n == 0) {
        throw 1;
    }
    thrower(n - 1);
}

TKA_PROFILE static void catcher()
{
    try {
        thrower(1);
    } catch (int) {
        leaf();
    }
    take(5);
}

int main()
{
    for (int i = 0; i < 20; i++) {
        catcher();
        leaf();
    }
    return 0;
}
C
compile throws.cpp
# an exception is a block too
cat >throws.paths <<'P'
catcher() > leaf()|20|220
catcher() > thrower(int)|20|60
catcher()|20|100
leaf()|20|220
P

cat >switches.c <<'C'
#include <stdlib.h>
#include <ucontext.h>
#include <tka/tka.h>

static ucontext_t home, other;

TKA_PROFILE static void on_other(void)
{
    for (;;) {
        free(malloc(30));
        swapcontext(&other, &home);
    }
}

static void start(void)
{
    on_other();
}

TKA_PROFILE static void at_home(void)
{
    free(malloc(40));
    swapcontext(&home, &other);
    free(malloc(50));
}

int main(void)
{
    static char stack[65536];

    getcontext(&other);
    other.uc_stack.ss_sp = stack;
    other.uc_stack.ss_size = sizeof stack;
    other.uc_link = &home;
    makecontext(&other, start, 0);
    for (int i = 0; i < 100; i++) {
        at_home();
    }
    return 0;
}
C
compile switches.c

for mode in sampled exact; do
    for program in nested throws; do
        fresh
        hooked $mode "./$program" || fail "$program fails, $mode"
        fold
        paths | LC_ALL=C sort >got
        [ $program = nested ] || {
            grep -v 'thrower(int) > thrower(int)|' got >got.rest
            mv got.rest got
        }
        LC_ALL=C sort "$program.paths" | diff - got >difference || { cat difference; fail "paths of $program, $mode"; }
        expect_nothing_lost
    done
    fresh
    hooked $mode ./switches || fail "switches fails, $mode"
    fold
    # whose stack is whose is a guess where stacks change, but no block is lost
    expect "blocks of coroutines, $mode" 300 "$(query 'SELECT sum(allocations) FROM memory_measurement
        WHERE bytes IN (SELECT bytes FROM memory_measurement) AND allocation_id IN
        (SELECT id FROM allocation WHERE callpath_id != 0)')"
done
