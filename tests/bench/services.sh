#!/usr/bin/env bash
# What recording a cached resolution costs: ns of the resolution itself, a lookup by
# strcmp() among four, and what comes on top of that with a probe alone and with the
# recorder by a key that is text (6 to 8 characters), a number, a type; medians of RUNS
# runs (5). Then instructions that the recorder adds by text, by callgrind.
#   tests/bench/services.sh [BUILD_FOLDER]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${1:-$root/build/gcc}" && pwd)
runs=${RUNS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TKA_PERFORMANCE_DATA_DIR=$work/data

column()
{
    awk -v column="$1" '{print $column}' "$work/rows" | sort -g |
        awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}

instructions()
{
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 |
        awk '/Collected/ {print $NF}'
}

# per_call SIGN
per_call()
{
    echo $((($(instructions "$work/$compiler" "${1}400000") -
        $(instructions "$work/$compiler" "${1}200000")) / 200000))
}

printf '%-7s %-8s %7s %8s %8s %8s %8s\n' compiler mode raw +probe +text +number +type
for compiler in gcc clang; do
    command -v $compiler >/dev/null || continue
    $compiler -O2 -I "$root/tests/lib" -I "$root/runtime/include" "$root/tests/bench/services.c" \
        -o "$work/$compiler" -L "$build/lib" -Wl,--no-as-needed -ltka -Wl,-rpath,"$build/lib"
    for mode in sampled exact count off; do
        for _ in $(seq "$runs"); do
            TKA_PROFILING_MODE=$mode "$work/$compiler" 2>/dev/null
        done >"$work/rows"
        printf '%-7s %-8s %7s %8s %8s %8s %8s\n' $compiler $mode "$(column 1)" "$(column 2)" \
            "$(column 3)" "$(column 4)" "$(column 5)"
    done
    if command -v valgrind >/dev/null; then
        export TKA_PROFILING_MODE=count
        echo "$compiler count    $(($(per_call "") - $(per_call -))) instructions"
    fi
done
