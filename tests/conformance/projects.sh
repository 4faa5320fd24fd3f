#!/usr/bin/env bash
# Real programs from Debian's source packages, every function instrumented, each by
# its own build system: each of their own tests must end as in the plain build.
#
#   tests/conformance/projects.sh [--cc "gcc clang"] [--jobs N] [--keep] [--list] [NAME...]
#
#   --cc LIST  compilers: gcc (default), clang
#   --jobs N   projects at a time (2)
#   --keep     keep the folders of both builds, and say where
#   --list     print the names of the projects and run nothing
#
# Environment: TKA_CC, TKA (default: build/gcc/bin), JOBS (2), the processes of one
# project's build. Prints a row for each project when it ends, and below it every
# difference: tests that end differently, new warnings, files that tka-cc had
# something to say about. Warnings alone do not fail. The row's last number is the
# CPU seconds of all: both builds and both runs of the tests. Last line:
# "N passed, N failed, N skipped", one for each project and compiler; exit 1 if any
# failed, 77 if no source can be had.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
. "$here/projects/recipes.sh"

compilers=gcc jobs=2 keep='' names=()
while [ $# -gt 0 ]; do
    case $1 in
    --cc) compilers=$2; shift ;;
    --jobs) jobs=$2; shift ;;
    --keep) keep=1 ;;
    --list) printf '%s\n' $PROJECTS; exit 0 ;;
    -*) echo "projects.sh: unknown option $1" >&2; exit 2 ;;
    *) names+=("$1") ;;
    esac
    shift
done
[ ${#names[@]} -gt 0 ] || names=($PROJECTS)
for name in "${names[@]}"; do
    declare -F "build_$name" >/dev/null || { echo "projects.sh: no project $name" >&2; exit 2; }
done
conformance_tools
work=$(mktemp -d "${TMPDIR:-/tmp}/tka-projects.XXXXXX")
trap '[ -n "$keep" ] && echo "kept in $work" >&2 || rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8

# Folder $1 with a gcc, g++ and so on that the build finds first, as ccache's folder
# does: every build system calls the compiler by one word, plain and instrumented.
compiler_wrappers()
{
    local folder=$1 launcher=$2 word real
    mkdir -p "$folder"
    for word in "$3" "$(cxx_of "$3")"; do
        real=$(command -v "$word") || return 1
        printf '#!/bin/sh\nexec %s "%s" "$@"\n' "${launcher:+"\"$launcher\" --all"}" "$real" \
            >"$folder/$word"
        chmod +x "$folder/$word"
    done
}

cxx_of()
{
    case $1 in
    clang) echo clang++ ;;
    *) echo g++ ;;
    esac
}

# one_build NAME KIND CC LAUNCHER: configures, builds and tests the copy in
# $place/KIND. Leaves build.log, seconds (CPU time of the build), results.
one_build()
(
    local name=$1 kind=$2
    cd "$place/$kind" || exit 1
    export CC=$3 CXX PATH=$place/$kind.bin:$PATH TKA_PERFORMANCE_DATA_DIR=$place/$kind.data
    CXX=$(cxx_of "$3")
    unset CFLAGS CXXFLAGS LDFLAGS MAKEFLAGS TKA_CC_VERBOSE CCACHE_PREFIX
    compiler_wrappers "$place/$kind.bin" "$4" "$3" || exit 1
    if declare -F "configure_$name" >/dev/null; then
        "configure_$name" >"$place/$kind.configure" 2>&1 </dev/null ||
            { tail -n 3 "$place/$kind.configure"; exit 1; }
    fi
    TIMEFORMAT='%U %S'
    { time "build_$name" >"$place/$kind.log" 2>&1 </dev/null; } 2>"$place/$kind.seconds" ||
        { grep -m 3 'error' "$place/$kind.log" || tail -n 3 "$place/$kind.log"; exit 1; }
    "test_$name" </dev/null >"$place/$kind.test" 2>&1
    echo "status $?" >>"$place/$kind.test"
    "results_$name" <"$place/$kind.test" | sed "s|$place/$kind|PLACE|g" |
        LC_ALL=C sort >"$place/$kind.results"
)

# Warnings by file, line and text, without the column; each once.
warnings()
{
    grep -aE '^[^ ]+:[0-9]+(:[0-9]+)?: warning: ' "$place/$1.log" |
        sed -E "s|$place/$1/||g; s/^([^ :]+:[0-9]+)(:[0-9]+)?: /\1: /" | LC_ALL=C sort -u
}

# What is in the objects, programs and libraries of the instrumented build:
# instrumented TAB skipped, then a line for each reason.
coverage()
{
    "$TKA" doctor "$place/tka" --format json >"$place/doctor.json" 2>"$place/doctor.err"
    sqlite3 -batch -separator $'\t' :memory: "
        CREATE TABLE doctor AS SELECT CAST(readfile('$place/doctor.json') AS TEXT) AS text;
        SELECT coalesce(json_extract(text, '\$.coverage.instrumented'), 0),
               coalesce(json_extract(text, '\$.coverage.skipped'), 0) FROM doctor;
        SELECT json_extract(value, '\$.places'), json_extract(value, '\$.reason')
        FROM doctor, json_each(text, '\$.reasons')" 2>&1
}

# Reasons that name a macro or a place, summed up without it.
summed_reasons()
{
    awk -F '\t' '{
            sub(/ the macro .*/, " a macro", $2); sub(/ at [^ ]*:[0-9]+.*/, "", $2)
            sub(/; an annotation.*/, "", $2)
            n[$2] += $1
        }
        END { for (r in n) printf "%d %s\n", n[r], r }' | sort -rn | paste -sd ';' | sed 's/;/; /g'
}

# Prints lines of "< plain" and "> instrumented" that differ; status 0 if none do.
compare_results()
{
    diff "$place/plain.results" "$place/tka.results" >"$place/differences" && return 0
    grep '^[<>]' "$place/differences" | head -n 20 | sed 's/^/    test: /'
    return 1
}

# "ok of all" of the tests in $place/KIND.results.
tally()
{
    awk '$NF == "ok" { ok++ } END { printf "%d of %d", ok, NR }' "$place/$1.results"
}

# A row and the differences of project $1 with compiler $2; status 0 if none failed.
compare_project()
{
    local name=$1 cc=$2 status=0 found instrumented skipped_places reasons ratio new
    { read -r instrumented skipped_places; reasons=$(summed_reasons); } < <(coverage)
    found=$((instrumented + skipped_places))
    ratio=$(awk '{ seconds[NR] = $1 + $2 }
                 END { printf "%.2f", seconds[2] / (seconds[1] > 0 ? seconds[1] : 1) }' \
        "$place/plain.seconds" "$place/tka.seconds")
    warnings plain >"$place/plain.warnings"
    warnings tka >"$place/tka.warnings"
    new=$(comm -13 "$place/plain.warnings" "$place/tka.warnings" | wc -l)
    compare_results >"$place/report" || status=1
    [ -s "$place/plain.results" ] || { echo "    no test ran"; status=1; } >>"$place/report"
    [ "$instrumented" -gt 0 ] || { echo "    nothing is instrumented"; status=1; } >>"$place/report"
    times >"$place/times"
    row "$name" "$(version_of "$name")" "${LANGUAGE[$name]}" "$cc" "$found" "$instrumented" \
        "$skipped_places" "$(tally plain)" "$(tally tka)" "$new" "$ratio" \
        "$(cpu_seconds)"
    [ -z "$reasons" ] || echo "    skipped: $reasons"
    cat "$place/report"
    comm -13 "$place/plain.warnings" "$place/tka.warnings" | head -n 10 | cut -c 1-160 |
        sed 's/^/    new: /'
    grep -ah '^tka: ' "$place/tka.log" | sort | uniq -c | head -n 10 | cut -c 1-160 |
        sed 's/^ */    tka-cc said: /'
    return $status
}

version_of()
{
    sed -n '1s/.*(\(.*\)).*/\1/p' "$source/debian/changelog"
}

# Of what "times" wrote in the shell that waited for everything.
cpu_seconds()
{
    tr ms ' ' <"$place/times" | awk '{ sum += 60 * ($1 + $3) + $2 + $4 } END { printf "%.0f", sum }'
}

row()
{
    printf '%-9s %-30s %-4s %-6s %6s %6s %5s  %-13s %-13s %4s %6s %5s\n' "$@"
}

# Project $1 with compiler $2: prints its row, and its verdict in one word to
# $work/$1-$2.verdict.
run_project()
{
    local name=$1 cc=$2 place=$work/$1-$2 verdict=skipped source reason
    if ! source=$("$here/fetch.sh" "${PACKAGE[$name]:-$name}"); then
        verdict=absent
        echo "skip      $name: its source cannot be fetched"
    elif ! reason=$("needs_$name") || ! reason=$(needs "$cc"); then
        echo "skip      $name: $reason"
    elif ! mkdir -p "$place" || ! cp -r "$source" "$place/plain" || ! cp -r "$source" "$place/tka"; then
        verdict=failed
    elif ! one_build "$name" plain "$cc" ""; then
        echo "skip      $name: does not build plainly with $cc"
    elif ! one_build "$name" tka "$cc" "$TKA_CC"; then
        verdict=failed
        echo "FAIL      $name: does not build with all functions instrumented and $cc"
    elif compare_project "$name" "$cc"; then
        verdict=passed
    else
        verdict=failed
    fi
    echo "$verdict" >"$work/$name-$cc.verdict"
    [ -n "$keep" ] || rm -rf "$place"
}

verdicts()
{
    cat "$work"/*.verdict | grep -cE "^($1)\$"
}

row project version lang cc found probed skip "tests plain" "with probes" warn "build x" "cpu s"
running=0 count=0
for name in "${names[@]}"; do
    for cc in $compilers; do
        [ $running -lt "$jobs" ] || { wait -n; running=$((running - 1)); }
        { run_project "$name" "$cc" >"$work/$name-$cc.out"; cat "$work/$name-$cc.out"; } &
        running=$((running + 1)) count=$((count + 1))
    done
done
wait
passed=$(verdicts passed) skipped=$(verdicts 'skipped|absent')
failed=$((count - passed - skipped))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$(verdicts absent)" != $count ] || exit 77
exit $((failed > 0))
