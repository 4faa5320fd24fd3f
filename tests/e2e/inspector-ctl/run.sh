#!/usr/bin/env bash
# tka ctl: a running program of eight threads is switched in every way; what was never
# switched off is counted to the last call. Refusals tell why.
. "$(dirname "$0")/../inspector-report/common.sh"
. "$tests/lib/live_case.sh"

ctl() { status 0 "$TKA" ctl --wait 60000 "$@"; }

# refused STATUS TEXT ARGUMENT...
refused()
{
    local expected=$1 text=$2
    shift 2
    status "$expected" "$TKA" ctl "$@"
    one_error
    says err "$text"
}

# --- usage: nobody is asked
refused 2 "mode wants off, count, sampled or exact" 1 mode fast
refused 2 "mode wants" 1 mode
refused 2 "threshold wants a number" 1 threshold much
refused 2 "off wants functions" 1 off
refused 2 "start wants a name" 1 start ""
refused 2 "stop takes nothing" 1 stop it
refused 2 "\"hurry\" is not a request" 1 hurry
refused 2 "not the number of a process" 12x status
refused 2 "not the number of a process" 0 status

# --- processes that cannot be asked
mkdir -p data/live
refused 3 "no profiled program is running below $WORK/data"
refused 3 'no "nobody" is being profiled' nobody status
sleep 100 &
foreign=$!
refused 3 "process $foreign is not being profiled" $foreign status
kill $foreign
wait $foreign 2>/dev/null
refused 3 "there is no process $foreign" $foreign mode exact

# --- under load
begin
ctl $pid
says out "mode sampled, threshold 1000 %, bottleneck 50 ms, 0 of 3 probes off"
ctl status
says out "mode sampled"
ctl - status
says out "mode sampled"
for mode in exact count sampled exact count sampled; do
    ctl busy mode $mode
    says out "mode $mode"
done
ctl $pid mode exact --format json
says out "\"pid\": $pid" '"request": "mode exact"' '"ok": true' '"answer": "mode exact"'
ctl $pid --format csv threshold 500
says out "$pid,threshold 500,true,threshold 500 %"
ctl $pid bottleneck 0.5
says out "calls of 0.5 ms and more are captured"

ctl $pid off 'some*'
says out "1 function off"
"$TKA" top $pid -b -c 2 -i 0.3 --format csv >rows 2>&1 || fail "top: $(cat rows)"
sometimes_rows=$(grep ',sometimes,' rows | cut -d, -f4,8,10 | tail -1)
[ "$sometimes_rows" = sometimes,off,0 ] || fail "switched off: $sometimes_rows"
ctl $pid on 'sometimes'
says out "1 function on"
ctl $pid off busy.c
says out "3 functions off"
ctl $pid on '*'
ctl $pid
says out "0 of 3 probes off"

# more patterns than it remembers: one for all functions makes room
for i in $(seq 100); do
    "$TKA" ctl --wait 60000 $pid off "no_such_$i" >out 2>err || break
done
says err "too many requests"
ctl $pid on '*'
ctl $pid off no_such_1
says out "0 functions off"

# stopped: what is asked meanwhile may come late, but does not get mixed up
kill -STOP $pid
refused 3 "no answer: it is stopped" --wait 300 $pid off late
refused 3 "no answer: it is stopped" --wait 300 $pid threshold 33
status 0 "$TKA" top $pid -b -c 1 -i 0.1
says out "CPU 0%"
kill -CONT $pid
ctl $pid
says out "threshold 500 %" "0 of 3 probes off"

# two at once: both are answered, one after the other
for i in 1 2 3 4 5; do
    "$TKA" ctl --wait 60000 $pid mode exact >one 2>&1 &
    other=$!
    "$TKA" ctl --wait 60000 $pid threshold 7 >two 2>&1 || fail "asked at once: $(cat two)"
    wait $other || fail "asked at once: $(cat one)"
    [ "$(cat one two)" = "mode exact
threshold 7 %" ] || fail "asked at once: $(cat one two)"
done

ctl $pid start peak hour
says out "session started"
refused 3 "a session is open already" --wait 60000 $pid start another
sleep 0.5
ctl $pid stop
refused 3 "no session is open" --wait 60000 $pid stop
status 3 "$TKA" ctl --wait 60000 --format json $pid stop
says out '"ok": false' '"answer": "no session is open'
ctl $pid dump
says out stored
[ "$(calls slow)" -gt 0 ] || fail "dump has stored nothing"
sqlite3 -cmd '.timeout 20000' data/performance.db "SELECT name FROM session" | grep -qx "peak hour" ||
    fail "no session 'peak hour'"
finish
stored=$(calls sometimes)
[ "$stored" -lt "$sometimes" ] && [ "$stored" -gt 0 ] ||
    fail "sometimes(), off for a while: $stored of $sometimes"
refused 3 "there is no process $pid" $pid status

# --- never switched off: exact, whatever the modes
begin
for i in 1 2 3; do
    for mode in exact count sampled; do
        ctl $pid mode $mode
        ctl $pid off sometimes
        ctl $pid on sometimes
    done
    ctl $pid start "round $i"
    ctl $pid stop
done
# several that run: which one is a question
env TKA_SESSION_NAME=second TKA_MONITORING_INTERVAL=100 ./busy >made2 &
second=$!
for _ in $(seq 300); do
    "$TKA" ctl second >found 2>&1 && break
    sleep 0.1
done
[ "$(cat found)" = "mode sampled, threshold 1000 %, bottleneck 50 ms, 0 of 3 probes off" ] ||
    fail "by the session's name: $(cat found)"
status 2 "$TKA" ctl
one_error
says err "which one?" "$pid busy" "$second second"
status 2 "$TKA" ctl busy status
finish
wait $second
[ "$(calls always)" = $((always + $(cut -d' ' -f1 made2))) ] ||
    fail "always(): $(calls always) of $always and $(cat made2)"
[ "$(calls slow)" = $((slow + $(cut -d' ' -f3 made2))) ] || fail "slow(): $(calls slow)"

# --- no store thread
begin TKA_MONITORING_ENABLED=false
refused 3 "it has no store thread" --wait 200 $pid mode exact
finish
[ "$(calls always)" = "$always" ] || fail "without a store thread: $(calls always) of $always"
exit $failed
