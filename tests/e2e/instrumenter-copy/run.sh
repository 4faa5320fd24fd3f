#!/usr/bin/env bash
# Files that gcc does not expand with -fdirectives-only are instrumented as a
# copy: same output, warnings, debug names and dependencies.
set -u
fail() { echo "$*"; [ -e log ] && cat log; exit 1; }
cd "$WORK" || exit 1
mkdir -p 'src dir'
cat >'src dir/counter.c' <<'C'
#include <stdio.h>
#include "near.h"
#include <tka/tka.h>
#if __COUNTER__ == 0
#define FIRST 1
#endif
TKA_PROFILE int f(int x)
{
    printf("%s %d %s %s\n", __FILE__, __LINE__, __func__, __BASE_FILE__);
    return x;
}
#if 0
TKA_PROFILE int not_here(int x) { return x; }
#endif
int main(void) { int unused; return f(FIRST) - NEAR; }
C
echo '#define NEAR 1' >'src dir/near.h'
flags="$OPT -g -Wall -Wextra -MD -MP"
$CC $flags -MF plain.d -idirafter "$TKA_PREFIX/include" 'src dir/counter.c' -o plain 2>plain.log ||
    fail "plain"
"$TKA_CC" --verbose --no-link $CC $flags -MF tka.d 'src dir/counter.c' -o tka 2>log || fail "tka-cc"
grep -q 'counter.c: 1 instrumented, 0 skipped' log || fail "not instrumented"
diff plain.log <(grep -v '^tka: ' log) || fail "other messages"
./plain >plain.out && ./tka >tka.out || fail "does not run"
diff plain.out tka.out || fail "other output"
# The compiler's own headers and the sources, and nothing temporary.
grep -q "tka-sites\|/tka-cc-" tka.d && { cat tka.d; fail "temporary names in the .d"; }
grep -q '^ *:' tka.d && fail "a rule without target"
grep -q 'src\\ dir/counter.c' tka.d && grep -q 'near.h:' tka.d || { cat tka.d; fail ".d lacks"; }
make -f - target <<'M' 2>log || fail "make does not read the .d"
target:
include tka.d
M
readelf --debug-dump=info tka | grep -q 'DW_AT_name.*src dir/counter.c' || fail "debug name"

cat >old.c <<'C'
#include <tka/tka.h>
#define JOIN(a,b) a/**/b
TKA_PROFILE int f(x) int x; { int xx = x; return JOIN(x,x) + __LINE__; }
int main() { return f(1) == 4 ? 0 : 1; }
C
case $CC in
*gcc*)
    "$TKA_CC" --verbose --no-link $CC $OPT -w -traditional-cpp old.c -o old 2>log || fail "-traditional-cpp"
    grep -q 'old.c: 1 instrumented, 0 skipped' log || fail "-traditional-cpp: not instrumented"
    ./old || fail "-traditional-cpp: other output"
    ;;
esac

cat >quotes.c <<'Q'
#include <tka/tka.h>
#if 0
a lone " or '
#endif
TKA_PROFILE int f(int x) { return x; }
int main(void) { return f(0); }
Q
"$TKA_CC" --verbose --no-link $CC $OPT quotes.c -o quotes 2>log || fail "lone quotes"
grep -q 'quotes.c: 1 instrumented, 0 skipped' log || fail "lone quotes: not instrumented"

# A source that is wrong is reported as without us.
sed -i 's/return x;/return y;/' 'src dir/counter.c'
$CC -idirafter "$TKA_PREFIX/include" -c 'src dir/counter.c' -o o.o 2>plain.log
"$TKA_CC" $CC -c 'src dir/counter.c' -o o.o 2>log && fail "an error passes"
diff plain.log log || fail "other diagnostics"
exit 0
