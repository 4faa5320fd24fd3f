#!/usr/bin/env bash
# TKA's tests: installs what they need, builds TKA, runs everything.
#
#   tests/run.sh [--all] [--only PATTERN] [--list] [--keep] [--jobs N]
#
#   (nothing)        unit, golden and end-to-end tests and a sample of the
#                    conformance suites: under 15 minutes on two cores
#   --all            the conformance suites in full: under 90 minutes
#   --only PATTERN   tests whose name contains the shell pattern (with --list: see them)
#   --list           print the names and run nothing
#   --keep           keep the working folders of passed end-to-end tests, too
#   --jobs N         run N tests at a time (default: number of processors)
#
# Last line: "N passed, N failed, N skipped"; exit 0 only if none failed. Build
# trees: build/gcc, build/clang, build/dev (AddressSanitizer, UBSan). Logs and
# working folders: build/test-out. tests/README.md tells how to add a test.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 2
. tests/lib/jobs.sh
. tests/lib/kinds.sh

all= only= list= keep= jobs=$(nproc)
while [ $# -gt 0 ]; do
    case $1 in
    --all) all=1 ;;
    --only) only=${2:?--only needs a pattern}; shift ;;
    --list) list=1 ;;
    --keep) keep=1 ;;
    --jobs) jobs=${2:?--jobs needs a number}; shift ;;
    *) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2 ;;
    esac
    shift
done

# Nothing of the caller's settings may reach a test.
unset $(compgen -e TKA_ | grep -v '^TKA_CORPORA$') CC CXX CFLAGS CXXFLAGS LDFLAGS \
    MAKEFLAGS DESTDIR CCACHE_PREFIX
export LC_ALL=C.UTF-8
exec </dev/null

selected()
{
    [[ $1 == *$only* ]]
}

# suite NAME SCRIPT OPTION...: the plan's line for a compiler suite.
suite()
{
    local name=$1 script=$2
    shift 2
    echo "3	conformance/$name	test_counted gcc bash tests/conformance/$script $*"
}

# Every test's name and the command that runs it, one line each, tab-separated:
# stage, name, command. Stages run one after the other.
plan()
{
    local source wing name case compilers
    echo "1	style/layers	bash tests/layers.sh"
    echo "1	style/checks	bash tests/lib/check_layers.sh"
    for source in tests/unit/*/test_*.c; do
        [ -e "$source" ] || continue
        wing=$(basename "$(dirname "$source")")
        name=$(basename "$source" .c)
        echo "2	unit/gcc/$wing/$name	test_unit gcc $wing $name"
        echo "2	unit/clang/$wing/$name	test_unit clang $wing $name"
        echo "2	unit/dev/$wing/$name	test_unit dev $wing $name"
    done
    [ ! -e tests/golden/run.sh ] || echo "2	golden	test_counted gcc bash tests/golden/run.sh"
    for case in tests/e2e/*/run.sh; do
        [ -e "$case" ] || continue
        name=$(basename "$(dirname "$case")")
        # A folder with a file named "alone" is timed or loads the machine.
        if [ -e "tests/e2e/$name/alone" ]; then
            echo "3	e2e/$name	test_e2e $name"
        else
            echo "2	e2e/$name	test_e2e $name"
        fi
    done
    if [ -n "$all" ]; then
        echo "3	conformance/lua-counts	test_counted gcc bash tests/conformance/lua-counts.sh"
        echo "3	conformance/lua-counts-O0	test_counted gcc bash tests/conformance/lua-counts.sh --cflags -O0"
        echo "3	conformance/lua-counts-clang-built	test_counted clang bash tests/conformance/lua-counts.sh"
        echo "3	golden-clang-built	test_counted clang bash tests/golden/run.sh"
        suite torture-gcc torture.sh --opts "'-O0 -O1 -O2 -O3 -Os'"
        suite torture-clang torture.sh --cc clang --opts -O2
        suite torture-clang-turn torture.sh --cc clang --turn --opts "'-O0 -O1 -O3 -Os'"
        suite torture-compile-gcc torture-compile.sh --turn --opts "'-O2 -O0 -O3 -Os'"
        suite torture-compile-clang torture-compile.sh --cc clang --turn --opts "'-O2 -O0 -O3 -Os'"
        suite g++ g++.sh --turn
        suite clang++ g++.sh --cc clang++ --turn --sample 1200
        suite csmith csmith.sh
        echo "3	conformance/containers	test_counted gcc bash tests/conformance/containers.sh"
        echo "3	conformance/projects	test_counted gcc bash tests/conformance/projects.sh"
    else
        echo "3	conformance/lua-counts	test_counted gcc bash tests/conformance/lua-counts.sh"
        suite torture torture.sh --sample 150
        suite torture-compile torture-compile.sh --cc "'gcc clang'" --sample 100 --turn
        suite g++ g++.sh --turn --sample 60
        suite csmith csmith.sh --sample 20
    fi
}

selection=$(plan | while IFS=$'\t' read -r stage name command; do
    if selected "$name"; then
        printf '%s\t%s\t%s\n' "$stage" "$name" "$command"
    fi
done)
if [ -n "$list" ]; then
    for build in gcc clang dev; do
        if selected "build/$build"; then echo "build/$build"; fi
    done
    [ -z "$selection" ] || cut -f 2 <<<"$selection"
    exit 0
fi

job_out=$root/build/test-out
rm -rf "$job_out"
mkdir -p "$job_out"
export job_out root keep
trap 'kill $(jobs -p) 2>/dev/null; exit 130' INT TERM

if ! bash cmake/setup.sh build test; then
    echo "0 passed, 1 failed, 0 skipped"
    exit 2
fi
[ -z "$all" ] || bash cmake/setup.sh conformance || echo "what needs them is skipped"

# The build trees that the selected tests use, and those selected by name.
for build in gcc clang dev; do
    if selected "build/$build" || grep -q "test_unit $build \|test_counted $build " <<<"$selection" ||
       { [ $build = gcc ] && grep -q 'test_e2e' <<<"$selection"; }; then
        job_add_alone "build/$build" build_tree $build
    fi
done
jobs_run "$jobs"

for stage in 1 2 3; do
    while IFS=$'\t' read -r of name command; do
        [ "$of" = "$stage" ] || continue
        if ! needs_met "$command"; then
            continue
        elif [ "$stage" = 3 ]; then
            eval "job_add_alone $name $command"
        else
            eval "job_add $name $command"
        fi
    done <<<"$selection"
    jobs_run "$jobs"
done
jobs_summary
