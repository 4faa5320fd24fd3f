#!/usr/bin/env bash
# What the leak verdict at exit costs, see leakscan.c; the median of RUNS runs (3).
#   tests/bench/leakscan.sh [BUILD_FOLDER]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${1:-$root/build/gcc}" && pwd)
runs=${RUNS:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${CC:-cc}" -std=gnu11 -O2 -w -I"$root/runtime/include" -I"$root/runtime/src" \
    "$root/tests/bench/leakscan.c" "$build/lib/libtka_runtime_objects.a" -o "$work/leakscan" \
    $(find /usr/lib -name libsqlite3.a | head -1) -pthread -lm -ldl
printf '%-7s %8s %8s %8s %6s %6s %8s\n' shape blocks size 'CPU ms' MiB lost "copy ms"
for case in "100000 64 array" "1000000 64 array" "1000000 64 list" "1000000 64 random" \
    "1000000 1024 array" "1000000 1024 random" "1000 1048576 array"; do
    for _ in $(seq "$runs"); do
        "$work/leakscan" $case
    done | sort -g -k 4 | sed -n "$((runs / 2 + 1))p"
done
