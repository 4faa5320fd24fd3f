#!/usr/bin/env bash
# What tka-cc costs a build: CPU time (user + system) of building Lua 5.4 by its own
# makefile with tka-cc in front, as a ratio to the plain build's.
#
#   tests/bench/build_time.sh [--repeat N] [--cc "gcc clang"] [--cflags "-O2"]
#
# Builds of the kinds are interleaved; the ratio is the median over the repeats of
# (this kind / plain) within one repeat, so that a machine that is busy for a while
# does not matter. Goals: all functions <= 1.30, none annotated <= 1.05.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../conformance/lib.sh"

repeat=5 compilers=gcc cflags=-O2
while [ $# -gt 0 ]; do
    case $1 in
    --repeat) repeat=$2; shift ;;
    --cc) compilers=$2; shift ;;
    --cflags) cflags=$2; shift ;;
    *) echo "build_time.sh: unknown option $1" >&2; exit 2 ;;
    esac
    shift
done
conformance_tools
work=$(mktemp -d "${TMPDIR:-/tmp}/tka-build-time.XXXXXX")
trap 'rm -rf "$work"' EXIT
lua_source "$work/lua" || exit 77

# CPU milliseconds of one build with CC=$1
build()
{
    make -s -C "$work/lua/src" clean >/dev/null
    (
        TIMEFORMAT='%U %S'
        time make -s -C "$work/lua/src" -j1 linux CC="$1 -std=gnu99" \
            MYCFLAGS="$cflags -w" >"$work/log" 2>&1 || echo "build failed" >&2
    ) 2>&1 | awk '/failed/ { print "build failed" >"/dev/stderr" }
                  END { printf "%d\n", ($1 + $2) * 1000 }'
}

for cc in $compilers; do
    build "$cc" >/dev/null      # warms the disk cache
    for ((i = 0; i < repeat; i++)); do
        echo "$(build "$cc") $(build "$TKA_CC --all $cc") $(build "$TKA_CC $cc")"
    done >"$work/times"
    awk -v cc="$cc $cflags" '
        function median(list, n,   i, j, t) {
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && list[j] < list[j - 1]; j--) {
                    t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
                }
            return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
        }
        { plain[NR] = $1; all[NR] = $2; none[NR] = $3; ra[NR] = $2 / $1; rn[NR] = $3 / $1 }
        END {
            printf "Lua 5.4, %s, %d repeats, CPU ms (median)\n", cc, NR
            printf "  %-24s %8d\n", "plain", median(plain, NR)
            printf "  %-24s %8d   ratio %.3f  (goal 1.30; range %.3f", "all functions",
                   median(all, NR), median(ra, NR), ra[1]
            printf " to %.3f)\n", ra[NR]
            printf "  %-24s %8d   ratio %.3f  (goal 1.05; range %.3f", "none annotated",
                   median(none, NR), median(rn, NR), rn[1]
            printf " to %.3f)\n", rn[NR]
        }' "$work/times"
done
