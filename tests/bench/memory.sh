#!/usr/bin/env bash
# What noting allocations costs: libtka-mem preloaded into programs that do little else
# than allocate.
#
#   tests/bench/memory.sh [--quick] [--update] [--rounds N] [--peers] [--only WORKLOAD] [BUILD_FOLDER]
#
#   sqlite    small statements on a database in memory (Debian's libsqlite3, one thread)
#   json      1.5 MB parsed, written and freed (Debian's jansson)
#   lua       binary trees (Lua 5.4, -O2)
#   threads   two threads with random sizes that free each other's blocks
#   places    some 110 places of C++ that allocate by turns
#
# Modes: off (TKA_MONITORING_MEMORY_TRACKING=false: the hooks stand, nothing is noted),
# sampled (the default of programs that link it), exact.
#
# Instructions: callgrind's, which leaves malloc alone, without the search for lost
# blocks at the exit (it looks through valgrind's own memory there); "steady": of the difference of a
# longer and a shorter run, so that starting, ending and what is stored then are not in
# it; "each allocation": these by the number of allocations, each with its free; "in
# all": of the longer run; "once": what is in the shorter run beyond steady. CPU
# time (user and system) and peak RSS: modes take turns, ROUNDS (11) times; the median
# of the ratios within a round, in brackets the ratio of the least times.
#
# --peers: others from Debian in the same rounds: the sampling heap profilers of tcmalloc
# and jemalloc, LeakSanitizer preloaded; and once each, as they take so long, heaptrack,
# tcmalloc's full heap profile, memcheck and massif. tcmalloc and jemalloc are also other
# allocators: their rows come with one of the allocator alone.
#
# Installs what is missing (cmake/setup.sh peers). Takes 8 minutes, --quick 3, --peers 25.
# --update writes the tables into docs/performance.md. BUILD_FOLDER: build/release.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/lib.sh"
. "$root/tests/conformance/lib.sh"

rounds=11 update= peers= build= workloads="sqlite json lua threads places"
while [ $# -gt 0 ]; do
    case $1 in
    --quick) rounds=3 ;;
    --update) update=1 ;;
    --rounds) rounds=$2; shift ;;
    --peers) peers=1 ;;
    --only) workloads=$2; shift ;;
    -*) echo "memory.sh: unknown option $1" >&2; exit 2 ;;
    *) build=$1 ;;
    esac
    shift
done
build=$(cd "${build:-$root/build/release}" 2>/dev/null && pwd) && [ -e "$build/lib/libtka-mem.so" ] || {
    echo "memory.sh: build TKA first, or name the build folder" >&2
    exit 2
}
"$root/cmake/setup.sh" build peers >&2 || echo "memory.sh: going on with what is there" >&2
work=$(mktemp -d "${TMPDIR:-/tmp}/tka-memory.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 2
unset LUA_INIT LUA_PATH LUA_CPATH LD_PRELOAD

say()
{
    [ ! -t 2 ] || echo "$*" >&2
}

# --- workloads: argument of a long run, of the two whose instructions are counted -----

declare -A argument=([sqlite]="200 60 30" [json]="6 2 1" [lua]="14 11 10"
    [threads]="3000000 100000 20000" [places]="6000 100 20")

build_workload()
{
    case $1 in
    sqlite) gcc -O2 "$here/memory/sqlite.c" -o sqlite -lsqlite3 ;;
    json) gcc -O2 "$here/memory/json.c" -o json -ljansson ;;
    threads) gcc -O2 "$here/memory/threads.c" -o threads -lpthread ;;
    places) g++ -O2 "$here/memory/places.cpp" -o places ;;
    lua)
        lua_source source && lua_fix_hashes source &&
            make -s -C source/src linux CC="gcc -std=gnu99" \
                MYCFLAGS="-O2 -w $LUA_FIXED_FLAGS" >/dev/null 2>&1 &&
            mv source/src/lua interpreter ;;
    esac
}

# start WORKLOAD ARGUMENT COMMAND...: under the command
start()
{
    local workload=$1 size=$2
    shift 2
    case $workload in
    lua) "$@" ./interpreter "$here/memory/trees.lua" "$size" ;;
    *) "$@" "./$workload" "$size" ;;
    esac
}

# --- variants: what stands before the command ------------------------------------------

tracking()
{
    echo "LD_PRELOAD=$build/lib/libtka-mem.so TKA_MONITORING_MEMORY_TRACKING=$1"
}

library()
{
    ls /usr/lib/*/"$1" 2>/dev/null | head -n 1
}

ours="plain off sampled exact"
others="tcmalloc tcmalloc_sampling jemalloc jemalloc_prof lsan"
slow="heaptrack tcmalloc_heapprofile memcheck massif"
declare -A title=(
    [off]="**TKA**: hooks there, off" [sampled]="**TKA, sampled**"
    [exact]="**TKA, exact**: every live block"
    [heaptrack]="heaptrack" [tcmalloc]="tcmalloc alone"
    [tcmalloc_sampling]="tcmalloc, TCMALLOC_SAMPLE_PARAMETER 512 KiB"
    [tcmalloc_heapprofile]="tcmalloc, HEAPPROFILE" [jemalloc]="jemalloc alone"
    [jemalloc_prof]="jemalloc, prof, 512 KiB" [lsan]="LeakSanitizer, preloaded"
    [memcheck]="memcheck --leak-check=full" [massif]="massif")
declare -A before=(
    [plain]="env" [off]="env $(tracking false)" [sampled]="env $(tracking true)"
    [exact]="env $(tracking exact)"
    [heaptrack]="heaptrack -o $work/heaptrack.data"
    [tcmalloc]="env LD_PRELOAD=$(library libtcmalloc.so.4)"
    [tcmalloc_sampling]="env LD_PRELOAD=$(library libtcmalloc.so.4) TCMALLOC_SAMPLE_PARAMETER=524288"
    [tcmalloc_heapprofile]="env LD_PRELOAD=$(library libtcmalloc.so.4) HEAPPROFILE=$work/heap.prof"
    [jemalloc]="env LD_PRELOAD=$(library libjemalloc.so.2)"
    [jemalloc_prof]="env LD_PRELOAD=$(library libjemalloc.so.2) MALLOC_CONF=prof:true,lg_prof_sample:19"
    [lsan]="env LD_PRELOAD=$(library liblsan.so.0)"
    [memcheck]="valgrind --log-file=$work/memcheck.log --leak-check=full"
    [massif]="valgrind --log-file=$work/massif.log --tool=massif --massif-out-file=$work/massif.data")

export TKA_PERFORMANCE_DATA_DIR=$work/data TKA_MONITORING_ENABLED=false

clean()
{
    rm -rf data heaptrack.data* heap.prof* massif.data
}

# measure WORKLOAD VARIANT SIZE: "CPU-ms RSS-KiB status"
measure()
{
    local figures
    clean
    figures=$(start "$1" "$3" timeout 600 ./measure ${before[$2]} 3>&1 >out 2>err)
    grep -qxF "$(tail -n 1 "$1.out")" out || figures="$figures other"
    echo "$figures"
}

# instructions WORKLOAD VARIANT SIZE
instructions()
{
    clean
    start "$1" "$3" ${before[$2]} valgrind --tool=callgrind --callgrind-out-file=callgrind.data \
        --log-file=callgrind.log >/dev/null 2>&1
    callgrind_annotate --inclusive=yes --threshold=100 callgrind.data | tr -d , | awk '
        /PROGRAM TOTALS/ { all = $1 }
        /:tkai_memleaks_find/ { search = $1 }
        END { printf "%.0f\n", all - search }'
}

# Allocations that the last run noted; 0 none.
noted()
{
    sqlite3 -batch data/performance.db "SELECT sum(allocations) FROM memory_measurement" 2>/dev/null |
        grep . || echo 0
}

# --- measuring -------------------------------------------------------------------------

gcc -O2 "$here/memory/measure.c" -o measure || exit 2
for workload in $workloads; do
    read -r long more less <<<"${argument[$workload]}"
    say "$workload: building"
    build_workload "$workload" || { echo "$workload does not build" >&2; exit 1; }
    start "$workload" "$long" env >"$workload.out" || exit 1
    for variant in $ours; do
        say "$workload: counting instructions, $variant"
        echo "$workload $variant $(instructions "$workload" "$variant" "$more") $(noted)" \
            "$(instructions "$workload" "$variant" "$less") $(noted)"
    done >>instructions
    variants="$ours${peers:+ $others}"
    for ((round = 1; round <= rounds; round++)); do
        say "$workload: round $round of $rounds"
        for variant in $variants; do
            echo "$workload $variant $round $(measure "$workload" "$variant" "$long")"
        done
    done >>times
    [ -z "$peers" ] || for variant in $slow; do
        say "$workload: $variant"
        echo "$workload $variant 1 $(measure "$workload" "$variant" "$long")"
    done >>times
done

# --- tables ----------------------------------------------------------------------------

instruction_table()
{
    echo "| instructions above plain | mode | steady | each allocation | in all | once, M |"
    echo "|---|---|---|---|---|---|"
    awk '
        {
            name[NR] = $1; mode[NR] = $2
            more[$1, $2] = $3; less[$1, $2] = $5
            if ($4 > 0) pairs[$1] = $4 - $6
        }
        END {
            for (i = 1; i <= NR; i++) {
                w = name[i]; m = mode[i]
                if (m == "plain") continue
                base = more[w, "plain"] - less[w, "plain"]
                added = more[w, m] - less[w, m] - base
                printf "| %s | %s | %+.2f %% | %.0f | %+.2f %% | %.1f |\n", w, m,
                    100 * added / base, added / pairs[w], 100 * (more[w, m] / more[w, "plain"] - 1),
                    (less[w, m] - less[w, "plain"] - added * less[w, "plain"] / base) / 1e6
            }
        }' instructions
}

time_table()
{
    local workload variant
    printf '| CPU time / plain (least / least), peak RSS / plain |'
    printf ' %s |' $workloads
    printf '\n|---|'
    printf -- '---|%.0s' $workloads
    echo
    for variant in ${ours#plain } ${peers:+$others $slow}; do
        printf '| %s |' "${title[$variant]}"
        for workload in $workloads; do
            awk -v workload="$workload" -v variant="$variant" '
                function median(list, n,   i, j, t) {
                    for (i = 2; i <= n; i++)
                        for (j = i; j > 1 && list[j] < list[j - 1]; j--) {
                            t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
                        }
                    return (list[int((n + 1) / 2)] + list[int(n / 2) + 1]) / 2
                }
                $1 != workload { next }
                $2 == "plain" {
                    plain[$3] = $4; rss[$3] = $5
                    if (least == "" || $4 < least) least = $4
                }
                $2 == variant {
                    if ($6 != 0 || $7 != "") { failed = 1; next }
                    n++; ratio[n] = $4 / plain[$3]; size[n] = $5 / rss[$3]
                    if (best == "" || $4 < best) best = $4
                }
                END {
                    if (failed || n == 0) { printf " failed |"; exit }
                    printf " %.2f (%.2f), %.2f |", median(ratio, n), best / least, median(size, n)
                }' times
        done
        echo
    done
}

version()
{
    dpkg-query -W -f '${Version}' "$1" 2>/dev/null | sed 's/^[0-9]*://; s/[-+].*//'
}

{
    instruction_table
    echo
    time_table
    echo
    echo "$rounds rounds; gcc $(gcc -dumpfullversion), glibc $(version libc6)," \
        "SQLite $(version libsqlite3-0), jansson $(version libjansson4)." \
        ${peers:+"heaptrack $(version heaptrack), gperftools $(version libgoogle-perftools4)," \
            "jemalloc $(version libjemalloc2), valgrind $(version valgrind)."}
} >tables
cat tables
[ -z "$update" ] || performance_update memory <tables
