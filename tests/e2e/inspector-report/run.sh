#!/usr/bin/env bash
# tka report, in all forms, on a fixed database. The expected output lies beside;
# UPDATE=1 writes it anew.
. "$(dirname "$0")/common.sh"
here=$tests/e2e/inspector-report

# compare NAME ARGUMENTS...
compare()
{
    local name=$1
    shift
    status 0 "$TKA" report --db fixture.db "$@"
    [ -z "${UPDATE:-}" ] || cp out "$here/$name"
    diff -u "$here/$name" out || fail "report $*"
}

compare expected.txt
compare expected-80.txt --width 80
compare expected-color.txt --color --width 100 -n 3
compare expected-stretch.txt --session warmup
compare expected-all.txt --all-sessions --sort calls
compare expected-tree.txt --tree
compare expected-tree-filter.txt --tree --filter rare --min-share 0
compare expected-files.txt --group-by file
compare expected-classes.csv --group-by class --format csv
compare expected.json --format json
compare expected-tree.json --tree --format json
compare expected.csv --format csv
compare expected-tree.csv --tree --format csv

# Switched off, by whom, and for a while only.
status 0 "$TKA" report --db fixture.db -f rare
says out "rare [suspended]" "counting cost more than the budget"
cp fixture.db off.db
sqlite3 off.db "UPDATE measurement SET off_reason = 'request' WHERE function_id = 4"
status 0 "$TKA" report --db off.db
says out "rare [off]" "[off] switched off: its calls are counted until then"
sqlite3 off.db "UPDATE measurement SET off_reason = NULL"
status 0 "$TKA" report --db off.db
says out "rare [was off]" "not counted then"
status 0 "$TKA" show --db off.db rare
says out "rare [was off]" "Its probes were off for 1.50 s."

# Order and choice.
first() { status 0 "$TKA" report --db fixture.db --format csv "$@"; sed -n 2p out | cut -d, -f1; }
[ "$(first --sort total)" = main ] || fail "sort total"
[ "$(first --sort p99)" = request ] || fail "sort p99"
[ "$(first --sort name)" = lookup ] || fail "sort name"
[ "$(first --filter 'ra*')" = rare ] || fail "filter glob"
[ "$(first --filter CACHE)" = lookup ] || fail "filter by part of the file"
[ "$(first -n 1 | wc -l)" = 1 ] || fail "limit"
[ "$(first -s 1)" = main ] || fail "session by id"
[ "$(first -s run-b)" = parse ] || fail "session by uid"

# A database that only can be read, in a folder that only can be read.
mkdir sealed && cp fixture.db sealed && chmod -R a-w sealed
status 0 "$TKA" report --db sealed/fixture.db
chmod -R u+w sealed

# A reader that goes away is no error to talk about.
"$TKA" report --db fixture.db 2>err | head -1 >/dev/null
[ ! -s err ] || fail "complained about a closed pipe: $(cat err)"
status 3 bash -c '"$0" report --db fixture.db >/dev/full' "$TKA"
says err "cannot write the output"

# Names that would steer the terminal or break JSON.
sqlite3 fixture.db "UPDATE function SET name = char(27) || '[2J' || char(10) || '\"' WHERE id = 2"
status 0 "$TKA" report --db fixture.db
! grep -q $'\033' out || fail "an escape sequence came through"
status 0 "$TKA" report --db fixture.db --format json
says out '"name": "\u001b[2J\u000a\""'
exit $failed
