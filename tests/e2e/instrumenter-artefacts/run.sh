#!/usr/bin/env bash
# Whatever a compilation leaves behind, tka-cc leaves behind, under the same names.
set -u
fail() { echo "$*"; exit 1; }
mkdir -p "$WORK/src/sub" && cd "$WORK/src" || exit 1
include=$TKA_PREFIX/include
cat >one.c <<'C'
#include <stdio.h>
#include <tka/tka.h>
#include "local.h"
TKA_PROFILE int one(int x) { return x + LOCAL; }
C
cat >two.c <<'C'
#include <tka/tka.h>
int one(int x);
TKA_PROFILE int two(int x) { return one(x); }
int main(void) { return two(-1); }
C
echo '#define LOCAL 1' >local.h
echo '-c -DX="a b" one.c -o rsp.o' >args.rsp
echo 'quiet.c has no annotation' >/dev/null
echo '.text' >assembler.s
echo 'int quiet(void) { return 0; }' >quiet.c

# files COMMAND...: the names of the files that the command makes.
files()
{
    rm -rf out && mkdir -p out/sub && cp ./*.c ./*.h ./*.s ./*.rsp out && cd out || exit 1
    touch stamp && sleep 0.02
    "$@" -idirafter "$include" >log 2>&1 || { cat log; echo "exit $?"; }
    find . -newer stamp -type f ! -name log | sort
    cd ..
}

# Prerequisites of a dependency file, without TKA's own headers and program.
prerequisites()
{
    tr '\\\n' '  ' <"$1" | tr -s ' ' '\n' | grep -v '\(tka/\(probe\|roles\|tka\)\.h\|bin/tka-cc\):\?$' | grep .
}

while read -r arguments; do
    files $CC $OPT $arguments >plain.files
    for file in $(cd out && find . -name '*.d'); do
        prerequisites "out/$file" >"plain${file//\//_}"
    done
    files "$TKA_CC" --no-link $CC $OPT $arguments >tka.files
    diff plain.files tka.files || fail "other files: $arguments"
    for file in $(cd out && find . -name '*.d'); do
        prerequisites "out/$file" | diff "plain${file//\//_}" - ||
            fail "other dependencies: $arguments"
    done
    rm -f plain*.d plain_*
done <<'LIST'
-c one.c
-c one.c -MD
-c one.c -o sub/named.x.o -MMD
-c one.c -o noext -MD
-c one.c -MD -MP -MF my.d -MT foo -MQ $(bar)
-S one.c -MD
-S one.c -o sub/text.s
-S -MD one.c -o sub/text.s
-c one.c two.c quiet.c
-c assembler.s
-c assembler.s quiet.c
-c assembler.s one.c
-c one.c assembler.s two.c
-c -x c one.c
-c @args.rsp
-c one.c -save-temps
-c one.c -save-temps=obj -o sub/kept.o
-c one.c --coverage -o sub/covered.o
-c one.c -fstack-usage
-c one.c -g -gsplit-dwarf
-c one.c -Wp,-MD,kernel.d -o sub/kernel.o
one.c two.c
one.c two.c -o program
one.c two.c quiet.c -MD
-MD two.c one.c -o sub/program
one.c two.c --coverage -o sub/program
-E one.c
-M one.c
-fsyntax-only one.c
-c one.c -o /dev/null
LIST
# What gcc adds to the file that this names has to be there when make reads it.
DEPENDENCIES_OUTPUT=named.d "$TKA_CC" $CC $OPT -c one.c -o named.o || fail "DEPENDENCIES_OUTPUT"
case $CC in *gcc*) grep -q 'one\.c' named.d || fail "DEPENDENCIES_OUTPUT: no source" ;; esac
! grep tka-cc- named.d 2>/dev/null || fail "DEPENDENCIES_OUTPUT: temporary names"
ls /tmp/tka-cc-* 2>/dev/null | grep "$$" && fail "temporary files are left"
exit 0
