# Programs as they are installed run under exact tracking: the same output and status,
# nothing more on stderr.
. "$(dirname "$0")/../../lib/memory_case.sh"

seq 20000 | awk '{ print $1, $1 * $1 % 997 }' >numbers
cat >hello.c <<'C'
#include <stdio.h>
int main(void) { for (int i = 0; i < 10; i++) printf("%d\n", i * i); return 0; }
C
ran=0
# alike NAME SHELL-COMMAND
alike()
{
    command -v "$1" >/dev/null || return
    timeout 60 bash -c "$2" >expected.out 2>expected.err </dev/null
    local status=$? mode
    for mode in sampled exact; do
        hooked $mode bash -c "$2" >truth.out 2>truth.err </dev/null
        expect "status of $1, $mode" $status $?
        cmp expected.out truth.out || fail "$1 writes something else, $mode"
        cmp expected.err truth.err || { cat truth.err; fail "$1 says something else, $mode"; }
    done
    ran=$((ran + 1))
}
alike sqlite3 "sqlite3 :memory: 'CREATE TABLE t(a, b)' '.separator \" \"' '.import numbers t' 'SELECT b, count(*) FROM t GROUP BY b ORDER BY 2, 1 LIMIT 50'"
alike python3 "python3 -c 'import json, re; print(sum(len(json.dumps({str(i): [i] * 5})) for i in range(5000)))'"
alike perl "perl -ne '\$n{\$2} .= \$1 if /(.*) (.*)/; END { print \"\$_ \$n{\$_}\n\" for sort keys %n }' numbers"
alike lua5.4 "lua5.4 -e 'local t = {} for i = 1, 1e5 do t[i] = {i} end print(#t)'"
alike git "rm -rf repo && git init -q repo && cp numbers repo && cd repo && git add . && git -c user.name=a -c user.email=a@b commit -qm one && git log --format=%s --stat"
alike gcc "gcc -O2 hello.c -o hello && ./hello"
alike bash "bash -c 'for i in {1..2000}; do x[i]=\$((i * i)); done; echo \${x[@]} | tr \" \" \"\n\" | sort | tail -n 3'"
alike xz "xz -kc numbers | xz -dc | md5sum"
alike tar "tar czf - numbers hello.c | tar tzf -"
alike awk "awk '{ s[\$2] += \$1 } END { for (k in s) t += s[k]; print t }' numbers"
[ $ran -ge 5 ] || exit 77
fold
[ "$(query 'SELECT sum(allocations) FROM memory_measurement')" -gt 100000 ] || fail "hardly anything was noted"
expect "live files" "" "$(ls data/live)"
