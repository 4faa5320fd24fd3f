#!/usr/bin/env bash
# Precompiled headers: what they hold and what includes them is instrumented, from
# the header's text; a precompiled header of unknown text leaves the build as it is.
set -u
fail() { echo "$*"; [ -e log ] && cat log; exit 1; }
cd "$WORK" || exit 1
cat >pre.h <<'C'
#include <stdio.h>
#include <tka/tka.h>
#define FROM_HEADER 5
TKA_PROFILE static inline int in_header(int x) { return x + 1; }
C
cat >main.c <<'C'
TKA_PROFILE static int f(int x) { return in_header(x) + FROM_HEADER; }
int main(void) { printf("%d\n", f(1)); return 0; }
C
sed '1i#include "pre.h"' main.c >includes.c
case $CC in
*gcc*) made=pre.h.gch ;;
*) made=pre.h.pch ;;
esac
"$TKA_CC" $CC $OPT -x c-header pre.h -o $made 2>log && [ -s $made ] || fail "not precompiled"

check()
{
    "$TKA_CC" --verbose --no-link $CC $OPT -Wall -Werror "$@" -c -o main.o 2>log ||
        fail "compile: $*"
    grep -q '^tka: .*: 2 instrumented, 0 skipped$' log || fail "not instrumented: $*"
    grep -v '^tka: ' log && fail "other messages: $*"
    $CC main.o -o program && [ "$(./program)" = 7 ] || fail "other output: $*"
}
check -include pre.h main.c
check -Winvalid-pch -include ./pre.h main.c
case $CC in
*clang*)
    check -include-pch pre.h.pch main.c
    check -Xclang -include-pch -Xclang "$WORK/pre.h.pch" main.c
    # As CMake writes it; the header is included once.
    check -Xclang -include-pch -Xclang pre.h.pch -Xclang -include -Xclang pre.h main.c
    cp pre.h.pch other.pch
    "$TKA_CC" --no-link $CC $OPT -include-pch other.pch main.c -o program 2>log || fail "unknown"
    [ "$(cat log)" = "tka: main.c: not instrumented (the header of other.pch is not known)" ] ||
        fail "message"
    [ "$(./program)" = 7 ] || fail "unknown: other output"
    "$TKA_CC" --strict $CC $OPT -include-pch other.pch -c main.c 2>/dev/null && fail "--strict"
    ;;
*) check includes.c ;;
esac
exit 0
