#!/usr/bin/env bash
# Where nothing is instrumented the object is the plain one, byte for byte; and
# without tka-cc the annotations leave no trace.
set -u
fail() { echo "$*"; exit 1; }
cd "$WORK" || exit 1
include=$TKA_PREFIX/include
cat >none.c <<'C'
#include <stdio.h>
/* Not even TKA's header: a comment may name tka. */
int f(int x) { printf("%s %d\n", __FILE__, __LINE__); return x; }
C
cat >header.c <<'C'
#include <tka/tka.h>
int f(int x) { return x + tka_flush(); }
TKA_NOPROFILE int g(int x) { return x; }
C
cat >annotated.c <<'C'
#include <tka/tka.h>
TKA_PROFILE int f(int x) { TKA_BLOCK("b") { x++; } return x; }
TKA_PROFILE_AS("n") TKA_CRITICAL_PATH("c") int g(int x) { return __LINE__ + x; }
TKA_NOPROFILE int h(int x) { return x; }
struct key { int k; };
TKA_CACHE("c") int *i(TKA_CACHE_KEY int *x) { if (x) { TKA_CACHE_HIT(); return x; } TKA_CACHE_MISS(); return x; }
TKA_CACHE_PUT("c") TKA_CACHE_EVICT("c") TKA_CACHE_LOAD("c") void j(int x) { (void)x; }
TKA_RESOLVES TKA_CONSTRUCTS int *k(TKA_SERVICE_KEY int x) { return x ? i(0) : 0; }
TKA_RESOLVES int l(TKA_SERVICE_KEY_FIELD(k) struct key *x) { return x->k; }
TKA_MEMORY_INTENSIVE("m") int m(int x) { TKA_SCOPE_BEGIN("s"); x = h(x); TKA_SCOPE_END(); return x; }
C
sed 's/TKA_[A-Z_]*\((["a-z]*)\)\? *//g' annotated.c >deleted.c
same()
{
    cmp "$1" "$2" || fail "$3"
}

for flags in "$OPT" "$OPT -g" "$OPT -std=c99 -Wall"; do
    $CC $flags -c none.c -o plain.o && "$TKA_CC" $CC $flags -c none.c -o tka.o || fail none
    same plain.o tka.o "none.c differs: $flags"
    $CC $flags -idirafter "$include" -c header.c -o plain.o &&
        "$TKA_CC" $CC $flags -c header.c -o tka.o || fail header
    same plain.o tka.o "header.c differs: $flags"
done
# Off: the same object as of the source without the words.
(mkdir -p a b && cp annotated.c a/same.c && cp deleted.c b/same.c &&
    cd a && $CC $OPT -idirafter "$include" -c same.c &&
    cd ../b && $CC $OPT -idirafter "$include" -c same.c) || fail "does not compile"
same a/same.o b/same.o "annotations leave a trace when off"
# A rule that concerns no file of this one.
printf 'INCLUDE FILE elsewhere/*\n' >rules
$CC $OPT -c none.c -o plain.o && "$TKA_CC" --rules rules $CC $OPT -c none.c -o tka.o
same plain.o tka.o "rules for another file"
# Nothing but the command's own output.
[ -z "$("$TKA_CC" $CC $OPT -c none.c -o tka.o 2>&1)" ] || fail "prints something"
exit 0
