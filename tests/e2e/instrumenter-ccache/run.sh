#!/usr/bin/env bash
# ccache in front (CCACHE_PREFIX) caches instrumented objects; behind it works.
set -u
fail() { echo "$*"; exit 1; }
command -v ccache >/dev/null || exit 77
cd "$WORK" || exit 1
export CCACHE_DIR=$WORK/cache
cat >f.c <<'C'
#include <tka/tka.h>
TKA_PROFILE int f(int x) { return x; }
C
has_probe() { strings -a "$1" | grep -q '^1	f	f'; }
include=$TKA_PREFIX/include
"$TKA_CC" ccache $CC $OPT -c f.c -o behind.o && has_probe behind.o || fail "behind"
for i in 1 2; do
    rm -f f.o
    CCACHE_PREFIX=$TKA_CC ccache $CC $OPT -I"$include" -c f.c -o f.o || fail "in front"
    has_probe f.o || fail "in front: no probe, run $i"
done
ccache --print-stats | grep -q '^\(direct\|preprocessed\)_cache_hit	1' ||
    { ccache --print-stats; fail "no hit"; }
exit 0
