#!/usr/bin/env bash
# How true the reported times are: functions of 200 ns, 2 us and 1 ms. The truth is
# taken from outside in the same run, less the probe's own cost per call as the
# difference of the fastest runs with probes on and off. Rows are the median of
# RUNS runs (5) by error; run on a calm machine, or as root (real-time priority).
#   tests/bench/accuracy.sh [BUILD_FOLDER]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${1:-$root/build}" && pwd)
runs=${RUNS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export TKA_PERFORMANCE_DATA_DIR=$work/data

first=()
chrt -f 50 true 2>/dev/null && first=(chrt -f 50)

"$build/bin/tka-cc" gcc -O2 "$root/tests/bench/accuracy.c" -o accuracy
turn=$(TKA_PROFILING_MODE=off "${first[@]}" ./accuracy)
printf '%-11s %-8s %10s %10s %8s %10s %9s\n' function mode "truth ns" "mean ns" error "p50 ns" samples
for mode in sampled exact; do
    : >rows
    : >plain
    for round in $(seq "$runs"); do
        TKA_PROFILING_MODE=off "${first[@]}" ./accuracy "$turn" >>plain
        rm -rf data
        TKA_PROFILING_MODE=$mode "${first[@]}" ./accuracy "$turn" | sort >truth
        "$build/bin/tka" report --format json >report.json
        sqlite3 -separator ' ' :memory: "SELECT value->>'name', value->>'mean_ns',
            value->>'p50_ns', value->>'samples'
            FROM json_each(readfile('report.json'), '\$.functions')" | sort >told
        join truth told >>rows
    done
    awk -v mode="$mode" '
        NR == FNR { if (!($1 in off) || $2 < off[$1]) off[$1] = $2; next }
        { if (!($1 in on) || $2 < on[$1]) on[$1] = $2; row[++n] = $0 }
        END {
            for (i = 1; i <= n; i++) {
                split(row[i], f, " ")
                truth = f[2] - (on[f[1]] > off[f[1]] ? on[f[1]] - off[f[1]] : 0)
                printf "%s %s %.1f %.1f %.2f %.1f %d\n", f[1], mode, truth, f[3],
                    100 * (f[3] / truth - 1), f[4], f[5]
            }
        }' plain rows | sort -k1,1 -k5,5g | awk -v middle=$(((runs + 1) / 2)) '
        $1 != name { name = $1; n = 0 }
        ++n == middle {
            printf "%-11s %-8s %10.1f %10.1f %+7.1f%% %10.1f %9d\n", $1, $2, $3, $4, $5, $6, $7
        }'
done
