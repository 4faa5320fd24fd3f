#!/usr/bin/env bash
# What tka says, and its exit status, when something is wrong.
. "$(dirname "$0")/../inspector-report/common.sh"

# Usage: 2.
status 2 "$TKA"
for line in "frobnicate" "report --nope" "report extra" "report --sort x" "report -s 1 -a" \
    "report --format xml" "report --limit many" "report --tree --group-by file" \
    "report --group-by moon" "show" "run" "run --mode fast true" "advise extra" \
    "advise --budget x" "help frobnicate"; do
    status 2 "$TKA" $line
    one_error
done

# No data at all.
mkdir empty
status 3 bash -c 'cd empty && "$0" report' "$TKA"
one_error
says err "no data/performance here or above" "--db FILE"
status 3 "$TKA" report --db missing.db
one_error

# Not ours: a text, an empty file, another program's database, a newer version, a
# damaged file, a folder.
echo "just a text, long enough not to be taken for an empty file" >text.db
: >zero.db
sqlite3 other.db "CREATE TABLE session (x); PRAGMA user_version = 1"
cp fixture.db newer.db && sqlite3 newer.db "PRAGMA user_version = 99"
head -c 6000 fixture.db >cut.db
mkdir folder.db
for file in text zero other newer cut folder; do
    status 3 "$TKA" report --db $file.db
    one_error
    says err "$file.db"
done
status 3 "$TKA" report --db newer.db
says err "schema version 99" "newer tka"
for i in 1 2 3 4 5 6 7 8; do
    cp fixture.db torn.db
    dd if=/dev/urandom of=torn.db bs=512 seek=$((i * 3)) count=4 conv=notrunc status=none
    timeout 20 "$TKA" report --db torn.db --tree >out 2>err
    [ $? -lt 4 ] || fail "report on a torn database, round $i: $(tail -3 err)"
done

# Rows that contradict each other: a circle of call paths, a lost function, a
# histogram of noise.
cp fixture.db odd.db
sqlite3 odd.db "UPDATE callpath SET parent_id = 3 WHERE id = 1;
    UPDATE measurement SET histogram = randomblob(300), calls = -5"
status 0 timeout 20 "$TKA" report --db odd.db --tree
status 0 timeout 20 "$TKA" report --db odd.db
says out "damaged histograms"
sqlite3 odd.db "DELETE FROM function WHERE id = 2"
status 3 "$TKA" report --db odd.db
one_error
says err "damaged"

status 3 "$TKA" report --db fixture.db --session nobody
one_error
says err 'no session "nobody"' "tka sessions"
status 3 "$TKA" show --db fixture.db nobody
one_error

# Where the database is looked for.
mkdir -p tree/data/performance tree/deep/er
cp fixture.db tree/data/performance/performance.db
status 0 bash -c 'cd tree/deep/er && "$0" report' "$TKA"
says out nightly
status 0 env TKA_PERFORMANCE_DATA_DIR=tree/data/performance "$TKA" report
status 0 env TKA_PERFORMANCE_DB_PATH=fixture.db "$TKA" report
status 0 "$TKA" report --data-dir tree/data/performance

# Help for everybody.
status 0 "$TKA" --version
says out "tka "
status 0 "$TKA" --help
for command in run report show sessions advise doctor; do
    status 0 "$TKA" $command --help
    says out "Usage: tka $command" "Examples:" "--db FILE"
    cp out long
    status 0 "$TKA" help $command
    cmp long out || fail "help $command differs from $command --help"
done
exit $failed
