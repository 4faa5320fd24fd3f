#!/usr/bin/env bash
# How true what TKA tells is: functions of known duration, compared with the truth
# that the program itself took in the same run (workload.h), in both timing modes
# and with gcc and clang.
#
#   tests/accuracy/run.sh [--quick] [--cc "gcc clang"] [--only CASE] [BUILD]
#
#   --quick       fewer trials and runs: some minutes
#   --cc LIST     compilers
#   --only CASE   shapes, first, tiny, nested, recursion, threads, coverage, change or
#                 overhead
#   BUILD         default: build/release
#
# Prints a row for each figure; the last line is "N passed, N failed, N skipped". Needs
# a calm machine, or real-time priority (as root), which it takes when it can. Not part
# of tests/run.sh, whose tests do not depend on time: there tests/unit/accuracy has the
# estimates under a simulated clock.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
quick= compilers="gcc clang" only= build=$root/build/release
while [ $# -gt 0 ]; do
    case $1 in
    --quick) quick=1 ;;
    --cc) compilers=$2; shift ;;
    --only) only=$2; shift ;;
    -*) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2 ;;
    *) build=$1 ;;
    esac
    shift
done
build=$(cd "$build" && pwd) || exit 2
tka=$build/bin/tka
trials=250 rounds=5
[ -z "$quick" ] || rounds=3

unset $(compgen -e TKA_) || true
export LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
export TKA_PERFORMANCE_DATA_DIR=$work/data
first=()
chrt -f 50 true 2>/dev/null && first=(chrt -f 50)
passed=0 failed=0 skipped=0

# row CASE TRUTH TOLD ERROR VERDICT; VERDICT ok, no or skip
row()
{
    case $5 in
    ok) passed=$((passed + 1)) ;;
    skip) skipped=$((skipped + 1)) ;;
    *) failed=$((failed + 1)) ;;
    esac
    printf '%-38s %-7s %-5s %12s %12s %10s  %s\n' "$1" "$mode" "$compiler" "$2" "$3" "$4" \
        "$(case $5 in no) echo FAILED ;; skip) echo skipped ;; *) echo ok ;; esac)"
}

# rows: what an awk script printed, "CASE|TRUTH|TOLD|ERROR|VERDICT" a line.
rows()
{
    local case truth told error verdict
    while IFS='|' read -r case truth told error verdict; do
        row "$case" "$truth" "$told" "$error" "$verdict"
    done <"$1"
}

# run ARGUMENT...: the program, its truth into the file truth, what TKA tells into the
# file told: name calls samples mean low high p50 p99 total self exact.
run()
{
    rm -rf data ./*.sorted
    TKA_PROFILING_MODE=$mode "${first[@]}" "./probed-$compiler" "$@" >truth || return 1
    tell
}

tell()
{
    "$tka" report "$@" --format json >report.json || return 1
    sqlite3 -separator ' ' -nullvalue - :memory: "SELECT value->>'name', value->>'calls',
        value->>'samples', value->>'mean_ns', value->>'\$.mean_ci95_ns[0]',
        value->>'\$.mean_ci95_ns[1]', value->>'p50_ns', value->>'p99_ns',
        value->>'total_ns', value->>'self_ns', value->>'exact'
        FROM json_each(readfile('report.json'), '\$.functions')" | sort >told
}

# One row for the counts of all functions, one for each mean: within 5 %, or the truth
# inside of the interval, or 3 ns off, the clock's grain.
check_means()
{
    sort truth | join - told | awk -v what="$1" '
        $2 != $4 { wrong++ }
        { calls += $2; counted += $4 }
        $6 != "-" {
            error = 100 * ($6 / $3 - 1)
            near = (error <= 5 && error >= -5) || ($3 >= $7 && $3 <= $8) ||
                   ($6 - $3 <= 3 && $3 - $6 <= 3)
            line[++n] = sprintf("%s, mean ns|%.1f|%.1f|%+.1f %%|%s", $1, $3, $6, error,
                                near ? "ok" : "no")
        }
        END {
            printf "%s, calls|%d|%d|%d|%s\n", what, calls, counted, counted - calls,
                   wrong || calls == 0 ? "no" : "ok"
            for (i = 1; i <= n; i++) print line[i]
        }' >lines
    rows lines
}

# Percentiles: the told one within a bucket (12.5 %) and the clock's grain of what lies
# between the quantiles that a sample of that size can come to (99 %).
check_percentiles()
{
    local name calls samples p50 p99 truth
    while read -r name calls samples _ _ _ p50 p99 _; do
        [ -e "$name.sorted" ] && [ "$p50" != - ] || continue
        awk -v name="$name" -v n="$samples" -v calls="$calls" -v p50="$p50" -v p99="$p99" \
            -v grain="$grain" '
            function at(q) { q = int(q * NR) + 1; return v[q < 1 ? 1 : q > NR ? NR : q] }
            function check(title, q, told,    spread, low, high) {
                spread = samples_all ? 0 : 2.58 * sqrt(q * (1 - q) / n)
                low = at(q - spread) / 1.125 - grain; high = at(q + spread) * 1.125 + grain
                printf "%s, %s ns|%.0f|%.0f|%+.1f %%|%s\n", name, title, at(q), told,
                       100 * (told / at(q) - 1), (told >= low && told <= high) ? "ok" : "no"
            }
            { v[NR] = $1 }
            END { samples_all = n == calls; check("p50", 0.5, p50); check("p99", 0.99, p99) }
            ' "$name.sorted" >lines
        rows lines
    done <told
}

# Shares in percent of the functions or paths that the truth names; within 5 points.
# Standard input: name and time, a line each.
check_shares()
{
    sort | join <(sort truth) - | awk -v what="$1" '
        { name[++n] = $1; truth[n] = $2 * $3; told[n] = $4; truths += truth[n]; tolds += $4 }
        END {
            for (i = 1; i <= n; i++) {
                a = 100 * truth[i] / truths; b = tolds ? 100 * told[i] / tolds : 0
                printf "%s, %s|%.1f|%.1f|%+.1f|%s\n", name[i], what, a, b, b - a,
                       (b - a <= 5 && a - b <= 5) ? "ok" : "no"
            }
        }' >lines
    rows lines
}

case_shapes()
{
    run shapes && check_means shapes && check_percentiles
}

case_first()
{
    run first && check_means "first call x 1000" && check_percentiles
}

case_tiny()
{
    run tiny && check_means tiny
}

case_nested()
{
    run nested || return 1
    awk '{ sub(".*;", "", $1); calls[$1] += $2 } END { for (f in calls) print f, calls[f] }' \
        truth | sort | join - told |
        awk '{ a += $2; b += $3; bad += $2 != $3 }
             END { printf "nested, calls|%d|%d|%d|%s\n", a, b, b - a, (bad) ? "no" : "ok" }' >lines
    rows lines
    cp truth all
    grep -v ';' all >truth
    awk '{ print $1, $10 }' told | check_shares "self %"
    grep ';' all >truth
    "$tka" report --tree --format csv | tr , ' ' | awk '{ print $1, $4 }' |
        check_shares "path %"
}

# Means of all levels; and of the total, which has the outermost calls only.
case_recursion()
{
    run recursion || return 1
    grep '^recursive_outermost' truth >outermost
    grep -v _outermost truth >all
    mv all truth
    check_means recursion
    check_percentiles
    awk 'NR == FNR { truth = $2 * $3; next }
         $1 == "recursive" {
            error = 100 * ($9 / truth - 1)
            printf "recursive, total ms|%.1f|%.1f|%+.1f %%|%s\n", truth / 1e6, $9 / 1e6,
                   error, (error <= 5 && error >= -5) ? "ok" : "no"
         }' outermost told >lines
    rows lines
}

case_threads()
{
    local count
    for count in 1 2 4 8; do
        run threads $count || return 1
        check_means "$count threads"
        check_percentiles
    done
}

# How many of the trials' intervals cover the truth: 93 to 97 %, give or take the
# binomial error of this estimate; and the half width of an interval below the mean.
coverage_of()
{
    local title=$1 runs=$2
    shift 2
    : >covered
    for _ in $(seq "$runs"); do
        run coverage "$@" || return 1
        sort truth | join - told | awk '$6 != "-" { inside = $3 >= $7 && $3 <= $8
            print inside, $5, $6 / $3 - 1, ($8 - $7) / 2 / $3 }' >>covered
    done
    awk -v what="$title" '
        { in_ += $1; samples += $2; bias += $3; half += $4 }
        END {
            c = 100 * in_ / NR; e = 196 * sqrt(c / 100 * (1 - c / 100) / NR)
            printf "%s, %d trials covered %%|95|%.1f|+-%.1f|%s\n", what, NR, c, e,
                   (c + e >= 93 && c - e <= 97) ? "ok" : "no"
            printf "%s, bias of means %%|0|%.2f|+-%.1f %%|%s\n", what, 100 * bias / NR,
                   100 * half / NR,
                   (bias / NR <= 0.02 && bias / NR >= -0.02 && half < NR) ? "ok" : "no"
        }' covered >lines
    rows lines
}

case_coverage()
{
    local runs=4
    [ "$mode" = sampled ] || return 0
    [ -z "$quick" ] || runs=1
    coverage_of bimodal $runs bimodal 4000
    coverage_of lognormal $runs lognormal 4000
    coverage_of pareto $runs pareto 4000
    coverage_of "250 functions at once" $runs lognormal 4000 at_once
}

# From the second second on after a function became slow, every call is timed; where
# one became fast, timing keeps to the budget (with half of it to spare).
case_change()
{
    local second
    [ "$mode" = sampled ] || return 0
    run change 100 5e6 || return 1
    for second in 2 3; do
        tell --session second_$second
        awk -v s=$second '{ printf "100 ns, then 5 ms: second %d, timed|%d|%d|%.0f %%|%s\n", s, $2, $3,
            100 * $3 / $2, ($3 == $2) ? "ok" : "no" }' told >lines
        rows lines
    done
    run change 5e6 100 || return 1
    for second in 2 3; do
        tell --session second_$second
        awk -v s=$second -v cost="$(cost_of_timing)" '{ c = 100 * $3 * cost / 1e9
            printf "5 ms, then 100 ns: second %d, cost %%|1|%.2f|%d timed|%s\n", s, c, $3,
            (c <= 1.5) ? "ok" : "no" }' told >lines
        rows lines
    done
}

cost_of_timing()
{
    sqlite3 data/performance.db "SELECT timed_cost_ns FROM process LIMIT 1"
}

# cpu_ms COMMAND...: its user and system time.
cpu_ms()
{
    local TIMEFORMAT='%U %S'
    { time "$@" >/dev/null 2>&1; } 2>cpu
    awk '{ print 1000 * ($1 + $2) }' cpu
}

# The least of some interleaved runs of the builds with and without probes; what a run
# of one call costs more, start and store, is not in what TKA tells, and a row of its own.
overhead_of()
{
    local what=$1 calls=$2 round
    : >plain
    : >with
    for round in $(seq "$rounds"); do
        cpu_ms "${first[@]}" "./plain-$compiler" mix "$what" "$calls" >>plain
        rm -rf data
        TKA_PROFILING_MODE=$mode cpu_ms "${first[@]}" "./probed-$compiler" mix "$what" "$calls" >>with
    done
    "$tka" report --format json >report.json
    sqlite3 :memory: "SELECT json_extract(readfile('report.json'), '\$.overhead.ns') / 1e6" >told
    paste -d' ' <(sort -g plain | head -1) <(sort -g with | head -1) told |
        awk -v what="$what" -v fixed="$fixed" '{
            truth = $2 - $1 - fixed; error = truth > 0 ? 100 * ($3 / truth - 1) : 999
            verdict = truth < $1 / 100 ? "skip" : error <= 20 && error >= -20 ? "ok" : "no"
            printf "overhead of %s (%d ms), ms|%.1f|%.1f|%+.0f %%|%s\n", what, $1, truth, $3,
                   error, verdict
        }' >lines
    [ -n "$fixed" ] && rows lines
}

case_overhead()
{
    local scale=1
    [ "$mode" != exact ] || scale=10
    fixed= overhead_of leaf 1
    fixed=$(paste <(sort -g plain | head -1) <(sort -g with | head -1) | awk '{ print $2 - $1 }')
    row "start and store of a run, ms" "$fixed" - - skip
    overhead_of leaf $((400000000 / scale))
    overhead_of chain $((100000000 / scale))
    overhead_of work $((40000000 / scale))
    overhead_of table $((200000000 / scale))
}

{
    for i in $(seq 0 $((trials - 1))); do
        printf 'TKA_PROFILE NOINLINE static void trial_%d(long turns)\n{\n' "$i"
        printf '    spin_noted(&trial_truth[%d], turns);\n}\n\n' "$i"
    done
    echo "enum { TRIALS = $trials };"
    echo "static void (*const trials[TRIALS])(long) = {"
    seq -f '    trial_%g,' 0 $((trials - 1))
    echo "};"
} >trials.h
for compiler in $compilers; do
    command -v "$compiler" >/dev/null || continue
    flags=(-O2 -I"$work" -I"$root/runtime/include" "$here/accuracy.c" -lm -lpthread)
    "$build/bin/tka-cc" "$compiler" "${flags[@]}" -o "probed-$compiler" &&
        "$compiler" "${flags[@]}" -o "plain-$compiler" || exit 2
done
grain=$(TKA_PROFILING_MODE=off "./probed-${compilers%% *}" grain)

printf '%-38s %-7s %-5s %12s %12s %10s  %s\n' case mode cc truth told error verdict
for compiler in $compilers; do
    if [ ! -x "probed-$compiler" ]; then
        mode=- row "all" - - - skip
        continue
    fi
    for case in shapes first tiny nested recursion threads coverage change overhead; do
        [ -z "$only" ] || [ "$only" = $case ] || continue
        for mode in sampled exact count; do
            [ $mode != count ] || [ $case = overhead ] || continue
            case_$case || row "$case did not run" - - - no
        done
    done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
