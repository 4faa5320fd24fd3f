#!/usr/bin/env bash
# The runtime is added to exactly those links that need it.
set -u
fail() { echo "$*"; exit 1; }
[ -e "$TKA_PREFIX/lib/libtka.so" ] || { echo "no runtime"; exit 77; }
export TKA_PERFORMANCE_DATA_DIR=$WORK/data
cd "$WORK" || exit 1
cat >f.c <<'C'
#include <tka/tka.h>
TKA_PROFILE int f(int x) { return x; }
C
echo 'int f(int); int main(void) { return f(0); }' >main.c
echo 'int f(int x) { return x; }' >plain.c
cat >Makefile <<'M'
OBJECTS = main.o f.o
program: $(OBJECTS)
	$(CC) $(CFLAGS) -o $@ $(OBJECTS) $(LDLIBS)
M
linked() { readelf -d "$1" | grep -q 'NEEDED.*libtka.so'; }
run() { "./$1" || fail "$1 does not run: exit $?"; }

make -s CC="$TKA_CC $CC" CFLAGS="$OPT" || fail make
linked program || fail "make: not linked with the runtime"
run program
"$TKA_CC" $CC $OPT main.c plain.c -o none && ! linked none || fail "linked without need"
$CC $OPT main.c plain.c -o none2 && cmp none none2 || fail "another link than the plain one"
"$TKA_CC" $CC $OPT main.c f.c -o direct && linked direct || fail "compile and link"
run direct
ar rc libf.a f.o
"$TKA_CC" $CC $OPT main.c -L. -lf -o archive && linked archive || fail "-lf"
"$TKA_CC" $CC $OPT main.c libf.a -o archive2 && linked archive2 || fail "libf.a"
"$TKA_CC" $CC $OPT -x c main.c f.c -o forced && linked forced || fail "-x c"
"$TKA_CC" --no-link $CC $OPT main.c f.c -o without && ! linked without || fail "--no-link"
run without
"$TKA_CC" $CC $OPT -fPIC -shared f.c -o libshared.so && linked libshared.so || fail "-shared"
"$TKA_CC" $CC $OPT -r f.o -o partial.o || fail "-r"
if [ $CC = gcc ]; then
    "$TKA_CC" $CC $OPT -flto -c f.c -o lto.o && "$TKA_CC" $CC $OPT -flto -c main.c &&
        "$TKA_CC" $CC $OPT -flto lto.o main.o -o lto && linked lto || fail "-flto"
    run lto
fi
"$TKA_CC" $CXX $OPT -x c++ - -o from_stdin <<<'int main() { return 0; }' || fail "stdin"
run from_stdin
if [ -e "$TKA_PREFIX/lib/libtka.a" ]; then
    "$TKA_CC" --static-runtime $CC $OPT main.c f.c -o inside || fail "--static-runtime"
    linked inside && fail "--static-runtime: shared"
    nm inside | grep -q ' [TW] tka_enter_due' || fail "--static-runtime: no runtime inside"
    run inside
fi
exit 0
