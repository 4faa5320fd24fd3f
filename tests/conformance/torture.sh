#!/usr/bin/env bash
# gcc's run-time tests for C (gcc.c-torture/execute), every function instrumented.
#
#   tests/conformance/torture.sh [OPTION...]      options: see suite.sh
set -u
. "$(dirname "$0")/suite.sh"

name=gcc.c-torture/execute

describe()
{
    sources=$suite/$1
    flags="-w ${opt//,/ } $(dg_options "$sources")"
    case $1 in
    */builtins/*)
        sources="$sources ${sources%.c}-lib.c ${sources%/*}/lib/main.c"
        # From builtins.exp: these programs define memset and friends.
        flags="$flags -fno-tree-loop-distribute-patterns -fno-inline-functions"
        case $cc in
        *gcc*) flags="$flags -fno-tree-dse -fno-tracer -fno-ipa-ra" ;;
        esac ;;
    esac
}

suite_options "$@"
suite_fetch
(cd "$suite" && find $name -name '*.c' -not -name '*-lib.c' -not -path '*/builtins/lib/*') |
    LC_ALL=C sort | suite_run
