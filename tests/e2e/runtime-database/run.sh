# A database that is locked, damaged, foreign or of another version costs the
# program nothing but a short wait, and no data; many processes may write at once.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >program.c <<'C'
#include <stdio.h>
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static void leaf(int x)
{
    sink = x;
}

int main(void)
{
    for (int i = 0; i < 5000; i++) {
        leaf(i);
    }
    puts("out");
    return 42;
}
C
build program.c

run_quietly()
{
    local output
    output=$("$@" 2>&1)
    expect "exit status" 42 $?
    expect "output" out "$output"
}

# twenty processes at once
fresh
for i in $(seq 20); do
    ./program >/dev/null &
done
wait
fold || fail "the report"
expect_calls leaf 100000
expect "sessions" 20 "$(query 'SELECT count(*) FROM session')"

# locked for longer than a process waits
fresh
run_quietly ./program
mkfifo hold
sqlite3 "$database" <hold >/dev/null 2>&1 &
holder=$!
exec 9>hold
echo 'BEGIN EXCLUSIVE;' >&9
for _ in $(seq 200); do
    sqlite3 "$database" 'BEGIN IMMEDIATE; ROLLBACK' 2>/dev/null || break
    sleep 0.05
done
run_quietly ./program
expect "live files kept" 1 "$(ls data/live | wc -l)"
exec 9>&-
wait $holder
fold || fail "the report after the lock"
expect_calls leaf 10000

# damaged: kept as it is, and what is measured waits in live files
fresh
mkdir -p data
head -c 20000 /dev/urandom >"$database"
cp "$database" before
run_quietly ./program
run_quietly ./program
cmp -s "$database" before || fail "a damaged database was written to"
expect "live files kept" 2 "$(ls data/live | wc -l)"
"$TKA" report >out.txt 2>&1
expect "exit status of tka on a damaged database" 3 $?
rm "$database"
fold || fail "the report on a new database"
expect_calls leaf 10000

# a database of somebody else, and one of a later version
fresh
mkdir -p data
sqlite3 "$database" 'CREATE TABLE mine(x); INSERT INTO mine VALUES(1)'
run_quietly ./program
expect "a foreign database" 1 "$(query 'SELECT count(*) FROM sqlite_master')"
fresh
mkdir -p data
sqlite3 "$database" 'CREATE TABLE session(x); PRAGMA user_version=99'
run_quietly ./program
expect "a later version" "99|1" "$(query 'PRAGMA user_version; SELECT count(*) FROM sqlite_master' | paste -sd'|')"

# live files that are cut off, empty or full of anything
fresh
run_quietly ./program
for i in 1 2 3; do
    head -c $((i * 9000)) /dev/urandom >data/live/junk$i.tka
done
: >data/live/empty.tka
run_quietly ./program
"$TKA" report >out.txt 2>&1
expect_calls leaf 10000

# a database of version 1, which had no outer_ns nor anything of version 3, is brought
# up to date, by the program or by tka
since_3="ALTER TABLE process DROP COLUMN mode; ALTER TABLE process DROP COLUMN store_ns;"
for column in timing_ns cpu_ns cpu_wall_ns slow_calls off_ns off_reason rare_weight rare_ns; do
    since_3="$since_3 ALTER TABLE measurement DROP COLUMN $column;"
done
schema=$(dirname "$0")/../../../runtime/include/tka/schema.sql
for table in $(sed -n '/^-- Since version 3/,$s/^CREATE TABLE \([a-z_]*\).*/\1/p' "$schema"); do
    since_3="$since_3 DROP TABLE $table;"
done
shape()
{
    query "SELECT m.type, m.name, c.name, c.type FROM sqlite_master m
           LEFT JOIN pragma_table_info(m.name) c ON m.type='table' ORDER BY 1, 2, 3"
}
fresh
run_quietly ./program
current=$(shape)
version=$(query 'PRAGMA user_version')
for by in ./program tka; do
    fresh
    run_quietly ./program
    query "ALTER TABLE measurement DROP COLUMN outer_ns; $since_3 PRAGMA user_version=1"
    if [ $by = tka ]; then
        "$TKA" report >out.txt 2>&1 || { cat out.txt; fail "tka on version 1"; }
    else
        run_quietly ./program
    fi
    expect "version after $by" "$version" "$(query 'PRAGMA user_version')"
    diff <(echo "$current") <(shape) || fail "columns and tables after $by"
    expect "old rows after $by" 1 \
        "$(query 'SELECT min(outer_ns)=min(total_ns) FROM measurement WHERE session_id=1')"
done

# a foreign database keeps even its journal mode
fresh
mkdir -p data
sqlite3 "$database" 'CREATE TABLE mine(x)'
run_quietly ./program
expect "journal mode of a foreign database" delete "$(query 'PRAGMA journal_mode')"
