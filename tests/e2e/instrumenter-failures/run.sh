#!/usr/bin/env bash
# Whatever goes wrong on our side, the original is compiled and one line says so;
# what goes wrong in the source looks as without tka-cc. --strict makes it fail.
set -u
fail() { echo "$*"; [ -e log ] && cat log; exit 1; }
cd "$WORK" || exit 1
cat >good.c <<'C'
#include <tka/tka.h>
TKA_PROFILE int f(int x) { return x; }
int main(void) { return f(0); }
C
cat >bad.c <<'C'
#include <tka/tka.h>
TKA_PROFILE int f(int x) { return y; }
C
cat >late.c <<'C'
#include <tka/tka.h>
int f(int x) { return x; }
TKA_PROFILE int f(int x);
C
cat >missing.c <<'C'
#include <tka/tka.h>
#include "not/there.h"
TKA_PROFILE int f(int x) { return x; }
C

# No libclang.
TKA_CC_LIBCLANG=/not/there "$TKA_CC" $CC $OPT -c good.c -o out.o 2>log || fail "no libclang"
[ "$(cat log)" = "tka: good.c: not instrumented (libclang was not found)" ] || fail "message"
$CC $OPT -idirafter "$TKA_PREFIX/include" -c good.c -o plain.o
cmp plain.o out.o || fail "not the original"
rm -f out.o
TKA_CC_LIBCLANG=/not/there "$TKA_CC" --strict $CC $OPT -c good.c -o out.o 2>log &&
    fail "--strict passes without libclang"

# Errors of the source: the same text and status.
for source in bad missing; do
    $CC $OPT -idirafter "$TKA_PREFIX/include" -c $source.c 2>plain.log
    plain=$?
    "$TKA_CC" $CC $OPT -c $source.c 2>log
    [ $? = $plain ] || fail "$source: other exit status"
    diff plain.log log || fail "$source: other diagnostics"
done

# A refused annotation is a warning, with --strict an error and no object.
"$TKA_CC" $CC $OPT -c late.c 2>log || fail "late.c fails"
grep -q '^late.c:3:1: tka: annotation TKA_PROFILE is not instrumented' log || fail "no warning"
rm -f late.o
"$TKA_CC" --strict $CC $OPT -c late.c 2>log && fail "--strict passes"
[ ! -e late.o ] || fail "--strict leaves an object"
TKA_CC_STRICT=1 "$TKA_CC" $CC $OPT -c late.c 2>/dev/null && fail "TKA_CC_STRICT passes"

# Rules that are wrong.
printf 'ALL\nEXCLUDE f\n' >rules
"$TKA_CC" --rules rules $CC $OPT -c good.c 2>log || fail "bad rules break the build"
grep -q '^tka: rules:2: FILE, FUNCTION or MANGLED expected$' log || fail "rules message"
"$TKA_CC" --strict --rules rules $CC $OPT -c good.c 2>log && fail "--strict, bad rules"
"$TKA_CC" --rules nowhere $CC $OPT -c good.c 2>log || fail "no rules file"
grep -q 'nowhere: No such file' log || fail "rules message 2"

# Line numbers that clang -frewrite-includes gets wrong.
printf '#include <tka/tka.h>\r\n#include "empty.h"\n#if 1\n#endif\nTKA_PROFILE int f(void) { return __LINE__; }\nint main(void) { return f() - 5; }\n' >mixed.c
: >empty.h
"$TKA_CC" --no-link $CC $OPT mixed.c -o mixed 2>log || fail "mixed line ends"
./mixed || fail "mixed line ends: other lines"

# A folder for temporary files that is not there.
TMPDIR=/not/there "$TKA_CC" $CC $OPT -c good.c 2>log
grep -q 'temporary' log || fail "TMPDIR"

# Not a compiler, nothing, nonsense.
[ "$("$TKA_CC" echo hello)" = hello ] || fail "not a compiler"
"$TKA_CC" 2>log
[ $? = 2 ] || fail "no command"
"$TKA_CC" --nonsense 2>log
[ $? = 2 ] || fail "nonsense"
"$TKA_CC" --help | grep -q 'Examples' || fail "--help"
"$TKA_CC" no-such-gcc -c good.c 2>log
[ $? = 127 ] || fail "missing compiler"

# A link without an installed runtime.
mkdir -p lonely/bin && cp "$TKA_CC" lonely/bin && cp -rL "$TKA_PREFIX/include" lonely/
lonely/bin/tka-cc $CC $OPT good.c -o program 2>log || fail "no runtime: link fails"
[ "$(grep -c '^tka: the runtime is not in ' log)" = 1 ] || fail "no runtime: message"
./program || fail "no runtime: program"
exit 0
