#!/usr/bin/env bash
# Debuggers, coverage and assert see the original file and its lines.
set -u
fail() { echo "$*"; exit 1; }
mkdir -p "$WORK/src" "$WORK/build" && cd "$WORK/build" || exit 1
cat >../src/app.c <<'C'
#include <assert.h>
#include <stdio.h>
#include <tka/tka.h>
#include "inner.h"

TKA_PROFILE
int work(int x)
{
    int y = x + 1;
    return inner(y);
}

int main(void)
{
    printf("%s %s %d\n", __FILE__, __BASE_FILE__, __LINE__);
    fflush(stdout);
    int y = work(1);
    assert(y == 7);
    return 0;
}
C
cat >../src/inner.h <<'C'
TKA_PROFILE static int inner(int x)
{
    return x * 2;
}
C
$CC -g $OPT -idirafter "$TKA_PREFIX/include" ../src/app.c -o plain || exit 1
"$TKA_CC" --no-link $CC -g $OPT -c ../src/app.c -o app.o || exit 1
$CC app.o -o app || exit 1
./plain >plain.out 2>&1
plain=$?
./app >app.out 2>&1
[ $? = $plain ] || fail "exit status"
diff <(sed 's/^plain:/P:/' plain.out) <(sed 's/^app:/P:/' app.out) || fail "other output"

unit() { readelf --debug-dump=info "$1" 2>/dev/null | grep -m2 'DW_AT_name\|DW_AT_comp_dir' | sed 's/.*: //'; }
unit plain >plain.unit
unit app >app.unit
sort plain.unit | uniq >a && sort app.unit | uniq >b
grep -q 'src/app.c' app.unit || { cat app.unit; fail "unit's name"; }
strings -a app.o | grep 'tka-cc-' && fail "the temporary folder is in the object"

if command -v gdb >/dev/null; then
    gdb -q -batch -nx -ex 'break app.c:9' -ex 'break inner' -ex run -ex bt -ex continue \
        -ex bt app >gdb.out 2>&1
    # An optimiser may have moved the line's code; the function stays.
    grep -q "work (x=[^)]*) at .*src/app.c:$([ "$OPT" = -O0 ] && echo 9)" gdb.out ||
        { cat gdb.out; fail "break app.c:9"; }
    grep -q 'inner.h:[23]' gdb.out || { cat gdb.out; fail "break inner"; }
fi

# The beginning of the function, outside of the probe that is inlined into it: the line
# of its name or of its brace.
address=$(nm app | sed -n 's/^\([0-9a-f]*\) T work$/\1/p')
addr2line -i -f -e app "$address" | tr '\n' ' ' | grep -q '\bwork .*src/app\.c:[78]\b' ||
    { addr2line -i -f -e app "$address"; fail "addr2line"; }

if [ $CC = gcc ] && command -v gcov >/dev/null; then
    "$TKA_CC" --no-link $CC -O0 -DNDEBUG --coverage -c ../src/app.c -o app.o &&
        $CC --coverage app.o -o covered || exit 1
    ./covered >/dev/null 2>&1
    cp ../src/app.c ../src/inner.h .
    gcov -t app.gcda >gcov.out 2>/dev/null
    grep -q ' 1: *9: *int y = x + 1;' gcov.out || { cat gcov.out; fail "gcov"; }
    grep -q ' 1: *3: *return x \* 2;' gcov.out || { cat gcov.out; fail "gcov of the header"; }
fi
exit 0
