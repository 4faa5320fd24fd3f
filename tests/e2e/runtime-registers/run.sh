# The compiler does not know that a probe may call the runtime: whatever it keeps in
# registers - arguments, vectors, the x87 stack, the red zone - must survive every
# slow path, and a debugger must see through it.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >registers.c <<'C'
#include <stdarg.h>
#include <stdio.h>
#include <tka/tka.h>

#ifndef PLAIN
#define PROBE TKA_PROFILE
#else
#define PROBE
#endif
#define OUT __attribute__((noinline))
#define IN static inline __attribute__((always_inline))

typedef double wide __attribute__((vector_size(32)));
typedef struct { double a, b; } pair;
typedef struct { long a; double b; } mixed;

PROBE OUT double many(double a, double b, double c, double d, double e, double f, double g,
                      double h, long i, long j, long k, long l, long m, long n, long o)
{
    return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * (double)i +
           23 * (double)j + 29 * (double)k + 31 * (double)l + 37 * (double)m +
           41 * (double)n + 43 * (double)o;
}

PROBE OUT pair two(double a, double b) { return (pair){b, a}; }
PROBE OUT mixed both(long a, double b) { return (mixed){a + 1, b / 2}; }
PROBE OUT __int128 big(__int128 a) { return a * 3 + 1; }
PROBE OUT _Complex double turn(_Complex double z) { return z * (0.6 + 0.8i); }
PROBE OUT long double extended(long double a, long double b) { return a * b + a; }

PROBE OUT double sum(int n, ...)
{
    va_list list;
    double all = 0;

    va_start(list, n);
    while (n-- > 0) {
        all += va_arg(list, double);
    }
    va_end(list);
    return all;
}

PROBE IN double inner(double x) { return x * 0.5 + 1; }
PROBE IN long double deep(long double x) { return x / 3 + 2; }
PROBE IN long count(long x) { return x + 3; }

#ifdef __x86_64__
__attribute__((target("avx2")))
#endif
static OUT double vectors(int n)
{
    wide a = {1, 2, 3, 4}, b = {5, 6, 7, 8};
    double all = 0;

    for (int i = 0; i < n; i++) {
        a = a * 0.75 + b;
        all = inner(all) + a[3];
        b = b * 0.5 - a * 0.125;
    }
    return all + a[0] + a[1] + a[2] + a[3] + b[2];
}

static OUT long double stack87(int n)
{
    long double a = 1, b = 2, c = 3, d = 4, e = 5;

    for (int i = 0; i < n; i++) {
        a = deep(b) + e;
        b = deep(c) - a / 7;
        c = deep(d);
        d = deep(e) + b;
        e = deep(a) / 2;
    }
    return a + b * 2 + c * 3 + d * 5 + e * 7;
}

static OUT long integers(long a, long b, long c, long d, long e, long f, int n)
{
    for (int i = 0; i < n; i++) {
        a = count(a) ^ b;
        b = count(b) + c;
        c = count(c) ^ d << 1;
        d = count(d) + e;
        e = count(e) ^ f;
        f = count(f) + a;
    }
    return a ^ b ^ c ^ d ^ e ^ f;
}

int main(void)
{
    double x = 1;
    _Complex double z = 1;
    __int128 w = 1;
    long double e = 1;

    for (int i = 0; i < 3000; i++) {
        pair p = two(x, i);
        mixed m = both(i, x);

        x = many(1, 2, x / 1000, 4, 5, 6, 7, 8, i, 10, 11, 12, 13, 14, i) / 700 + p.b / 9 + m.b;
        x += sum(3, 0.5, 1.5, x / 2) / 5 + (double)m.a;
        z = turn(z);
        w = big(w);
        e = extended(e, 0.25L);
    }
    printf("%.17g %.17g %.17g %lx %.20Lg\n", x, __real__ z, __imag__ z, (long)(w >> 40), e);
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
#endif
        printf("%.17g\n", vectors(3000));
    printf("%.20Lg %ld\n", stack87(3000), integers(1, 2, 3, 4, 5, 6, 3000));
    return 0;
}
C
"$CC" $OPT -w -DPLAIN -I "$TKA_PREFIX/include" registers.c -o plain
./plain >expected
build registers.c -w
for mode in sampled exact count off; do
    export TKA_PROFILING_MODE=$mode
    fresh
    ./registers >got || fail "status of ./registers in mode $mode"
    cmp expected got || fail "other results in mode $mode"
    [ $mode = off ] || expect_calls many 3000
done

command -v gdb >/dev/null || exit 0
export TKA_PROFILING_MODE=exact
build registers.c -w -g
gdb -batch -ex 'set breakpoint pending on' -ex 'break tka_enter_due' -ex run -ex backtrace \
    ./registers >trace 2>&1
grep -q '^#[0-9]* .*two (' trace && grep -q '^#[0-9]* .*main (' trace || {
    cat trace
    fail "no backtrace through a probe"
}
