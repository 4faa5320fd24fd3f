# Shared by the tests/e2e/runtime-* scripts; sourced, runs in $WORK. Programs are
# written by here-documents, so that a case reads from top to bottom.

set -u
cd "$WORK" || exit 1
export TKA_PERFORMANCE_DATA_DIR=$WORK/data
database=$WORK/data/performance.db

fail()
{
    echo "FAIL: $*"
    exit 1
}

# build NAME.c|NAME.cpp [FLAGS]: through tka-cc, into NAME.
build()
{
    local compiler=$CC source=$1
    shift
    [ "${source%.cpp}" = "$source" ] || compiler=$CXX
    "$TKA_CC" "$compiler" ${OPT:--O2} -g "$source" -o "${source%.*}" "$@" >build.log 2>&1 ||
        { cat build.log; fail "$source does not build"; }
    [ ! -s build.log ] || { cat build.log; fail "$source builds with messages"; }
}

fresh()
{
    rm -rf "$WORK/data"
}

# Everything that live files hold goes into the database.
fold()
{
    "$TKA" report --all-sessions --format json >fold.json 2>fold.log || {
        cat fold.log
        return 1
    }
}

query()
{
    sqlite3 -cmd '.timeout 5000' "$database" "$1"
}

# Calls of a function over all sessions.
calls()
{
    query "SELECT coalesce(sum(calls),0) FROM measurement JOIN function ON id=function_id WHERE name='$1'"
}

expect()
{
    [ "$2" = "$3" ] || fail "$1: expected $2, got $3"
}

expect_calls()
{
    expect "calls of $1" "$2" "$(calls "$1")"
}

# build_both NAME.c|NAME.cpp [FLAGS]: NAME through tka-cc, NAME.plain without it.
build_both()
{
    local compiler=$CC source=$1
    [ "${source%.cpp}" = "$source" ] || compiler=$CXX
    build "$@"
    shift
    "$compiler" ${OPT:--O2} -w -I "$TKA_PREFIX/include" "$source" -o "${source%.*}.plain" "$@" ||
        fail "$source does not build without tka-cc"
}

# same STATUS NAME [ARGUMENTS]: with no profile yet, it writes what NAME.plain does and
# returns the same, STATUS, within 20 s. Its stdout stays in the file truth.
same()
{
    local status=$1 name=$2
    shift 2
    timeout -s KILL 20 "./$name.plain" "$@" >expected.out 2>expected.err
    expect "status of $name.plain $*" "$status" $?
    fresh
    timeout -s KILL 20 "./$name" "$@" >truth 2>truth.err
    expect "status of $name $*" "$status" $?
    cmp expected.out truth && cmp expected.err truth.err ||
        fail "$name $* writes something else than without probes"
}

# Nothing that was measured was dropped, and nothing waits in a live file.
expect_no_loss()
{
    expect "lost calls and paths" "0|0" "$(query 'SELECT sum(lost_calls),sum(lost_paths) FROM process')"
    expect "live files left" "" "$(ls "$WORK/data/live")"
}
