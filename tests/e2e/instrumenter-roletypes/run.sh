#!/usr/bin/env bash
# Results and keys whose type makes it hard to say or to hand on what they are: the program
# is what it is without tka-cc, and what cannot be had is said. The runtime is the stand-in
# of instrumenter-roles.
set -u
fail() { echo "$*"; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
cd "$WORK" || exit 1
cp "$here"/types.c "$here"/types.cpp .
flags="$OPT -Wall -Wextra -Werror -Wno-ignored-qualifiers -idirafter $TKA_PREFIX/include"
$CC $OPT -idirafter "$TKA_PREFIX/include" -c "$here/../instrumenter-roles/recorder.c" \
    -o recorder.o || fail "recorder.c does not compile"

# build COMPILER SOURCE FLAGS...
build()
{
    local compiler=$1 source=$2
    shift 2
    rm -f plain made
    $compiler $flags "$@" "$source" -o plain || fail "$source $*: no plain build"
    "$TKA_CC" --no-link $compiler $flags "$@" "$source" recorder.o -o made 2>messages ||
        fail "$source $*: $(cat messages)"
    ./plain >plain.out || fail "$source $*: the plain program exits $?"
    ./made >made.out 2>calls || fail "$source $*: the program exits $?: $(cat messages)"
    cmp plain.out made.out || fail "$source $*: another output"
}

# said LINE...: what was called, and nothing more often.
said()
{
    for line in "$@"; do
        [ "$(grep -c "^$line$" calls)" = 1 ] || fail "not once '$line': $(cat calls)"
    done
}

for standard in gnu89 c11; do
    build "$CC" types.c -std=$standard
    [ ! -s messages ] || fail "types.c: $(cat messages)"
    said 'hits find 1 of 2' 'hits tree 1 of 1' 'leave get: instance' \
        'leave get_pair: no instance'
done
for standard in c++11 c++17 c++20; do
    build "$CXX" types.cpp -std=$standard
    ! grep -q 'compiler rejects' messages || fail "types.cpp: $(cat messages)"
    said 'leave Holder::member: instance' 'hits Holder::looked_up 1 of 1' \
        'leave Holder::by_reference: instance'
    [ $(grep -c '^leave unique: instance' calls) = 2 ] || fail "unique: $(cat calls)"
    [ $(grep -c '^leave value: failed' calls) = 2 ] || fail "value: $(cat calls)"
    [ $standard = c++11 ] || said 'hits maybe 1 of 2'
    for what in 'hidden(const Hiding &) is .*(service key: k has no field kind_ that' \
        'bits(const Bits &) is .*(service key: ' 'pack(A...) is .*(service key: ' \
        'named(.*) is .*(lookup: '; do
        grep -q "the role of $what" messages || fail "not said '$what': $(cat messages)"
    done
done

# In C89, which has no long long.
cat >key.c <<'C'
#include <tka/tka.h>
TKA_CACHE("c") static long find(TKA_CACHE_KEY long k) { return k; }
TKA_RESOLVES static char *get(TKA_SERVICE_KEY void *k) { return (char *)k; }
int main(void) { return get(0) != 0 || find(2) != 2; }
C
build "$CC" key.c -std=c89 -pedantic -Wlong-long
[ ! -s messages ] || fail "key.c: $(cat messages)"

# Where the compiler rejects what is inserted for roles, the probes are there without.
cat >macro.c <<'C'
#include <tka/tka.h>
#define NOT_FOUND -1;
TKA_CACHE("c") int f(int x) { if (x) return NOT_FOUND; return 1; }
int main(void) { return f(1) + f(0); }
C
build "$CC" macro.c -Wno-error -w
grep -q 'macro.c: roles are not recorded (the compiler rejects' messages ||
    fail "macro.c: $(cat messages)"
grep -aq 'refused:lookup: the compiler rejects' made || fail "the site does not say why"
TKA_CC_STRICT=1 "$TKA_CC" --no-link $CC -w -idirafter "$TKA_PREFIX/include" -c macro.c \
    -o strict.o 2>messages && fail "not refused"
printf '#include <tka/tka.h>\nTKA_CACHE("c") int g(int x) { return y; }\n' >broken.c
"$TKA_CC" --no-link $CC $flags -c broken.c 2>messages && fail "broken.c compiles"
! grep -q tka: messages || fail "of an error of the program's: $(cat messages)"
