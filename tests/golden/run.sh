#!/usr/bin/env bash
# Golden tests of tka-cc: what it inserts, and that it changes nothing else.
#
#   tests/golden/run.sh [--update | --show-only] [CASE...]      default: all cases
#
# A case is CASE.c or CASE.cpp beside this script. Its first line may be
#   /* golden: options=... flags=... compilers=gcc,clang opts=-O0,-O2 run=no */
# with several flags joined by commas. For each compiler the output of
# `tka-cc OPTIONS --show` must be CASE.expected (or CASE.expected.COMPILER when
# that exists), and the program, built plainly and by tka-cc with each of the
# opts, must print the same and exit the same. CASE.counts holds the calls that
# the stub runtime must have seen, if it exists. --update writes .expected,
# --show-only builds no program.
# Environment: TKA_CC, default build/gcc/bin/tka-cc. Last line:
# "N passed, N failed, N skipped".
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$here" || exit 2
export TKA_CC=${TKA_CC:-$here/../../build/gcc/bin/tka-cc} LC_ALL=C.UTF-8
include=$here/../../runtime/include
update= run=yes
[ "${1-}" != --update ] || { update=1; shift; }
[ "${1-}" != --show-only ] || { run=no; shift; }
work=$(mktemp -d "${TMPDIR:-/tmp}/tka-golden.XXXXXX")
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# setting NAME DEFAULT: from the case's first line, commas as blanks.
setting()
{
    local value
    value=$(LC_ALL=C sed -n "1s|.*golden:.*[ *]$1=\([^ ]*\).*|\1|p" "$file")
    value=${value:-$2}
    echo "${value//,/ }"
}

# The compiler for the case's language, and the stub built with it.
compiler_for()
{
    case $1-$file in
    gcc-*.cpp) echo g++ ;;
    clang-*.cpp) echo clang++ ;;
    *) echo "$1" ;;
    esac
}

show()
{
    "$TKA_CC" $options --show "$file" -- "$cc" $flags 2>"$work/notes" >"$work/diff"
    { cat "$work/notes" "$work/diff"; } | sed "s|$here/||g"
}

check_show()
{
    local expected=$name.expected
    [ ! -e "$name.expected.$compiler" ] || expected=$name.expected.$compiler
    show >"$work/shown"
    if [ -n "$update" ]; then
        if [ "$compiler" = "${compilers%% *}" ]; then
            cp "$work/shown" "$name.expected"
        elif ! cmp -s "$work/shown" "$name.expected"; then
            cp "$work/shown" "$name.expected.$compiler"
        fi
        return 0
    fi
    diff -u "$expected" "$work/shown"
}

check_run()
{
    local plain instrumented
    "$cc" $flags $opt -idirafter "$include" "$file" -o "$work/plain" >"$work/plain.messages" 2>&1 ||
        { cat "$work/plain.messages"; echo "does not build plainly with $cc $opt"; return 1; }
    "${cc%++}" -c -idirafter "$include" stub.c -o "$work/stub.o" 2>/dev/null ||
        gcc -c -idirafter "$include" stub.c -o "$work/stub.o" || return 1
    "$TKA_CC" $options --no-link "$cc" $flags $opt "$file" "$work/stub.o" \
        -o "$work/instrumented" >"$work/messages" 2>&1 ||
        { cat "$work/messages"; echo "does not build by tka-cc $cc $opt"; return 1; }
    grep '^tka: .*not instrumented' "$work/messages" && return 1
    "$work/plain" >"$work/plain.out" 2>&1
    plain=$?
    TKA_STUB_OUT=$work/counts "$work/instrumented" >"$work/instrumented.out" 2>&1
    instrumented=$?
    [ $plain = $instrumented ] || { echo "exit $plain, instrumented $instrumented"; return 1; }
    cmp "$work/plain.out" "$work/instrumented.out" || return 1
    # Warnings of the compiler, without those of ours: as plain.
    diff <(grep -c 'warning:' "$work/plain.messages") \
        <(grep -c 'warning:' "$work/messages") ||
        { cat "$work/messages"; echo "other warnings with $cc $opt"; return 1; }
    [ ! -e "$name.counts" ] || diff "$name.counts" <(sort "$work/counts")
}

check_case()
{
    local compiler cc opt options flags compilers
    options=$(setting options '')
    flags=$(setting flags '')
    compilers=$(setting compilers gcc,clang)
    for compiler in $compilers; do
        cc=$(compiler_for "$compiler")
        command -v "$cc" >/dev/null || continue
        check_show || { echo "--show differs with $cc"; return 1; }
        [ "$run$(setting run yes)" = yesyes ] || continue
        for opt in $(setting opts -O0,-O2); do
            check_run || { echo "with $cc $opt"; return 1; }
        done
    done
}

[ $# -gt 0 ] || set -- $(ls *.c *.cpp | grep -v '^stub\.c$' | sed 's/\.c\(pp\)\?$//')
for name in "$@"; do
    file=$name.c
    [ -e "$file" ] || file=$name.cpp
    if check_case >"$work/log" 2>&1; then
        echo "ok $name"
        passed=$((passed + 1))
    else
        echo "not ok $name: $(tail -1 "$work/log")"
        sed 's/^/    /' "$work/log"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
