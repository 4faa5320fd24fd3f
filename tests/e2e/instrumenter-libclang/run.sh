#!/usr/bin/env bash
# Every libclang finds the same: the insertions of the golden cases and of random
# programs with each one that is installed and is not tka-cc's first choice.
set -u
tests=$(cd "$(dirname "$0")/../.." && pwd)
found=
for library in /usr/lib/llvm-*/lib/libclang-*.so.1; do
    folder=${library%/lib/*}
    version=${folder##*-}
    # Without its own headers it reads no source that includes <stddef.h>.
    [ "$version" != 14 ] && [ -e "$library" ] &&
        ls -d "$folder/lib/clang/"*/include >/dev/null 2>&1 || continue
    found=1
    export TKA_CC_LIBCLANG=$library
    bash "$tests/golden/run.sh" --show-only >golden.log || { cat golden.log; exit 1; }
    mkdir -p "$WORK/$version"
    CC=gcc OPT=-O0 SEEDS="1 4" WORK=$WORK/$version \
        bash "$tests/e2e/instrumenter-edits/run.sh" || exit 1
done
[ -n "$found" ] || { echo "only libclang 14 is here"; exit 77; }
