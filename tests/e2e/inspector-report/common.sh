# Sourced by the inspector's end-to-end tests. Expects TKA and WORK; leaves the
# test in WORK with a database "fixture.db" at hand.
set -u
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
schema=$tests/../runtime/include/tka/schema.sql
failed=0
cd "$WORK" || exit 1
export LC_ALL=C TZ=UTC
unset TKA_PERFORMANCE_DB_PATH TKA_PERFORMANCE_DATA_DIR TKA_PROFILING_MODE COLUMNS
command -v sqlite3 >/dev/null || { echo "no sqlite3 shell"; exit 77; }

make_fixture()
{
    rm -f "$1"
    cat "$schema" "$tests/e2e/inspector-report/fixture.sql" | sqlite3 "$1"
}

fail()
{
    echo "FAILED: $*"
    failed=1
}

# status N COMMAND...: the exit status; output goes to "out" and "err"
status()
{
    local expected=$1 got
    shift
    "$@" >out 2>err
    got=$?
    [ $got = "$expected" ] || fail "exit $got, not $expected: $*
$(cat err)"
}

# says FILE TEXT...: each a fixed string in a line of the file
says()
{
    local file=$1 text
    shift
    for text in "$@"; do
        grep -qF -- "$text" "$file" || fail "$file lacks \"$text\":
$(cat "$file")"
    done
}

# One line on stderr, no other output.
one_error()
{
    [ "$(wc -l <err)" = 1 ] || fail "not one line: $(cat err)"
    [ ! -s out ] || fail "output beside an error: $(cat out)"
}

make_fixture fixture.db
