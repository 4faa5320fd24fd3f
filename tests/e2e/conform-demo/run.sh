# The README's demo, from nothing: Lua is built, run and reported.
root=$(cd "$(dirname "$0")/../../.." && pwd)
"$root/examples/demo.sh" >output 2>&1
status=$?
fail()
{
    cat output
    echo "FAIL: $*"
    exit 1
}
[ $status = 0 ] || fail "exit status $status"
! grep -q 'cannot be had from here' output || exit 77
[ "$(grep -c '^queens 352  words 499  trees 327660$' output)" = 6 ] || fail "the benchmark's output"
grep -q 'luaV_execute *build/demo/lua/src/lvm.c\|luaV_execute.*lvm.c:1141' output || fail "no report"
grep -q '└─ luaV_execute' output || fail "no tree"
! grep -q "$(printf '\033')" output || fail "colours in a file"
