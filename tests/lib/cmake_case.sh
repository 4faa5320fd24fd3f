# Shared by the tests/e2e/cmake-* scripts; sourced, runs in $WORK.

here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
source_root=$(cd "$here/../../.." && pwd)
export CMAKE_GENERATOR CCACHE_DIR=$WORK/ccache
export TKA_PERFORMANCE_DATA_DIR=$WORK/data

fail()
{
    echo "FAIL: $*"
    exit 1
}

# Runs a command quietly; shows its output and ends the test if it fails.
must()
{
    "$@" >"$WORK/must.log" 2>&1 || {
        cat "$WORK/must.log"
        fail "$*"
    }
}

# installed PREFIX: an installation of the build under test, moved after it was
# made, as a package would be unpacked somewhere else.
installed()
{
    must cmake --install "$TKA_PREFIX" --prefix "$WORK/elsewhere"
    mkdir -p "$(dirname "$1")"
    mv "$WORK/elsewhere" "$1"
}

# configure SOURCE BUILD ARGS...: for $CC, $CXX, $OPT.
configure()
{
    local source=$1 build=$2
    shift 2
    must cmake -S "$source" -B "$build" -DCMAKE_C_COMPILER="$CC" \
        -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_BUILD_TYPE= \
        -DCMAKE_C_FLAGS="${OPT:--O2}" -DCMAKE_CXX_FLAGS="${OPT:--O2}" "$@"
}

# Builds; leaves the build's output in $WORK/build.log, of which rebuilt prints
# the objects that were compiled.
build()
{
    must cmake --build "$1" -j 2 --verbose
    cp "$WORK/must.log" "$WORK/build.log"
}

rebuilt()
{
    grep -o -- ' -o [^ ]*\.o' "$WORK/build.log" | sed 's|.*/||; s/\.o$//' | sort -u | tr '\n' ' '
}

# expect_rebuilt BUILD "a.c b.c": builds; exactly these are compiled.
expect_rebuilt()
{
    build "$1"
    [ "$(rebuilt)" = "${2:+$2 }" ] || {
        cat "$WORK/build.log"
        fail "$CMAKE_GENERATOR${3:+, $3}: expected to rebuild '$2', rebuilt '$(rebuilt)'"
    }
}

# Newer than anything built so far, whatever the file system's clock resolution.
touch_later()
{
    sleep 1.1
    touch "$@"
}

# calls NAME: the function's calls over all sessions, 0 if it has no row.
calls()
{
    "$TKA" report --all-sessions --format json >"$WORK/report.json" || fail "tka report"
    sqlite3 -batch :memory: "
        SELECT coalesce(sum(json_extract(value, '\$.calls')), 0)
        FROM json_each(CAST(readfile('$WORK/report.json') AS TEXT), '\$.functions')
        WHERE json_extract(value, '\$.name') = '$1'"
}

# expect_calls NAME N
expect_calls() { [ -z "${MOCK-}" ] || return 0; real_expect_calls "$@"; }
real_expect_calls()
{
    local n
    n=$(calls "$1")
    [ "$n" = "$2" ] || {
        cut -c1-2000 "$WORK/report.json"
        fail "$CMAKE_GENERATOR: $1: $n calls reported, $2 made"
    }
}

# Runs a program with no profile yet; its output goes to $WORK/output.
run_fresh()
{
    rm -rf "$TKA_PERFORMANCE_DATA_DIR"
    "$@" >"$WORK/output" 2>&1 || { cat "$WORK/output"; fail "$1 exits with $?"; }
}
