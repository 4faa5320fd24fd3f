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

# By rules, in a system header; what cannot be had is said, the program is made.
mkdir system
cat >system/container.hpp <<'CXX'
#pragma once
#include <memory>
namespace di {
class Container {
public:
    template <class T> std::shared_ptr<T> resolve() { return make<T>(); }
    template <class T> std::shared_ptr<T> make() { return std::make_shared<T>(); }
    void *find(const char *name, int) { return *name ? this : nullptr; }
    int other() { return 3; }
};
}
CXX
cat >rules.cpp <<'CXX'
#include <container.hpp>
struct Log { int value = 4; };
double unclear(double x) { return x; }
int main()
{
    di::Container c;
    return c.resolve<Log>()->value + c.other() + (c.find("x", 1) != &c) - static_cast<int>(unclear(7));
}
CXX
cat >rules <<'END'
RESOLVES FUNCTION *::resolve* KEY TYPE IN FILE system/container.hpp
RESOLVES FUNCTION find KEY name IN FILE container.hpp
CONSTRUCTS FUNCTION make IN FILE container.hpp
RESOLVES FUNCTION other
CACHE "none" FUNCTION unclear
END
"$TKA_CC" --no-link --verbose --rules rules $CXX $flags -isystem system rules.cpp recorder.o \
    -o made 2>messages || fail "by rules: $(cat messages)"
grep -q 'unclear(double) is not recorded (lookup: ' messages || fail "no reason: $(cat messages)"
./made 2>calls || fail "by rules: exit status $?"
diff - calls <<'END' || fail "by rules: other calls"
resolve di::Container::resolve type Log
construct di::Container::make
leave di::Container::make: built
leave di::Container::resolve: instance
resolve di::Container::find text x
leave di::Container::find: instance
0 keys
END
grep -aq 'refused:lookup: its result' made || fail "the site does not say what it lacks"

# A return that only gcc takes is not seen, and not taken for a failure.
cat >branch.c <<'C'
#include <tka/tka.h>
TKA_RESOLVES static const char *which(int k)
{
#ifndef __clang__
    if (k) return "gcc";
#endif
    return k ? "clang" : 0;
}
int main(void) { return which(1) == which(0); }
C
"$TKA_CC" --no-link $CC $flags branch.c recorder.o -o made || fail "branch.c does not compile"
./made 2>calls || fail "branch.c: exit status $?"
case $CC in *clang*) said=instance ;; *) said='no instance' ;; esac
[ "$(grep -c "^leave which: $said$" calls)" = 1 ] || fail "branch.c: $(cat calls)"
[ "$(grep -c '^leave which: failed' calls)" = 1 ] || fail "branch.c: $(cat calls)"

# A file with nothing but a scope.
cat >scope.c <<'C'
#include <tka/tka.h>
void scoped(void) { if (1) TKA_SCOPE_BEGIN("alone"); else TKA_SCOPE_END(); }
C
"$TKA_CC" --no-link $CC $flags -c scope.c -o scope.o || fail "scope.c does not compile"
nm scope.o | grep -q tka_rt_scope_begin || fail "the scope is not begun"

# A role that cannot be had is an error where each annotation has to be honoured.
cat >refused.c <<'C'
#include <tka/tka.h>
TKA_CACHE("c") double f(TKA_CACHE_KEY double x) { TKA_CACHE_HIT(); return x; }
C
"$TKA_CC" --no-link $CC $flags -c refused.c -o refused.o 2>messages || fail "refused.c"
grep -q 'refused.c:2:23: tka: the role of f is not recorded (cache key: .*double' messages ||
    fail "another reason: $(cat messages)"
TKA_CC_STRICT=1 "$TKA_CC" --no-link $CC $flags -c refused.c -o strict.o 2>messages &&
    fail "not refused"
[ ! -e strict.o ] || fail "an object in spite of the error"
