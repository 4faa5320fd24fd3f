# The kinds of tests that tests/run.sh knows. Sourced; the functions run as jobs
# (jobs.sh) in the repository's folder. Expects: root, keep.

# build_tree PRESET: the programs, the libraries and the unit tests; with
# sanitizers the unit tests only.
build_tree()
{
    local target=all
    [ "$1" != dev ] || target=unit_tests
    cmake --preset "$1" && cmake --build "build/$1" --target $target
}

# The build tree that a test uses was built; says so if not.
needs_met()
{
    local build
    set -- $1
    case $1 in
    test_unit | test_counted) build=$2 ;;
    test_e2e) build=gcc ;;
    *) return 0 ;;
    esac
    job_passed "build/$build" && return 0
    if [ -z "${told[$build]-}" ]; then
        echo "----  tests that use build/$build are not run: it was not built"
        told[$build]=1
    fi
    return 1
}
declare -A told=()

# test_unit PRESET WING NAME: a cmocka program; each of its tests counts.
test_unit()
{
    local program=build/$1/tests/unit/$2/$3 status
    [ -x "$program" ] || { echo "$program was not built"; return 1; }
    CMOCKA_MESSAGE_OUTPUT=TAP ASAN_OPTIONS=detect_leaks=1 \
        UBSAN_OPTIONS=print_stacktrace=1 \
        timeout -k 10 120 "$program" >"$job_folder/tap" 2>&1
    status=$?
    [ $status != 124 ] || echo "timed out after 120 s" >>"$job_folder/tap"
    cat "$job_folder/tap"
    counts $(awk '
        /^(not )?ok [0-9].*# SKIP/ { skipped++; next }
        /^ok [0-9]/ { passed++ }
        /^not ok [0-9]/ { failed++ }
        END { print passed + 0, failed + 0, skipped + 0 }' "$job_folder/tap")
    return $status
}

# Environment of scripts that use the programs of a build tree.
use_tree()
{
    export TKA_PREFIX=$root/build/$1
    export TKA_CC=$TKA_PREFIX/bin/tka-cc TKA=$TKA_PREFIX/bin/tka
    export PATH=$TKA_PREFIX/bin:$PATH
}

# test_counted PRESET COMMAND...: a script that prints its own counts at the end.
test_counted()
{
    local status
    use_tree "$1"
    shift
    timeout -k 10 3600 "$@" >"$job_folder/output" 2>&1
    status=$?
    cat "$job_folder/output"
    if ! counts_from_last_line "$job_folder/output"; then
        echo "the last line does not tell the counts"
        return 1
    fi
    return $status
}

# test_e2e NAME: tests/e2e/NAME/run.sh once for each compiler and optimisation
# that it mentions: $OPT, or else $CC or $CXX, or else once. The script gets
# TKA_CC, TKA, TKA_PREFIX, CC, CXX, OPT and WORK, an empty folder of its own; its
# exit status is the result: 0 passed, 77 skipped.
test_e2e()
{
    local script=$root/tests/e2e/$1/run.sh variants variant cc opt status
    local passed=0 failed=0 skipped=0
    use_tree gcc
    if grep -qw OPT "$script"; then
        variants="gcc,-O2 gcc,-O0 clang,-O2 clang,-O0"
    elif grep -qwE 'CC|CXX' "$script"; then
        variants="gcc,-O2 clang,-O2"
    else
        variants="gcc,-O2"
    fi
    for variant in $variants; do
        cc=${variant%,*} opt=${variant#*,}
        export CC=$cc CXX=g++ OPT=$opt WORK=$job_out/e2e.$1/work$opt-$cc
        [ "$cc" = gcc ] || CXX=clang++
        rm -rf "$WORK"
        mkdir -p "$WORK"
        (cd "$WORK" && timeout -k 10 300 bash "$script") >"$WORK.log" 2>&1
        status=$?
        case $status in
        0) passed=$((passed + 1)) ;;
        77) skipped=$((skipped + 1)) ;;
        *) failed=$((failed + 1)) ;;
        esac
        if [ $status = 0 ] || [ $status = 77 ]; then
            [ -n "$keep" ] || rm -rf "$WORK"
        else
            [ $status != 124 ] || echo "timed out after 300 s" >>"$WORK.log"
            echo "-- $1 with CC=$cc OPT=$opt: exit status $status; kept: $WORK"
            tail -n 40 "$WORK.log"
        fi
    done
    counts $passed $failed $skipped
    [ $failed = 0 ]
}
