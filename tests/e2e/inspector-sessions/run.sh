#!/usr/bin/env bash
# tka sessions: runs, newest first, each followed by its stretches.
. "$(dirname "$0")/../inspector-report/common.sh"

status 0 "$TKA" sessions --db fixture.db
says out "exit 0" "signal 9 (Killed)" "12,511,579" "  warmup"
[ "$(sed 1d out | awk '{print $1}' | xargs)" = "2 3 1" ] || fail "order: $(cat out)"
status 0 "$TKA" sessions --db fixture.db -n 1 --format csv
[ "$(wc -l <out)" = 2 ] || fail "limit: $(cat out)"
status 0 "$TKA" sessions --db fixture.db --format json
says out '"name": "nightly"' '"parent_id": 2' '"git_commit": "c0ffee"' '"calls": 12511579'
sqlite3 empty.db <"$schema" && sqlite3 empty.db "PRAGMA user_version = 4"
status 0 "$TKA" sessions --db empty.db
says out "No session"
status 3 "$TKA" report --db empty.db
says err "no session recorded yet"
exit $failed
