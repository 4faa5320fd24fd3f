#!/usr/bin/env bash
# Odd sources, places and flags: built by tka-cc each is instrumented, says nothing
# that the plain build does not say, and prints and returns the same.
set -u
fail() { echo "$*"; [ -e log ] && cat log; exit 1; }
cd "$WORK" || exit 1
mkdir -p "it's a \"dir\"" read-only build
cat >base.c <<'C'
#include <stdio.h>
#include <tka/tka.h>
TKA_PROFILE static int f(int x)
{
    return x + __LINE__;
}
int main(void)
{
    printf("%d %s\n", f(1), "text");
    return f(0) - 5;
}
C
cp base.c "it's a \"dir\"/a b.c"
cp base.c read-only/r.c
cp base.c odd.suffix
sed 's/$/\r/' base.c >crlf.c
{ printf '\357\273\277'; cat base.c; } >bom.c
sed 's|"text"|"\xff\xe4\x80 /* \xc3\xa4"|;s|^TKA|/* \xfe\xe4 { */ TKA|' base.c >latin.c
cp base.c $'new\ntka: \t.c'
cp base.c 'Größe "中".c'
long=$(printf '%01000000d' 0)
while IFS= read -r line; do
    case $line in
    TKA*) line="/* $long */ $line" ;;
    '{') [ -n "${braced-}" ] || line="/* $long */ { /* $long */" braced=1 ;;
    esac
    printf '%s\n' "$line"
done <base.c >long.c
chmod a-w read-only/r.c read-only
trap 'chmod u+w read-only' EXIT

# One build of each: FLAGS; the source is the last word. Compiled and linked apart.
check()
{
    local source=${!#} plain status
    local flags=("${@:1:$#-1}")
    rm -f build/*.gc*
    $CC $OPT "${flags[@]}" -idirafter "$TKA_PREFIX/include" -c "$source" -o build/plain.o 2>plain.log ||
        { echo "plain: $* is left out"; return; }
    $CC $OPT "${link[@]}" build/plain.o -o build/plain 2>>plain.log ||
        { echo "plain: $* is left out"; return; }
    "$TKA_CC" --verbose $CC $OPT "${flags[@]}" -c "$source" -o build/tka.o 2>log || fail "compile: $*"
    grep -q ': 1 instrumented, 0 skipped$' log || fail "not instrumented: $*"
    "$TKA_CC" --no-link $CC $OPT "${link[@]}" build/tka.o -o build/tka 2>>log || fail "link: $*"
    grep -v '^tka: ' log | diff plain.log - || fail "other messages: $*"
    plain=$(build/plain 2>&1)
    status=$?
    [ "$(build/tka 2>&1)" = "$plain" ] || fail "other output: $*"
    build/tka >/dev/null 2>&1
    [ $? = $status ] || fail "other status: $*"
}

link=()
for source in "it's a \"dir\"/a b.c" read-only/r.c crlf.c bom.c latin.c long.c \
    $'new\ntka: \t.c' 'Größe "中".c'; do
    check -Wall -Wextra "$source"
done
check -x c odd.suffix
check -xc odd.suffix
while read -r flags; do
    link=()
    [ "${flags#* + }" = "$flags" ] || link=(${flags#* + })
    check ${flags% + *} base.c
done <<'LIST'
-g -Wall -Wextra
-flto + -flto
-flto=thin + -flto=thin
--coverage + --coverage
-flto --coverage + -flto --coverage
-fsanitize=address + -fsanitize=address
-fsanitize=undefined + -fsanitize=undefined
-fsanitize=thread + -fsanitize=thread
-fsanitize=address --coverage -g + -fsanitize=address --coverage
-fprofile-generate + -fprofile-generate
-fPIC -fvisibility=hidden
-m32 + -m32
-pg + -pg
-ffunction-sections -fdata-sections + -Wl,--gc-sections
-fno-plt -fstack-protector-all
-std=c89
-std=c2x
-pedantic-errors
-std=c89 -pedantic-errors -Werror
-Wsystem-headers -Werror -Wno-reserved-id-macro
-Werror -Weverything -Wno-reserved-identifier
-pipe -P
-C
-fdiagnostics-format=json
-fprofile-use -Wno-missing-profile
-nostdinc -isystem /usr/include -isystem /usr/include/x86_64-linux-gnu
-imacros limits.h -DTKA_PROFILE_UNUSED
LIST
# clang: options that only the compilation uses, in a command that links, too.
"$TKA_CC" --no-link $CC $OPT -Werror -nostdinc -isystem /usr/include \
    -isystem "$($CC -print-file-name=include)" -isystem /usr/include/x86_64-linux-gnu base.c \
    -o build/both 2>log || fail "compile and link with -Werror"

# What tka-cc hands on finds tka/tka.h, too.
echo '#include <tka/tka.h>' >header.h
for command in "-E base.c" "-MM base.c" "-fsyntax-only base.c" "-c -x c - -o build/stdin.o" \
    "header.h -o build/header" "-x c-header base.c -o build/header"; do
    "$TKA_CC" $CC $OPT $command <base.c >log 2>&1 || fail "$command"
done
"$TKA_CC" $CC -v -E -x c /dev/null 2>&1 | grep -q "$TKA_PREFIX/include" &&
    fail "the include folders of -v are others"
exit 0
