#!/usr/bin/env bash
# What a probe costs that is switched off by its flag, against one whose text is patched
# to a jump: clock ticks per call, net of the call, median of RUNS runs (9). x86-64.
#   tests/bench/off_patch.sh
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
runs=${RUNS:-9}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf '%-9s %10s %10s %11s %11s\n' compiler "flat flag" "flat patch" "chain flag" "chain patch"
for compiler in gcc clang; do
    command -v $compiler >/dev/null || continue
    $compiler -O2 -I"$root/runtime/include" "$root/tests/bench/off_patch.c" -o "$work/$compiler"
    for _ in $(seq "$runs"); do "$work/$compiler"; done >"$work/rows"
    printf '%-9s' $compiler
    for column in 1 2 3 4; do
        awk -v c=$column '{print $c}' "$work/rows" | sort -g |
            awk '{v[NR] = $1} END {printf " %10s", v[int((NR + 1) / 2)]}'
    done
    echo
done
