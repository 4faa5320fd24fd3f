#!/usr/bin/env bash
# tka run: status, signals and environment of any program; the report of one built
# with tka-cc.
. "$(dirname "$0")/../inspector-report/common.sh"

run() { "$TKA" run -q --data-dir "$WORK/data" "$@"; }
status 7 run sh -c 'exit 7'
status 137 run -- sh -c 'kill -9 $$'
status 127 run no_such_program_here
one_error
touch plain
status 126 run ./plain
one_error
status 0 run -m exact -s named -- sh -c 'echo "$TKA_PROFILING_MODE $TKA_SESSION_NAME $TKA_PERFORMANCE_DATA_DIR"'
[ "$(cat out)" = "exact named $WORK/data" ] || fail "environment: $(cat out)"
echo in | status 0 run cat
[ "$(cat out)" = in ] || fail "standard input"
status 0 bash -c '"$0" run sh -c "echo out" >/dev/null' "$TKA"
says err "nothing was profiled"

# A signal from elsewhere reaches the program; Ctrl-C's would reach it directly.
cat >waits.sh <<'W'
trap 'echo got; exit 3' TERM
: >ready
while :; do sleep 0.05; done
W
"$TKA" run -q --data-dir "$WORK/data" sh waits.sh >out 2>err &
pid=$!
for _ in $(seq 100); do [ -e ready ] && break; sleep 0.05; done
kill -TERM $pid
wait $pid
[ $? = 3 ] && [ "$(cat out)" = got ] || fail "signal was not passed on: $(cat out err)"

[ -x "${TKA_CC:-}" ] || exit $failed
cat >app.c <<'C'
#include <tka/tka.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
TKA_PROFILE int work(int n)
{
    volatile int sum = 0;
    for (int i = 0; i < 1000; i++) sum += n;
    return sum;
}
TKA_PROFILE int main(int argc, char **argv)
{
    (void)argv;
    for (int i = 0; i < 5000; i++) work(i);
    puts("done");
    fflush(stdout);
    if (argc > 1) raise(SIGKILL);
    return 4;
}
C
"$TKA_CC" "$CC" -I "${TKA_PREFIX:-/usr}/include" ${OPT:-} app.c -o app || exit 1
status 4 "$TKA" run -m exact -s first ./app
[ "$(cat out)" = done ] || fail "the program's output changed: $(cat out)"
says err "first" "exit 4" "5,000" "work" "exact"
status 0 "$TKA" report --format csv
grep -q "^work,work,$WORK/app.c,5,function,5000,5000,5000," out || fail "csv: $(cat out)"
status 137 "$TKA" run -s second ./app die
says err "signal 9" "5,000" "work"
status 0 "$TKA" sessions --format csv
says out ",second," ",signal,9," ",first," ",exit,4,"
status 4 "$TKA" run --format json -o report.json ./app
says report.json '"name": "work"' '"calls": 5000'
status 0 "$TKA" doctor ./app
says out "2 instrumented, 0 skipped"
exit $failed
