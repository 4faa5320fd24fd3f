#!/usr/bin/env bash
# tka services: the table, findings, tree, graphs and start of a fixed database; its
# exit status for scripts.
. "$(dirname "$0")/../inspector-report/common.sh"

# squeezed ARGUMENT...: the output with one blank where columns have many
squeezed()
{
    status 0 "$TKA" services --db fixture.db "$@"
    tr -s ' ' <out >squeezed && mv squeezed out
}

status 0 "$TKA" services --db fixture.db
says out "No service was resolved"
status 0 "$TKA" services --db fixture.db --check

sqlite3 fixture.db <<'SQL'
INSERT INTO function VALUES (50, 'container_get', 'container_get', '/src/app/di.c', 7, 'function', 9),
    (51, 'make_early', 'make_early', '/src/app/di.c', 90, 'function', 2);
INSERT INTO service VALUES (1, 50, 'text', 'database'), (2, 50, 'text', 'log'),
    (3, 50, 'text', 'request "x"'), (4, 50, 'text', 'chicken'), (5, 50, 'text', 'egg'),
    (6, 50, 'text', 'missing'), (7, 51, 'none', ''), (8, 50, 'more', ''),
    (9, 50, 'type', 'std::vector<int>');
INSERT INTO service_measurement SELECT 2, 2, id, 0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,NULL,NULL,NULL
    FROM service;
-- made once, in 5 ms, of which 2 ms were the log's; then cached
UPDATE service_measurement SET resolutions=10, constructed=1, factories=1, construct_ns=5000000,
    construct_self_ns=3000000, samples=10, weight=10, total_ns=5000900, child_ns=2000000, slow=1,
    instances=10, min_ns=100, max_ns=5000000, histogram=X'250958009f0101' WHERE service_id=1;
UPDATE service_measurement SET resolutions=1000, constructed=1, factories=1, construct_ns=2000000,
    construct_self_ns=2000000, samples=120, weight=1000, total_ns=2100000, slow=1, instances=1000,
    min_ns=90, max_ns=2000000, histogram=X'25e70755015c01' WHERE service_id=2;
UPDATE service_measurement SET resolutions=30, constructed=10, factories=10, samples=30, weight=30,
    total_ns=9000, instances=30, changes=9, scope_resolutions=30, scope_visits=10, scope_changes=10,
    min_ns=100, max_ns=400, histogram=X'251e' WHERE service_id=3;
UPDATE service_measurement SET resolutions=4, constructed=4, factories=4, samples=4, weight=4,
    total_ns=8000, child_ns=4000, cycles=1, min_ns=100, max_ns=400, histogram=X'2504'
    WHERE service_id IN (4, 5);
UPDATE service_measurement SET resolutions=3, failures=3 WHERE service_id=6;
UPDATE service_measurement SET constructed=1, factories=1, construct_ns=700, construct_self_ns=700
    WHERE service_id=7;
UPDATE service_measurement SET resolutions=5, instances=5 WHERE service_id IN (8, 9);
INSERT INTO service_edge SELECT 2, 2, 0, service_id, resolutions, failures, constructed, factories,
    construct_ns, construct_self_ns, samples, weight, total_ns, child_ns, 0 FROM service_measurement
    WHERE service_id NOT IN (5, 7);
INSERT INTO service_edge VALUES (2,2,1,2, 1,0,1,1, 2000000,2000000, 1,1, 2000000,0, 0),
    (2,2,1,3, 1,0,1,1, 100,100, 1,1, 300,0, 0), (2,2,4,5, 2,0,2,2, 0,0, 2,2, 4000,2000, 0),
    (2,2,5,4, 1,0,1,1, 0,0, 1,1, 2000,0, 1);
INSERT INTO service_event VALUES
    (2, 2, 0, 1, 2, 'constructed', 200, 1750000100001000000, 2000000, 2000000),
    (2, 2, 1, 0, 1, 'constructed', 200, 1750000100000500000, 5000000, 3000000),
    (2, 2, 2, 0, 9, 'first', 200, 1750000100006000000, 100000, 100000),
    (2, 2, 3, 0, 9, 'first', 201, 1750000100007000000, 100000, 100000),
    (2, 2, 4, 0, 1, 'first', 201, 1750000100007000000, 100000, 100000);
SQL

squeezed
says out "database singleton 10 1 0 5.00 ms 3.00 ms" \
    "log singleton 1,000 1 0" \
    "scoped 30 10" "chicken transient 4 4" \
    "missing not known 3 - 3" \
    "std::vector<int> ~singleton 5 -" \
    "(more keys of container_get) not known 5 -" \
    "make_early not known 0 1" "~ told from addresses alone" \
    "failure missing: 3 of 3 resolutions" \
    "cycle chicken > egg > chicken: needed while it was being made" \
    'captive database keeps request "x", which is scoped' "slow database: p99 5.00 ms"
[ "$(grep -c '^slow' out)" = 1 ] || fail "what else is slow: $(cat out)"
[ "$(awk 'NR > 3 && NF {print $1}' out | head -2 | xargs)" = "Service database" ] ||
    fail "most time first: $(cat out)"
status 0 "$TKA" services --db fixture.db --sort start -n 2 --format csv
[ "$(sed 1d out | cut -d, -f1 | xargs)" = "database log" ] || fail "slow start: $(cat out)"
says out "database,text,singleton,false,10,1,0,5000900,3000900,"
status 0 "$TKA" services --db fixture.db -f 'std*'
says out "std::vector<int>"
[ "$(grep -c container_get out)" = 1 ] || fail "filter: $(cat out)"
status 0 "$TKA" services --db fixture.db -f nothing
says out "No service of that name"
status 0 "$TKA" services --db fixture.db -n 3
says out "6 more services"

squeezed --tree
says out "database singleton 10 1 5.00 ms 3.00 ms" \
    "|- log singleton 1 1" '`- request "x" [captive]' \
    ' `- chicken [cycle] (above)' "log (above)"
status 0 "$TKA" services --db fixture.db --tree --format csv
says out "database,log,1,1,0,2000000,0,2000000,2000000,0,false" "egg,chicken,1,1,0,2000,0,0,0,1,false"
squeezed --timeline
says out "500 us 5.00 ms 3.00 ms 200 database" "1.00 ms 2.00 ms 2.00 ms 200 log" \
    "6.00 ms 100 us 100 us 200 std::vector<int> (first)"
[ "$(grep -c '#' out)" = 3 ] || fail "events: $(cat out)"
status 0 "$TKA" services --db fixture.db --timeline --format csv -n 1
says out "database,,constructed,2025-06-15T15:08:20.000500Z,500000,5000000,3000000,200,0"

status 0 "$TKA" services --db fixture.db -g dot
says out 'label="request \"x\"\nscoped, 30 times' 'style=dashed' 'label="1", color=red'
if command -v dot >/dev/null; then
    dot -Tsvg out >/dev/null || fail "Graphviz does not take it"
fi
status 0 "$TKA" services --db fixture.db -g mermaid -f 'std*'
says out 'graph LR' 's8["std::vector#60;int#62;<br/>'
[ "$(grep -c . out)" = 2 ] || fail "one service alone: $(cat out)"
status 0 "$TKA" services --db fixture.db --graph mermaid -f egg
says out 's3 -->|2| s4' 's4 ==>|1| s3'
status 0 "$TKA" services --db fixture.db --format json
command -v python3 >/dev/null && { python3 - <<'P' || fail "JSON: $(cat out)"; }
import json
document = json.load(open("out"))
by = {s["service"]: s for s in document["services"]}
assert by["database"]["lifetime"] == "singleton" and by["database"]["cached"] == 9
assert by["missing"]["constructed"] is None and by["database"]["slow"]
assert by["log"]["start_self_ns"] == 2000000 and not by["log"]["slow"]
assert len(document["edges"]) == 11 and len(document["events"]) == 3
assert [f["kind"] for f in document["findings"]] == ["failure", "cycle", "captive", "slow"]
P

status 1 "$TKA" services --db fixture.db --check
status 1 "$TKA" services --db fixture.db --allow failure,cycle,slow
status 0 "$TKA" services --db fixture.db --allow failure,cycle,slow,captive
status 0 "$TKA" services --db fixture.db --allow failure,cycle,captive --threshold 6
status 1 "$TKA" services --db fixture.db --allow failure,cycle,captive --threshold 4
for wrong in "--sort size" "-a -s 1" "--graph svg" "--tree --timeline" "--allow slow,fast" "x"; do
    status 2 "$TKA" services --db fixture.db $wrong
    one_error
done
exit $failed
