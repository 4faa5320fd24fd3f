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

# What is not instrumented has the plain dependency file.
echo 'int none;' >none.c
"$TKA_CC" --rules "$rules" $CC -MD -MF tka.d -c none.c && $CC -MD -MF plain.d -c none.c
cmp plain.d tka.d || fail "dependencies of an untouched file"
exit 0
