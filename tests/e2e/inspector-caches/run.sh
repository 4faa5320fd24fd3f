#!/usr/bin/env bash
# Caches in a small database with every case that `tka caches` must tell apart: one that
# saves time, one with a lookup that has no keys, one thrashing, one never hit, one useless, one without loads or keys, one with
# too few requests and a name that must be escaped.
. "$(dirname "$0")/../inspector-report/common.sh"

# Every call was timed, so that means are exact. function: id, cache, role, calls, mean ns.
cat "$schema" - <<'SQL' | sqlite3 caches.db || exit 1
PRAGMA user_version = 4;
INSERT INTO session (id, uid, name, host, command, executable, directory, tka_version, mode,
    overhead_threshold, started_at, ended_at, exit_kind, exit_status) VALUES
(1, 'a', 'app', 'alpha', './app', '/app', '/', '0', 'exact', 1, 1750000000000000000,
    1750000001000000000, 'exit', 0);
INSERT INTO process (id, uid, session_id, pid, parent_pid, started_at, stored_at, state, clock,
    count_cost_ns, timed_cost_ns, cpu_ns, wall_ns, threads, lost_calls, lost_samples,
    lost_paths) VALUES
(1, 'p', 1, 1, 1, 1750000000000000000, 1750000001000000000, 'ended', 'tsc', 1, 1, 1, 1, 1, 0,
    0, 0);
CREATE TEMP TABLE f (id, cache, role, calls, mean);
INSERT INTO f VALUES
(1, 'pages', 'lookup', 1000, 10), (2, 'pages', 'load', 200, 1000), (3, 'pages', 'put', 200, 5),
(4, 'pages', 'evict', 100, 5),
(11, 'loop', 'lookup', 1200, 10), (12, 'loop', 'put', 1100, 5), (13, 'loop', 'evict', 1000, 5),
(21, 'never', 'lookup', 500, 10), (22, 'never', 'load', 500, 100),
(31, 'squares', 'lookup', 1000, 90), (32, 'squares', 'load', 500, 100),
(41, 'plain', 'lookup', 1000, 10),
(51, 'odd "name" \', 'lookup', 7, 10),
(5, 'two', 'lookup', 1000, 10), (6, 'two', 'put', 200, 5), (7, 'two', 'evict', 100, 5),
(8, 'two', 'lookup', 5000, 10),
(81, 'spread', 'lookup', 1000, 10), (82, 'spread', 'load', 500, 102),
(61, 'within', 'lookup', 1000, 210), (62, 'within', 'load', 200, 1000);
INSERT INTO function SELECT id, cache || '_' || role || id, role, '/app/' || cache || '.c', id,
    'function', 1 FROM f;
INSERT INTO role SELECT id, role, cache FROM f;
INSERT INTO measurement (process_id, session_id, function_id, calls, samples, weight, total_ns,
    outer_ns, child_ns, min_ns, max_ns, variance) SELECT 1, 1, id, calls, calls, calls,
    calls * mean, calls * mean, 0, mean, mean, 0 FROM f;
-- 499 loads of 2 ns and one of 50,000, in buckets 2 and 108
UPDATE measurement SET histogram = X'02F3036901' WHERE function_id = 82;
-- a path main > lookup > load of the cache 'within': 200 loads of 1000 ns
INSERT INTO function VALUES (70, 'main', 'main', '/app/main.c', 1, 'function', 1);
INSERT INTO callpath VALUES (1, 0, 70), (2, 1, 61), (3, 2, 62);
INSERT INTO path_measurement VALUES (1, 1, 3, 200, 200, 200000, 0);
-- pages, and one lookup of two: 700 of distance 5, 200 of 40, 100 cold. loop: 1000 of 110, 200 cold
INSERT INTO cache_measurement VALUES
(1, 1, 1, 700, 1000, 1000, 100, 0, 0, X'05BC0517C801'),
(1, 1, 11, 0, 1200, 1200, 200, 0, 0, X'25E807'),
(1, 1, 21, 0, 0, 0, 0, 0, 0, NULL), (1, 1, 31, 500, 0, 0, 0, 0, 0, NULL),
(1, 1, 41, 900, 0, 0, 0, 0, 0, NULL), (1, 1, 51, 3, 0, 0, 0, 0, 0, NULL),
(1, 1, 61, 800, 0, 0, 0, 0, 0, NULL), (1, 1, 8, 5000, 0, 0, 0, 0, 0, NULL), (1, 1, 81, 500, 0, 0, 0, 0, 0, NULL),
(1, 1, 5, 700, 1000, 1000, 100, 0, 0, X'05BC0517C801');
INSERT INTO cache_interval VALUES
(1, 1, 1, 1750000000000000000, 1750000000500000000, 400, 100),
(1, 1, 1, 1750000000500000000, 1750000001000000000, 600, 600);
SQL
# distances 40 and 110 lie in the buckets 5 + 1 + 23 = 29 and 37
status 0 "$TKA" caches --db caches.db --format csv
cat >expected.csv <<'CSV'
name,requests,hits,hit_ratio,lookup_ns,load_ns,saved_ns,saved_low_ns,saved_high_ns,puts,evictions,loads,size,hit_ratio_at_twice,findings
loop,1200,0,0,10,,,,,1100,1000,,100,0.8333333333,never_hit thrashing
never,500,0,0,10,100,-5000,-5000,-5000,,,500,,,never_hit useless
"odd ""name"" \",7,3,0.4285714286,,,,,,,,,,,
pages,1000,700,0.7,10,1000,690000,690000,690000,200,100,200,100,0.9,
plain,1000,900,0.9,10,,,,,,,,,,
spread,1000,500,0.5,10,102,41000,-59489,141489,,,500,,,
squares,1000,500,0.5,90,100,-40000,-40000,-40000,,,500,,,useless
two,6000,5700,0.95,10,,,,,200,100,,100,0.9,
within,1000,800,0.8,10,1000,790000,790000,790000,,,200,,,
CSV
diff expected.csv out || fail "csv"

status 0 "$TKA" caches --db caches.db --format prometheus
cat >expected.prom <<'PROM'
# HELP cache_gets_total Requests, by whether they were hits.
# TYPE cache_gets_total counter
cache_gets_total{cache="loop",result="hit"} 0
cache_gets_total{cache="loop",result="miss"} 1200
cache_gets_total{cache="never",result="hit"} 0
cache_gets_total{cache="never",result="miss"} 500
cache_gets_total{cache="odd \"name\" \\",result="hit"} 3
cache_gets_total{cache="odd \"name\" \\",result="miss"} 4
cache_gets_total{cache="pages",result="hit"} 700
cache_gets_total{cache="pages",result="miss"} 300
cache_gets_total{cache="plain",result="hit"} 900
cache_gets_total{cache="plain",result="miss"} 100
cache_gets_total{cache="spread",result="hit"} 500
cache_gets_total{cache="spread",result="miss"} 500
cache_gets_total{cache="squares",result="hit"} 500
cache_gets_total{cache="squares",result="miss"} 500
cache_gets_total{cache="two",result="hit"} 5700
cache_gets_total{cache="two",result="miss"} 300
cache_gets_total{cache="within",result="hit"} 800
cache_gets_total{cache="within",result="miss"} 200
# HELP cache_puts_total Entries put.
# TYPE cache_puts_total counter
cache_puts_total{cache="loop"} 1100
cache_puts_total{cache="pages"} 200
cache_puts_total{cache="two"} 200
# HELP cache_evictions_total Entries evicted.
# TYPE cache_evictions_total counter
cache_evictions_total{cache="loop"} 1000
cache_evictions_total{cache="pages"} 100
cache_evictions_total{cache="two"} 100
# HELP cache_size Entries: puts less evictions.
# TYPE cache_size gauge
cache_size{cache="loop"} 100
cache_size{cache="pages"} 100
cache_size{cache="two"} 100
# HELP cache_loads_seconds Loads and their time, estimated from timed ones.
# TYPE cache_loads_seconds summary
cache_loads_seconds_count{cache="never",result="success"} 500
cache_loads_seconds_sum{cache="never",result="success"} 5e-05
cache_loads_seconds_count{cache="pages",result="success"} 200
cache_loads_seconds_sum{cache="pages",result="success"} 0.0002
cache_loads_seconds_count{cache="spread",result="success"} 500
cache_loads_seconds_sum{cache="spread",result="success"} 5.1e-05
cache_loads_seconds_count{cache="squares",result="success"} 500
cache_loads_seconds_sum{cache="squares",result="success"} 5e-05
cache_loads_seconds_count{cache="within",result="success"} 200
cache_loads_seconds_sum{cache="within",result="success"} 0.0002
PROM
diff expected.prom out || fail "prometheus"

status 0 "$TKA" caches --db caches.db
says out "thrashing" "never hit" "useless" "too few requests" "saves time" 'odd "name" \'
status 0 "$TKA" caches pages --db caches.db
says out "700 of 1,000 requests: 70.0% (95%: 67.1% to 72.8%)" "690 us" "100 entries, puts less" \
    "70.0% of the requests with 25 entries (0.25x)" "90.0% of the requests with 100 entries (1x)" \
    "(one key in 1)" "Verdict: saves time"
status 0 "$TKA" caches loop --db caches.db
says out "Verdict: thrashing" "Twice the size would make 83.3%"
status 0 "$TKA" caches within --db caches.db
says out "10 ns (1,000 timed), without the loads inside of it" "TKA_CACHE_KEY"
status 0 "$TKA" caches plain --db caches.db
says out "no function with the role load" "Size        not known"
status 0 "$TKA" caches --db caches.db --format json
if command -v python3 >/dev/null; then
    python3 - <<'PY' || fail "json"
import json
caches = {c["name"]: c for c in json.load(open("out"))["caches"]}
pages = caches["pages"]
assert [s["hits"] for s in pages["over_time"]] == [100, 600], pages
assert pages["findings"] == [] and pages["keys"]["distinct"] == 100, pages
assert pages["load"] == {"samples": 200, "mean_ns": 1000, "error_ns": 0}, pages
spread = caches["spread"]
assert spread["saved_low_ns"] < 0 < spread["saved_ns"] < spread["saved_high_ns"], spread
assert abs(spread["load"]["error_ns"] - 50000 / 500) < 5, spread
assert caches["never"]["findings"] == ["never_hit", "useless"]
assert caches["plain"]["loads"] is None and caches["plain"]["saved_ns"] is None
assert [f["role"] for f in pages["functions"]] == ["evict", "load", "lookup", "put"]
PY
fi

status 1 "$TKA" caches --db caches.db --check
status 1 "$TKA" caches --db caches.db --check never
status 0 "$TKA" caches --db caches.db --check pages
status 0 "$TKA" caches --db caches.db --check -f 'p*'
[ "$(wc -l <out)" -ge 5 ] && ! grep -q never out || fail "filter: $(cat out)"
status 3 "$TKA" caches nothing --db caches.db
one_error
status 0 "$TKA" caches --db fixture.db
says out "No cache was used"
for line in "a b" "-s 1 -a" "--format xml"; do
    status 2 "$TKA" caches --db caches.db $line
    one_error
done
status 2 "$TKA" slow --db caches.db --format prometheus

# damaged keys, wherever they are cut
for bytes in 05 05BC 05BC05FFFFFFFFFFFFFFFFFFFF FFFFFFFF0F01; do
    cp caches.db damaged.db
    sqlite3 damaged.db "UPDATE cache_measurement SET distances = X'$bytes', rate_log2 = 999"
    status 0 "$TKA" caches pages --db damaged.db
    says out "is damaged"
done

# damaged times
for time in -9223372036854775808 9223372036854775807 0; do
    cp caches.db damaged.db
    sqlite3 damaged.db "UPDATE cache_interval SET started_at = $time WHERE hits = 100"
    sqlite3 damaged.db "UPDATE session SET ended_at = $time"
    for format in text json csv; do
        status 0 "$TKA" caches pages --db damaged.db --format $format
    done
done
exit $failed
