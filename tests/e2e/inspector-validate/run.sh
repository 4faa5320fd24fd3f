#!/usr/bin/env bash
# tka validate: the form of what it prints, its exit statuses, what it does without a
# compiler and with a tka-cc that does not work; nothing of it stays, and the user's
# data is not touched. What it measures may be anything here: 0 and 1 are both right.
. "$(dirname "$0")/../inspector-report/common.sh"
[ -x "${TKA_CC:-}" ] || exit 77

mkdir tmp user
export TMPDIR=$PWD/tmp
cp fixture.db user/performance.db
before=$(cksum <user/performance.db)

# With settings of the user's that must not reach the programs.
settings=(env TKA_PERFORMANCE_DATA_DIR="$PWD/user" TKA_PROFILING_MODE=off
    TKA_PROFILING_ENABLED=false TKA_SESSION_NAME=mine)

# gone WHEN: the temporary folder, and the user's data as it was
gone()
{
    [ -z "$(ls -A tmp)" ] || fail "$1: left in TMPDIR: $(ls -R tmp)"
    [ "$(ls user)" = performance.db ] && [ "$(cksum <user/performance.db)" = "$before" ] ||
        fail "$1: the user's data was touched: $(ls -R user)"
    [ ! -e data ] || fail "$1: a data folder was made"
}

# measured COMMAND...: a promise may be kept or not
measured()
{
    "$@" >out 2>err
    got=$?
    [ $got -le 1 ] || fail "exit $got: $*
$(cat err)"
    [ ! -s err ] || fail "messages: $(cat err)"
}

# in_json QUERY: of "f", the findings
in_json()
{
    sqlite3 :memory: "WITH f AS (SELECT value->>'check' AS name, value->>'unit' AS unit,
        value->>'value' AS value, value->>'promise' AS promise, value->>'bound' AS bound,
        value->>'verdict' AS verdict, value->>'note' AS note
        FROM json_each(readfile('out'), '\$.findings')) $1"
}

measured "${settings[@]}" "$TKA" validate --cc "$CC" --quick --format json
gone "all of it"
[ "$(in_json "SELECT group_concat(DISTINCT name) FROM f")" = \
    toolchain,cost,overhead,accuracy,store,memory,crash ] || fail "checks: $(cat out)"
[ "$(in_json "SELECT count(*) FROM f WHERE verdict NOT IN ('ok','fail','noisy','skipped')
    OR verdict <> 'skipped' AND name <> 'toolchain' AND
       (value IS NULL OR promise IS NULL OR unit IS NULL OR bound IS NULL)")" = 0 ] ||
    fail "members: $(cat out)"
[ "$(in_json "SELECT count(*) FROM f WHERE verdict = 'skipped' AND note = 'not built yet'")" = 1 ] ||
    fail "what is not built: $(cat out)"
# These do not depend on how fast the machine is.
[ "$(in_json "SELECT count(*) FROM f WHERE name IN ('toolchain', 'crash') AND verdict = 'ok'
    OR unit = 'calls' AND value = 0 AND verdict = 'ok'")" = 4 ] || fail "counts: $(cat out)"
[ "$(in_json "SELECT count(*) > 0 FROM f WHERE verdict = 'fail'")" = $got ] ||
    fail "exit $got: $(cat out)"

measured "$TKA" validate --cc "$CC" --quick --only memory
says out "Compiler: $CC" "Check" "Verdict" "toolchain" "allocation tracking" "not built yet"
! grep -q "crash\|overhead" out || fail "--only: $(cat out)"
measured "$TKA" validate --cc "$CC -g" --quick --only=store,memory --format csv
says out "check,what,unit,value,spread,bound,promise,verdict,note" "store," "memory,"
gone "--only"

status 2 "$TKA" validate --only nothing
one_error
status 2 "$TKA" validate --db fixture.db
one_error
status 2 "$TKA" validate operand
status 3 "$TKA" validate --cc nothing-there
one_error
mkdir empty
status 3 env -u CC PATH="$PWD/empty" "$TKA" validate
one_error
says err "no compiler"
status 3 "$TKA" validate --cc false
one_error
status 3 env TMPDIR=/nothing/there "$TKA" validate --cc "$CC"
one_error
gone "what cannot be done"

# tka-cc is looked for beside tka first.
mkdir broken
cp "$TKA" broken/tka
printf '#!/bin/sh\necho "tka-cc: out of order" >&2\nexit 1\n' >broken/tka-cc
chmod +x broken/tka-cc
status 1 broken/tka validate --cc "$CC" --only crash
says out "FAIL" "out of order" "nothing can be instrumented"
printf '#!/bin/sh\nexec "$@"\n' >broken/tka-cc
status 1 broken/tka validate --cc "$CC -DTKA_PLAIN" --only cost
says out "FAIL" "recorded nothing"
rm broken/tka-cc
status 1 env PATH="/usr/bin:/bin" broken/tka validate --cc "$CC" --only crash
says out "neither beside tka nor in PATH"
gone "a broken tka-cc"

for signal in TERM HUP; do
    "$TKA" validate --cc "$CC" >out 2>err &
    sleep 1
    kill -$signal $!
    wait $!
    got=$?
    [ $got = $((128 + $(kill -l $signal))) ] || fail "exit $got after SIG$signal: $(cat err)"
    gone "SIG$signal"
done

measured_keep=$("$TKA" validate --cc "$CC" --only toolchain --keep 2>&1 >out)
folder=${measured_keep#kept: }
[ -f "$folder/toolchain.c" ] && [ -f "$folder/data/performance.db" ] || fail "--keep: $measured_keep"
exit $failed
