#!/usr/bin/env bash
# tka prune: sums and histograms are the same before and after, whatever interrupts it;
# old runs go with all that belongs to them.
. "$(dirname "$0")/../inspector-report/common.sh"
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
history=$tests/e2e/inspector-prune/history.py
unset TKA_PERFORMANCE_RETENTION_DAYS

fresh()
{
    rm -f past.db past.db-*
    { cat "$schema"; echo "PRAGMA user_version = 4;"; } | sqlite3 past.db
    python3 "$history" make past.db || fail "no history"
}
ask() { sqlite3 -cmd '.timeout 5000' past.db "$1"; }
# same TEXT: the sums are what they were
same() { python3 "$history" sums past.db >sums && cmp -s sums truth || fail "$1: $(diff truth sums | head -5)"; }

fresh
python3 "$history" sums past.db >truth
[ "$(wc -l <truth)" -gt 10000 ] || fail "history too small"
status 0 "$TKA" prune --db past.db --days 36500 --dry-run --format csv
same "dry run"
planned=$(sed 1d out | cut -d, -f4-7)
status 0 "$TKA" prune --db past.db --days 36500 --format csv
same "prune"
[ "$(sed 1d out | cut -d, -f4-6)" = "${planned%,*}" ] || fail "dry run said $planned: $(cat out)"
[ "$(ask "SELECT count(*) FROM interval WHERE started_at < (unixepoch() - 961) * 1000000000")" = 0 ] ||
    fail "intervals of more than 15 minutes"
[ "$(ask "SELECT count(*) FROM rollup WHERE seconds = 60 AND started_at < (unixepoch() - 90060) * 1000000000")" = 0 ] ||
    fail "minutes of more than a day"
[ "$(ask "SELECT count(DISTINCT seconds) FROM rollup")" = 3 ] || fail "resolutions: $(ask "SELECT seconds, count(*) FROM rollup GROUP BY 1")"
for _ in 1 2 3; do
    status 0 "$TKA" prune --db past.db --days 36500 --format csv
    same "prune again"
done

# An interval that comes late, of a time that was rolled up: it is added.
ask "INSERT INTO interval SELECT process_id, session_id, started_at - 1200000000001, ended_at - 1200000000000, data FROM interval"
python3 "$history" sums past.db >truth
status 0 "$TKA" prune --db past.db --days 36500
same "late intervals"

# Killed at any time, several at once.
fresh
python3 "$history" sums past.db >truth
for i in 1 2 3 4 6 8; do
    "$TKA" prune --db past.db --days 36500 >/dev/null 2>&1 &
    victim=$!
    sleep 0.0$i
    kill -9 $victim 2>/dev/null
    wait $victim 2>/dev/null
    same "killed after 0.0$i s"
done
fresh
python3 "$history" sums past.db >truth
pids=
for i in 1 2 3; do
    "$TKA" prune --db past.db --days 36500 >/dev/null 2>err.$i &
    pids="$pids $!"
done
for pid in $pids; do
    wait $pid || fail "three at once: $(cat err.*)"
done
same "three at once"

# A new file that several change to the WAL at once: all wait their turn.
for round in 1 2 3 4 5; do
    rm -f new.db new.db-*
    { cat "$schema"; echo "PRAGMA user_version = 4;"; } | sqlite3 new.db
    pids=
    for i in 1 2 3 4 5 6; do
        "$TKA" prune --db new.db >/dev/null 2>>err.new &
        pids="$pids $!"
    done
    for pid in $pids; do
        wait $pid || fail "six at once with a new file: $(cat err.new)"
    done
done

# Old runs: 5 with its stretch 6. Run 4 began as early but ended an hour ago.
fresh
ask "ANALYZE"
python3 "$history" sums past.db | grep -v '^([56],' >truth
status 0 "$TKA" prune --db past.db --dry-run --format json
says out '"days": 30' '"dry_run": true' '"sessions": 2' '"slow_calls": 2'
status 0 "$TKA" prune --db past.db
says out "past.db: " "Removed runs and stretches that ended more than 30 days ago: 2, and 2 slow calls"
same "old runs"
[ "$(ask "SELECT group_concat(id) FROM (SELECT id FROM session ORDER BY id)")" = 1,2,3,4 ] || fail "sessions: $(ask "SELECT id FROM session")"
for table in process measurement path_measurement slow_call session_build; do
    [ "$(ask "SELECT count(*) FROM $table WHERE session_id > 4")" = 0 ] || fail "$table of removed runs"
    [ "$(ask "SELECT count(*) FROM $table WHERE session_id = 1")" != 0 ] || fail "$table of kept runs"
done
[ "$(ask "SELECT group_concat(process_id) FROM system_sample")" = 10 ] || fail "system_sample"
[ "$(ask "SELECT group_concat(id) FROM build")" = 1 ] || fail "build"
[ "$(ask "SELECT group_concat(build_id) FROM annotation")" = 1 ] || fail "annotation"
status 0 env TKA_PERFORMANCE_RETENTION_DAYS=0.5 "$TKA" prune --db past.db --format csv
says out ",0.5,false,1,"
status 0 "$TKA" report --db past.db

# What the system saw is thinned: a sample a second for 20 hours, one a minute is left.
ask "DELETE FROM system_sample; WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 72000)
    INSERT INTO system_sample SELECT 10, (unixepoch() - 20 * 3600 + n) * 1000000000, n, 0, 0, 0, 0, 0, 0, 0, 0 FROM n"
status 0 "$TKA" prune --db past.db
samples=$(ask "SELECT count(*) FROM system_sample")
[ "$samples" -gt 2000 ] && [ "$samples" -lt 2200 ] || fail "system samples: $samples"
[ "$(ask "SELECT max(user_ns) FROM system_sample")" = 72000 ] || fail "the last system sample"
status 0 "$TKA" prune --db past.db
[ "$(ask "SELECT count(*) FROM system_sample")" -ge $((samples - 70)) ] || fail "system samples thinned twice"

# Given back: a file that shrank.
ask "DELETE FROM interval; INSERT INTO interval VALUES (10, 1, 5, 6, zeroblob(5000000)); DELETE FROM interval"
status 0 "$TKA" prune --db past.db --format csv
sed 1d out | awk -F, '{ exit !($8 > 5000000 && $9 < 2000000) }' || fail "not smaller: $(cat out)"

# Damaged blobs cost what is damaged, no more.
ask "INSERT INTO interval VALUES (10, 1, 5, 6, X'02E807'), (10, 1, 7, 8, X'01FFFFFFFFFFFFFFFFFFFFFF'),
    (10, 1, 9, 10, X'01010101018FFFFF7F'), (10, 1, 11, 12, X'')"
status 0 "$TKA" prune --db past.db --days 36500
[ "$(ask "SELECT count(*) FROM interval")" = 0 ] || fail "damaged intervals stay"

# Locked, read-only, wrong.
fresh
chmod a-w past.db
mkdir sealed && cp past.db sealed && chmod -R a-w sealed
if [ "$(id -u)" != 0 ]; then
    status 3 "$TKA" prune --db sealed/past.db
    one_error
    status 0 "$TKA" prune --db sealed/past.db --dry-run
fi
chmod -R u+w sealed past.db
sqlite3 past.db ".timeout 1000" "BEGIN IMMEDIATE" ".shell sleep 30" >/dev/null 2>&1 &
locker=$!
sleep 1
status 3 "$TKA" prune --db past.db
one_error
says err "locked"
kill $locker
wait $locker 2>/dev/null
status 3 "$TKA" prune --db none.db
one_error
for wrong in "--days -1" "--days x" "--days 1e9" "now"; do
    status 2 "$TKA" prune --db past.db $wrong
    one_error
done
status 2 env TKA_PERFORMANCE_RETENTION_DAYS=soon "$TKA" prune --db past.db
one_error
exit $failed
