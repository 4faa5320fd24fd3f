#!/usr/bin/env bash
# Random C programs by csmith, every function instrumented: the checksum of its
# variables that each prints must be that of the plain build.
#
#   tests/conformance/csmith.sh [OPTION...]      options: see suite.sh
#
# Programs are named by their seeds, 1 to ${SEEDS:-1000}.
set -u
. "$(dirname "$0")/suite.sh"

name="csmith, seeds 1 to ${SEEDS:=1000}"
compilers="gcc clang" opts="-O0 -O1 -O2 -O3 -Os" turn=1 action=compare seconds=60 plain_seconds=1

# Ten functions with structs, unions, pointers, volatiles and loops, 20 KB: a tenth
# of what csmith makes by default, and so a tenth of the time.
describe()
{
    sources=$dir/program.c
    flags="-w ${opt//,/ } -I/usr/include/csmith"
    (cd "$dir" && timeout 30 csmith --seed "$1" --no-packed-struct --max-funcs 10 \
        --max-block-depth 2 --max-block-size 3 --max-expr-complexity 5 >program.c)
}

suite_options "$@"
command -v csmith >/dev/null && [ -e /usr/include/csmith/csmith.h ] ||
    suite_missing "csmith is not installed (packages csmith, libcsmith-dev)"
seq "$SEEDS" | suite_run
