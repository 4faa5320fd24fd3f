#!/usr/bin/env bash
# Rules and tka-cc are inputs of the build: make and ninja compile again when they
# change, do nothing when they do not, and survive their disappearance.
set -u
fail() { echo "$*"; [ -e log ] && cat log; exit 1; }
cd "$WORK" || exit 1
mkdir -p tool/bin tool/lib 'the rules'
cp "$TKA_CC" tool/bin && cp -rL "$TKA_PREFIX/include" tool/
rules='the rules/a $b#c.rules'
printf 'INCLUDE FUNCTION one\n' >"$rules"
cat >main.c <<'C'
int one(int x) { return x; }
int two(int x) { return one(x); }
int main(void) { return two(0); }
C
cat >Makefile <<M
main.o: main.c
	TKA_CC_RULES='${rules/\$/\$\$}' tool/bin/tka-cc --verbose $CC $OPT -MD \$(MP) -c main.c 2>>log
-include main.d
M
sed -i 's|#c.rules|\\#c.rules|' Makefile
sed -i "s|\\\\#c.rules' tool|#c.rules' tool|" Makefile
cat >build.ninja <<N
rule cc
  command = TKA_CC_RULES='${rules/\$/\$\$}' tool/bin/tka-cc --verbose $CC $OPT -MD -MF n.d -c main.c -o \$out 2>>log
  depfile = n.d
build n.o: cc main.c
N
builds() { grep -c 'main.c: 1 instrumented' log; }
check()
{
    local tool=$1 before
    shift
    rm -f log
    "$@" >out.log 2>&1 || { cat out.log; fail "$tool"; }
    [ "$(builds)" = 1 ] || fail "$tool: not built"
    "$@" >out.log 2>&1
    [ "$(builds)" = 1 ] || fail "$tool: builds again without a change"
    sleep 0.05
    touch "$rules"
    "$@" >out.log 2>&1
    [ "$(builds)" = 2 ] || { cat out.log; fail "$tool: changed rules do not rebuild"; }
    sleep 0.05
    touch tool/bin/tka-cc
    "$@" >out.log 2>&1
    [ "$(builds)" = 3 ] || fail "$tool: a changed tka-cc does not rebuild"
    "$@" >out.log 2>&1
    [ "$(builds)" = 3 ] || fail "$tool: builds again"
    mv "$rules" saved
    "$@" >out.log 2>&1 || { cat out.log; fail "$tool: lost rules stop the build"; }
    mv saved "$rules"
}
check make make
rm -f main.o main.d
check 'make -MP' make MP=-MP
! command -v ninja >/dev/null || check ninja ninja

# Without rules, what is not instrumented has the plain dependency file.
echo 'int none;' >none.c
"$TKA_CC" $CC -MD -MF tka.d -c none.c && $CC -MD -MF plain.d -c none.c
cmp plain.d tka.d || fail "dependencies of an untouched file"

# Rules that leave a file alone today may select something in it tomorrow.
echo 'int other(void) { return 1; }' >other.c
printf 'INCLUDE FILE elsewhere/*\n' >some.rules
tka() { "$TKA_CC" --rules some.rules $CC $OPT "$@" || fail "$*"; }
named() { grep -q 'some\.rules' "$1" && grep -q 'bin/tka-cc' "$1" || fail "$1 does not name the inputs"; }
$CC $OPT -c none.c -o plain.o
tka -MD -MP -c none.c -o tka.o && named tka.d
cmp plain.o tka.o || fail "another object"
tka -c none.c -Wp,-MMD,wp.d && named wp.d
tka -S -MD none.c -o text.s && named text.d
(tka -MD -c none.c other.c) && named none.d && named other.d
echo 'int main(void) { return 0; }' >app.c
tka -MD app.c none.c -o app && for d in app-app.d app-none.d app.d none.d; do
    [ ! -e $d ] || grep -q some.rules $d || [ "$CC$d" = gccnone.d ] || fail "link: $d"
done
# Rules that cannot be read, too; and odd dependency files do no harm.
printf 'nonsense\n' >some.rules
tka -MD -c none.c -o wrong.o 2>/dev/null && named wrong.d
tka -MD -MF /dev/null -c none.c -o null.o 2>/dev/null
tka -MD -MF /dev/stdout -c none.c -o null.o >out.d 2>/dev/null && grep -q none.c out.d && ! grep -q some.rules out.d ||
    fail "-MF /dev/stdout"
[ "$(grep -c '^some.rules:$' wrong.d)" = 1 ] || fail "named twice"
exit 0
