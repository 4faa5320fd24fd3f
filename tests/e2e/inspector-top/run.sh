#!/usr/bin/env bash
# tka top: readings of a running program as text, JSON lines and CSV; its screen on a
# terminal; and that looking disturbs nothing.
. "$(dirname "$0")/../inspector-report/common.sh"
. "$tests/lib/live_case.sh"

status 2 "$TKA" top --sort colour
status 2 "$TKA" top --interval 0
status 2 "$TKA" top 1 2
mkdir -p data/live
status 3 "$TKA" top
one_error
says err "no profiled program is running"
status 3 "$TKA" top 999999999
one_error

begin TKA_PROFILING_MODE=exact
status 0 "$TKA" top --batch --count 2 --interval 0.3
says out "busy  process $pid  mode exact" "CPU " "RSS " "threads 10 (8 profiled)" \
    "Probes cost" "Self%" always sometimes slow
[ "$(grep -c 'Self%' out)" = 2 ] || fail "readings: $(cat out)"
status 0 "$TKA" top busy -c 1 -i 0.3 -n 1 --sort p99
[ "$(tail -1 out | grep -c slow)" = 1 ] || fail "sorted by p99: $(cat out)"
status 0 "$TKA" top $pid -c 1 -i 0.3 --sort name -f 's*' --format csv
[ "$(cut -d, -f4 out | xargs)" = "name slow sometimes" ] || fail "filter: $(cat out)"

status 0 "$TKA" top $pid -c 3 -i 0.3 --format json
[ "$(wc -l <out)" = 3 ] || fail "not an object a line: $(cat out)"
python3 - $pid <out <<'P' || fail "json: $(cat out)"
import json, sys
lines = [json.loads(line) for line in sys.stdin]
before = {}
for line in lines:
    assert line["pid"] == int(sys.argv[1]) and line["mode"] == "exact", line
    assert line["threads"] == 10 and line["profiled_threads"] == 8, line
    assert 0.29 < line["seconds"] < 100 and line["cpu_share"] > 0, line
    assert 0 < line["overhead_share"] < 1.5 and line["lost_calls"] == 0, line
    functions = {f["name"]: f for f in line["functions"]}
    assert set(functions) == {"always", "sometimes", "slow"}, functions
    for name, f in functions.items():
        # the calls of an interval are the difference of the calls in all
        assert before.get(name, f["all_calls"] - f["calls"]) == f["all_calls"] - f["calls"]
        before[name] = f["all_calls"]
        assert abs(f["calls_per_second"] * line["seconds"] - f["calls"]) <= 1e-6 * f["calls"]
    assert abs(sum(f["share"] for f in line["functions"]) - 1) < 1e-6
    assert line["calls"] == sum(f["calls"] for f in line["functions"])
    slow = functions["slow"]
    if slow["samples"] >= 30:
        assert slow["p50_ns"] >= 900000 and slow["p99_ns"] >= slow["p50_ns"], slow
        assert slow["mean_ns"] >= 1000000, slow
    else:
        assert slow["p99_ns"] is None, slow
P

# few timed calls tell no percentile
"$TKA" ctl --wait 60000 $pid mode count >/dev/null || fail "mode count"
sleep 0.3
status 0 "$TKA" top $pid -c 2 -i 0.5 -f always --format csv
case $(tail -1 out) in
*,0,[0-9]*,,,,,,) ;;
*) fail "only counted: $(cat out)" ;;
esac
"$TKA" ctl --wait 60000 $pid mode exact >/dev/null || fail "mode exact"

# the screen: keys, another size, Ctrl-Z, and the terminal is as it was
python3 - "$TKA" $pid >screen.log 2>&1 <<'P' || fail "screen: $(cat screen.log)"
import fcntl, os, pty, select, signal, struct, sys, termios, time

def start(*arguments):
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm", LC_ALL="C.UTF-8")
        os.execv(sys.argv[1], [sys.argv[1], "top", sys.argv[2], "-i", "0.2", *arguments])
    resize(terminal, 24, 100)
    return child, terminal

def resize(terminal, rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

def until(terminal, text, seconds=60):
    seen, end = "", time.time() + seconds
    while text not in seen:
        ready, _, _ = select.select([terminal], [], [], max(0, end - time.time()))
        assert ready, "no %r in %r" % (text, seen[-3000:])
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            piece = b""
        assert piece, "it ended before %r: %r" % (text, seen[-3000:])
        seen += piece.decode("utf-8", "replace")
    return seen

def ended(child, terminal):
    rest = until(terminal, "\033[?1049l")
    mode = termios.tcgetattr(terminal)[3]
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status, mode
        try:
            if select.select([terminal], [], [], 0.1)[0]:
                os.read(terminal, 65536)
        except OSError:
            pass

child, terminal = start()
until(terminal, "\033[?1049h")
until(terminal, "Calls/s so far")
until(terminal, "> ")
os.write(terminal, b"s");      until(terminal, "sort: calls")
os.write(terminal, b"g");      until(terminal, "P99 so far")
os.write(terminal, b"p");      until(terminal, "[paused]")
os.write(terminal, b"p");      until(terminal, "Self%")
os.write(terminal, b"+");      until(terminal, "every 0.4 s")
os.write(terminal, b"/slo");   until(terminal, "Filter: slo_")
os.write(terminal, b"\r");     until(terminal, "filter: slo")
os.write(terminal, b"c");      until(terminal, "mode count")
os.write(terminal, b"e");      until(terminal, "mode exact")
os.write(terminal, b"o");      until(terminal, "1 function off")
until(terminal, "off")
os.write(terminal, b"o");      until(terminal, "1 function on")
os.write(terminal, b"/\033"); until(terminal, "sometimes")
resize(terminal, 9, 40);       until(terminal, "\033[H")
os.write(terminal, b"\033[B\033[A"); until(terminal, "> ")
os.write(terminal, b"q")
status, mode = ended(child, terminal)
assert status == 0, status
assert mode & termios.ICANON and mode & termios.ECHO, "the terminal is not as it was"

for number in (signal.SIGTERM, signal.SIGHUP):
    child, terminal = start()
    until(terminal, "Self%")
    os.kill(child, number)
    status, mode = ended(child, terminal)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == number, status
    assert mode & termios.ICANON, "the terminal is not as it was"

child, terminal = start()
until(terminal, "Self%")
os.write(terminal, b"\003")
status, mode = ended(child, terminal)
assert status == 0 and mode & termios.ICANON, status
P

# several at once, and its end
"$TKA" top $pid --format csv -i 0.2 >watched 2>watched.err &
watcher=$!
"$TKA" top $pid -b -i 0.2 >watched2 2>watched2.err &
watcher2=$!
for _ in $(seq 300); do [ "$(wc -l <watched)" -gt 3 ] && [ -s watched2 ] && break; sleep 0.1; done
finish
wait $watcher || fail "status at its end: $?"
wait $watcher2 || fail "status at its end: $?"
[ "$(cat watched.err)" = "tka top: busy (process $pid) has ended" ] || fail "$(cat watched.err)"
[ "$(calls always)" = "$always" ] || fail "watched: $(calls always) of $always"
status 3 "$TKA" top $pid
says err "there is no process $pid"

# it has no store thread, and is watched all the same
begin TKA_MONITORING_ENABLED=false
status 0 "$TKA" top $pid -c 1 -i 0.3
says out always
finish
exit $failed
