#!/usr/bin/env bash
# What a function did over time in tka show, and the system's view in tka sessions
# --system: on the fixed database, then of a program that changes while it runs, before
# and after its history is rolled up.
. "$(dirname "$0")/../inspector-report/common.sh"

status 0 "$TKA" show --db fixture.db parse --format json
says out '"over_time": [' '"seconds": 2.5, "calls": 98000, "samples": 980, "calls_per_s": 39200, "mean_ns": 2000'
status 0 "$TKA" show --db fixture.db main --format json
says out '"over_time": []'

# Intervals only: two processes at the same time, 20 s; the middle is faster.
sqlite3 fixture.db "DELETE FROM rollup; DELETE FROM interval;
    WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 19)
    INSERT INTO interval SELECT p, 2, 1750000000000000000 + n * 1000000000,
        1750000000000000000 + n * 1000000000 + 1000000000,
        CASE WHEN n BETWEEN 10 AND 13 THEN X'02D00F14D00F8092F4018092F4010346D00F'
             ELSE X'02E8070AE80780897A80897A0346E807' END
    FROM n, (SELECT 2 AS p UNION SELECT 3)"
status 0 "$TKA" show --db fixture.db parse
says out "Over time, from 2025-06-15 15:06:40, 2.00 s a column" "  calls/s     =====##===  2.00 k to 4.00 k" "  mean  " "  p99  "
status 0 "$TKA" show --db fixture.db parse --format json
[ "$(grep -c '"calls_per_s": 2000' out)" = 8 ] && [ "$(grep -c '"calls_per_s": 4000' out)" = 2 ] ||
    fail "rates: $(grep calls_per_s out)"
sqlite3 fixture.db "UPDATE interval SET data = X'02E8'"
status 0 "$TKA" show --db fixture.db parse --format json
says out '"over_time": []'

status 0 "$TKA" sessions --db fixture.db --system
says out "nightly  session 2" "Process 200, from 2025-06-15 15:08:20, 2 samples" "85.0% to 90.0%" \
    "50.0 MB to 52.0 MB" "Process 201: no system metrics"
status 0 "$TKA" sessions --db fixture.db --system run-b --format csv
says out "200,2025-06-15T15:08:21.000000Z,1,0.9,50000000,4,100,20,5000,1,12" \
    "200,2025-06-15T15:08:22.000000Z,1,0.85,52000000,5,80,30,600,0,14"
status 0 "$TKA" sessions --db fixture.db --system 2 --format json
says out '"voluntary_switches_per_s": 80'
status 2 "$TKA" sessions --db fixture.db --system 2 3
one_error
status 2 "$TKA" sessions --db fixture.db 2
one_error
status 3 "$TKA" sessions --db fixture.db --system none
one_error

[ -x "${TKA_CC:-}" ] || exit $failed
cat >changes.c <<'C'
#include <unistd.h>
#include <tka/tka.h>

TKA_PROFILE __attribute__((noinline)) static int work(int x)
{
    for (volatile int i = 0; i < 20000; i++) {
    }
    return x + 1;
}
int main(void)
{
    volatile int x = 0;

    for (int i = 0; i < 60; i++) {
        int calls = i < 30 ? 100 : 1000;

        for (int k = 0; k < calls; k++) {
            x = work(x);
        }
        usleep(50000);
    }
    return 0;
}
C
"$TKA_CC" "$CC" -O2 -I "${TKA_PREFIX:-/usr}/include" changes.c -o changes || fail "build"
TKA_MONITORING_INTERVAL=200 TKA_PERFORMANCE_DATA_DIR=data ./changes || fail "changes"

# calls: the sum over the spans, which is all
calls() { sed -n '/"over_time": \[/,/^  \]/s/.*"calls": \([0-9]*\).*/\1/p' out | awk '{ n += $1 } END { print n }'; }
status 0 "$TKA" show --data-dir data work --format json
[ "$(calls)" = 33000 ] || fail "calls over time: $(calls) of 33000: $(cat out)"
status 0 "$TKA" show --data-dir data work
says out "Over time, from "
status 0 "$TKA" sessions --data-dir data --system --format csv
[ "$(wc -l <out)" -gt 4 ] || fail "system samples: $(cat out)"

# An hour later it is rolled up: the same calls.
sqlite3 data/performance.db "UPDATE interval SET started_at = started_at - 3600000000000,
    ended_at = ended_at - 3600000000000; UPDATE session SET started_at = started_at - 3600000000000,
    ended_at = ended_at - 3600000000000"
status 0 "$TKA" prune --data-dir data
[ "$(sqlite3 data/performance.db "SELECT count(*) > 0 FROM rollup")" = 1 ] || fail "not rolled up"
status 0 "$TKA" show --data-dir data work --format json
[ "$(calls)" = 33000 ] || fail "calls over time, rolled up: $(calls): $(cat out)"
exit $failed
