#!/usr/bin/env bash
# gcc's compile-time tests for C (gcc.c-torture/compile), every function instrumented:
# what compiles plainly compiles with probes, and no message is new.
#
#   tests/conformance/torture-compile.sh [OPTION...]      options: see suite.sh
set -u
. "$(dirname "$0")/suite.sh"

name=gcc.c-torture/compile action=compile

describe()
{
    sources=$suite/$1
    flags="-w ${opt//,/ } $(dg_options "$sources")"
}

suite_options "$@"
suite_fetch
(cd "$suite" && find $name -name '*.c') | LC_ALL=C sort | suite_run
