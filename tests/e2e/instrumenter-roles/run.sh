#!/usr/bin/env bash
# Functions with roles: the program does what its plain build does, with the same
# warnings, and calls the runtime (a stand-in: recorder.c) as tka/roles.h says. The calls
# are compared in no order: the compilers evaluate arguments in their own.
set -u
fail() { echo "$*"; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
cd "$WORK" || exit 1
cp "$here"/roles.c "$here"/roles.cpp .
flags="$OPT -Wall -Wextra -Wshadow -Werror -idirafter $TKA_PREFIX/include"
${CC} $OPT -idirafter "$TKA_PREFIX/include" -c "$here/recorder.c" -o recorder.o ||
    fail "recorder.c does not compile"

# check COMPILER SOURCE EXPECTED FLAGS...
check()
{
    local compiler=$1 source=$2 expected=$3
    shift 3
    rm -f plain made
    $compiler $flags "$@" "$source" -o plain || fail "$source $*: no plain build"
    TKA_CC_STRICT=1 "$TKA_CC" --no-link $compiler $flags "$@" "$source" recorder.o \
        -o made >messages 2>&1 || fail "$source $*: $(cat messages)"
    [ ! -s messages ] || fail "$source $*: $(cat messages)"
    ./plain >plain.out || fail "$source $*: the plain program exits $?"
    ./made >made.out 2>calls || fail "$source $*: the program exits $?"
    cmp plain.out made.out || fail "$source $*: another output"
    LC_ALL=C sort calls | diff "$expected" - || fail "$source $*: other calls"
}

for standard in gnu99 c11 gnu17; do
    check "$CC" roles.c "$here/c.calls" -std=$standard
done
for standard in c++11 c++14; do
    check "$CXX" roles.cpp "$here/cxx11.calls" -std=$standard -Wold-style-cast
done
for standard in c++17 c++20; do
    check "$CXX" roles.cpp "$here/cxx17.calls" -std=$standard -Wold-style-cast
done
