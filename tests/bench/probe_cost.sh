#!/usr/bin/env bash
# What a probe costs per call: net of the call, as a ratio to a bare pair of clock
# reads in the same run, median of RUNS runs (5). "flat" is one function called in
# a loop, "chain" a path of four, per call.
#   tests/bench/probe_cost.sh [BUILD_FOLDER]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${1:-$root/build}" && pwd)
runs=${RUNS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TKA_PERFORMANCE_DATA_DIR=$work/data

median()
{
    sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}

printf '%-7s %-8s %9s %9s %12s\n' compiler mode flat chain "flat ticks"
for compiler in gcc clang; do
    command -v $compiler >/dev/null || continue
    "$build/bin/tka-cc" $compiler -O2 "$root/tests/bench/probe_cost.c" -o "$work/$compiler"
    for mode in sampled exact count off; do
        for _ in $(seq "$runs"); do
            TKA_PROFILING_MODE=$mode "$work/$compiler" 2>/dev/null
        done >"$work/rows"
        printf '%-7s %-8s %9s %9s %12s\n' $compiler $mode \
            "$(awk '{print $3}' "$work/rows" | median)" \
            "$(awk '{print $4}' "$work/rows" | median)" \
            "$(awk '{print $5}' "$work/rows" | median)"
    done
done
