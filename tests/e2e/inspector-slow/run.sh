#!/usr/bin/env bash
# tka slow: the list, one call and its export, on a fixed database; then a program that
# sleeps, one that computes, and one that is killed after a slow call.
. "$(dirname "$0")/../inspector-report/common.sh"

status 0 "$TKA" slow --db fixture.db
says out " 2  2025-06-15 15:08:20.700   120 ms  8.33%     200  request [critical]  main > request" \
    "60.0 ms      -" "\`tka slow 2\` shows what led to the first"
[ "$(sed 1,3d out | awk '$1 ~ /^[0-9]+$/ {print $1}' | xargs)" = "2 1" ] || fail "order: $(cat out)"
status 0 "$TKA" slow --db fixture.db --sort time --format csv
[ "$(sed 1d out | cut -d, -f1 | xargs)" = "1 2" ] || fail "by time: $(cat out)"
status 0 "$TKA" slow --db fixture.db -n 1 -f 'req*'
says out "1 more slow calls"
status 0 "$TKA" slow --db fixture.db -f parse
says out "No slow call of that kind is kept"
status 0 "$TKA" slow --db fixture.db -s 1
says out "No call took longer than the bottleneck threshold"
status 0 "$TKA" slow --db fixture.db -a --format json
says out '"counted": 2' '"captured": 2' '"cpu_share": 0.08333333333, "wait_ns": 110000000' \
    '"path": ["main", "request"]'
sqlite3 fixture.db "UPDATE measurement SET slow_calls = 900 WHERE function_id = 3"
status 0 "$TKA" slow --db fixture.db
says out "900 calls were over the threshold, 2 of them are kept"

status 0 "$TKA" slow --db fixture.db 2
says out "slow call 2" "Took 120 ms: computed 10.0 ms (8.33%), waited 110 ms; process 200, thread 200" \
    " -1.00 ms     open  ####" "     0 ns   120 ms  ########################################    request" \
    "  5.00 us  20.0 ms  #######                                       parse"
status 0 "$TKA" slow --db fixture.db 2 --format csv
says out "0,main,main,/src/app/main.c,10,function,-1000000,,true,main" \
    "2,parse,parse,/src/app/parse.c,20,function,5000,20000000,false,main > request > parse"
sqlite3 fixture.db "UPDATE slow_call SET events = '[[1,-5,null],[2,' WHERE id = 1"
status 0 "$TKA" slow --db fixture.db 1
says out "The events are damaged"

for wrong in "0" "x" "1 2" "--export -" "--sort size" "-a -s 1"; do
    status 2 "$TKA" slow --db fixture.db $wrong
    one_error
done
status 3 "$TKA" slow --db fixture.db 77
one_error
says err "no slow call 77"
status 3 "$TKA" slow --db fixture.db 2 --export no/such/folder
one_error

# nests FILE: valid trace events of one thread, each inside the one around it
nests()
{
    command -v python3 >/dev/null || return 0
    python3 - "$1" <<'P' || fail "does not nest: $(cat "$1")"
import json, sys
trace = json.load(open(sys.argv[1]))
spans = [e for e in trace["traceEvents"] if e["ph"] == "X"]
names = {e["name"] for e in trace["traceEvents"] if e["ph"] == "M"}
assert names == {"process_name", "thread_name"} and spans
stack, last = [], 0
for e in spans:
    begin, end = round(e["ts"] * 1000), round(e["ts"] * 1000) + round(e["dur"] * 1000)
    assert begin >= last >= 0 and e["dur"] >= 0
    last = begin
    while stack and stack[-1] <= begin:
        stack.pop()
    assert not stack or end <= stack[-1], e
    stack.append(end)
P
}
status 0 "$TKA" slow --db fixture.db 2 --export trace.json
says err "Written to trace.json"
nests trace.json
"$TKA" slow --db fixture.db 2 --export - | cmp - trace.json || fail "export to standard output"

[ -x "${TKA_CC:-}" ] || exit $failed
cat >calls.c <<'C'
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile unsigned sink;

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

TKA_PROFILE __attribute__((noinline)) static void step(int us)
{
    for (double end = now(CLOCK_THREAD_CPUTIME_ID) + us / 1e6; now(CLOCK_THREAD_CPUTIME_ID) < end;) {
        sink++;
    }
}
TKA_PROFILE __attribute__((noinline)) static void computes(void)
{
    for (int i = 0; i < 20; i++) {
        step(2000);
    }
}
TKA_PROFILE __attribute__((noinline)) static void sleeps(void)
{
    step(100);
    usleep(80000);
    step(100);
}
TKA_PROFILE __attribute__((noinline)) static void down(int depth)
{
    if (depth > 0) {
        down(depth - 1);
    } else {
        usleep(40000);
    }
}
TKA_PROFILE int main(int argc, char **argv)
{
    (void)argv;
    for (int i = 0; i < 2; i++) {
        sleeps();
        computes();
    }
    down(2);
    if (argc > 1) {
        for (;;) {
            pause();
        }
    }
    return 0;
}
C
"$TKA_CC" "$CC" -O2 -I "${TKA_PREFIX:-/usr}/include" calls.c -o calls || fail "build"
export TKA_PROFILING_BOTTLENECK_THRESHOLD=36

# share NAME: CPU share of a call of that function, where it was read, as it is not of the
# first; cpu: its CPU time in ms
share() { awk -F, -v name="$1" '$10 == name && $8 != "" { print $8; exit }' out; }
cpu() { awk -F, -v name="$1" '$10 == name && $8 != "" { print $7 / 1e6; exit }' out; }
# between LOW VALUE HIGH
between() { awk "BEGIN { exit !(\"$2\" != \"\" && ${2:-0} >= $1 && ${2:-0} <= $3) }"; }

TKA_PERFORMANCE_DATA_DIR=ran ./calls || fail "calls"
status 0 "$TKA" slow --data-dir ran --format csv
# On a busy machine a computing call waits for its turn, so its share is near 1 on an
# idle one only; its CPU time is what it is.
between 0 "$(share sleeps)" 0.1 && between 0 "$(cpu sleeps)" 5 || fail "sleeps: CPU $(share sleeps)"
between 0.1 "$(share computes)" 1 && between 39 "$(cpu computes)" 50 ||
    fail "computes: CPU $(share computes), $(cpu computes) ms"
[ "$(grep -c ',computes,' out)" = 2 ] || fail "two calls of computes: $(cat out)"
[ "$(grep -c ',sleeps,' out)" = 2 ] || fail "two calls of sleeps: $(cat out)"
grep -q 'main > sleeps' out || fail "path: $(cat out)"
ids=$(sed 1d out | cut -d, -f1)
for id in $ids; do
    status 0 "$TKA" slow --data-dir ran $id --export call.json
    nests call.json
    status 0 "$TKA" slow --data-dir ran $id
done
computes=$("$TKA" slow --data-dir ran --format csv | awk -F, '$10 == "computes" { print $1; exit }')
status 0 "$TKA" slow --data-dir ran $computes
says out "computes" "open" "main"
[ "$(grep -c ' step$' out)" -ge 15 ] || fail "steps before the end: $(cat out)"
status 0 "$TKA" report --data-dir ran
says out "CPU%" "calls over the bottleneck threshold"
status 0 "$TKA" report --data-dir ran --format csv
awk -F, '$1 == "sleeps" { exit !($22 < 0.2 && $23 > 0 && $24 == 2) }' out || fail "report of sleeps: $(cat out)"

# Killed: the captures lie in the live file.
TKA_PERFORMANCE_DATA_DIR=killed ./calls stay &
victim=$!
sleep 3
kill -9 $victim
wait $victim 2>/dev/null
status 0 "$TKA" slow --data-dir killed --format csv
[ "$(grep -c ',computes,' out)" = 2 ] && [ "$(grep -c ',sleeps,' out)" = 2 ] ||
    fail "captures of a killed program: $(cat out err)"
TKA_MONITORING_ENABLED=false TKA_PERFORMANCE_DATA_DIR=unseen ./calls stay &
victim=$!
sleep 2
kill -9 $victim
wait $victim 2>/dev/null
status 0 "$TKA" slow --data-dir unseen --format csv
[ "$(grep -c ',computes,' out)" = 2 ] || fail "captures of a killed program without a store: $(cat out err)"
exit $failed
