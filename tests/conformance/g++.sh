#!/usr/bin/env bash
# gcc's run-time tests for C++ (dg-do run of g++.dg and g++.old-deja), every function
# instrumented.
#
#   tests/conformance/g++.sh [OPTION...]      options: see suite.sh
#
# Tests for other targets, of which many fail to compile here, are skipped as such.
set -u
. "$(dirname "$0")/suite.sh"

name="g++.dg, g++.old-deja" compilers=g++

# The standard that a test needs: the highest of its range, if the compiler's
# default is not in it.
dg_standard()
{
    sed -n '/dg-do run\|dg-require-effective-target/{
        s/.*c++\([0-9][0-9]\)_\(down\|only\).*/-std=gnu++\1/p; t
        s/.*[ {]c++\(2[0-9ab]\).*/-std=gnu++\1/p
    }' "$1" | tail -n 1
}
export -f dg_standard

describe()
{
    local more
    sources=$suite/$1
    flags="-w ${opt//,/ } $(dg_standard "$sources")"
    case $1 in
    */coroutines/*) flags="$flags -std=gnu++20" ;;
    */gomp/*) flags="$flags -fopenmp" ;;
    */tm/*) flags="$flags -fgnu-tm" ;;
    esac
    flags="$flags $(dg_options "$sources")"
    for more in $(sed -n 's/.*dg-additional-sources *"\{0,1\}\([^"}]*\).*/\1/p' "$suite/$1"); do
        sources="$sources $suite/${1%/*}/$more"
    done
}

suite_options "$@"
suite_fetch
(cd "$suite" && grep -rlE 'dg-do +run' --include='*.C' g++.dg g++.old-deja) |
    LC_ALL=C sort | suite_run
