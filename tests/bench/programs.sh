#!/usr/bin/env bash
# What probes cost real programs: SQLite's speedtest1 and Lua 5.4 with a benchmark
# (tests/conformance/lua/workload.lua), gcc -O2. Two choices of functions:
#
#   12 statements   all functions of at least 12 statements (MIN_STATEMENTS 12); goal: sampled
#                   at most 1.10 of the same build with probes off
#   by hand         those functions of the first build that took 1 us or more a call,
#                   named one by one in a rules file; goal: at most 0.5 % above the plain build
#
#   tests/bench/programs.sh [--quick] [--update] [--rounds N] [--keep] [BUILD_FOLDER]
#
# CPU time (user and system, all threads): the builds and modes take turns, ROUNDS (15)
# times; the ratio is the median of the ratios within a round, and in brackets the ratio of
# the least times. Instructions: callgrind, a shorter run; for sampled runs the median
# of three, as what is timed depends on how long things take. The time and the
# instructions of the shortest run are taken off all of these, so that starting and
# ending are not in them; what that costs more than the plain build's is a column of its
# own. "told" is what TKA reports as its own cost in percent of the CPU time, of one run.
#
# Installs what is missing (cmake/setup.sh peers). Takes 8 minutes, --quick 4. --update writes
# the tables into docs/performance.md. BUILD_FOLDER: build/release.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/lib.sh"
. "$root/tests/conformance/lib.sh"

rounds=15 update= keep= build=
while [ $# -gt 0 ]; do
    case $1 in
    --quick) rounds=3 ;;
    --update) update=1 ;;
    --rounds) rounds=$2; shift ;;
    --keep) keep=1 ;;
    -*) echo "programs.sh: unknown option $1" >&2; exit 2 ;;
    *) build=$1 ;;
    esac
    shift
done
build=$(cd "${build:-$root/build/release}" 2>/dev/null && pwd) && [ -x "$build/bin/tka-cc" ] || {
    echo "programs.sh: build TKA first, or name the build folder" >&2
    exit 2
}
"$root/cmake/setup.sh" build peers >&2 || echo "programs.sh: going on with what is there" >&2
work=$(mktemp -d "${TMPDIR:-/tmp}/tka-programs.XXXXXX")
trap '[ -n "$keep" ] && echo "kept in $work" >&2 || rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 2
unset LUA_INIT LUA_PATH LUA_CPATH
printf 'ALL\nMIN_STATEMENTS 12\n' >twelve.rules

say()
{
    [ ! -t 2 ] || echo "$*" >&2
}

# --- the programs: source_P, build_P BUILD COMPILER, run_P BUILD long|short|shortest

declare -A title=([sqlite]="SQLite, speedtest1" [lua]="Lua")

source_sqlite()
{
    local from
    from=$("$root/tests/conformance/fetch.sh" sqlite3) || return 1
    cp -r "$from" sqlite && (
        cd sqlite && CFLAGS=-O2 ./configure --disable-tcl && make sqlite3.c
    ) >sqlite.log 2>&1 || return 1
    title[sqlite]="SQLite $(cat sqlite/VERSION), speedtest1"
}

build_sqlite()
{
    $2 -O2 -w -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -Isqlite \
        sqlite/test/speedtest1.c sqlite/sqlite3.c -o "sqlite.$1" -lm
}

run_sqlite()
{
    local -A size=([long]=30 [short]=10 [shortest]=1)
    shift
    "${@:2}" --memdb --size "${size[$1]}"
}

source_lua()
{
    lua_source lua && lua_fix_hashes lua || return 1
    title[lua]="Lua $(sed -n 's/^#define LUA_VERSION_RELEASE.*"\([0-9]*\)"$/5.4.\1/p' lua/src/lua.h), workload.lua"
}

build_lua()
{
    make -s -C lua/src clean >/dev/null &&
        make -s -C lua/src linux CC="$2 -std=gnu99" MYCFLAGS="-O2 -w $LUA_FIXED_FLAGS" >/dev/null 2>&1 &&
        mv lua/src/lua lua.$1
}

run_lua()
{
    local -A scale=([long]=60 [short]=15 [shortest]=1)
    shift
    "${@:2}" "$root/tests/conformance/lua/workload.lua" "${scale[$1]}"
}

# --- measuring -----------------------------------------------------------------------

# The functions of the last run that took 1 us or more a call, as rules.
slow_functions()
{
    "$build/bin/tka" report --data-dir "$1" --format json >report.json || return 1
    sqlite3 -batch :memory: "
        SELECT 'INCLUDE FUNCTION ' || (value->>'function') || ' IN FILE ' || (value->>'file')
        FROM json_each(CAST(readfile('report.json') AS TEXT), '\$.functions')
        WHERE coalesce(value->>'mean_ns', (value->>'total_ns') / (value->>'calls')) >= 1000"
}

# "functions calls percent" of the last run
told()
{
    "$build/bin/tka" report --data-dir "$1" --format json >report.json || return 1
    sqlite3 -batch -separator ' ' :memory: "
        SELECT (SELECT count(*) || ' ' || sum(value->>'calls')
                FROM json_each(j, '\$.functions')), j->>'\$.overhead.percent'
        FROM (SELECT CAST(readfile('report.json') AS TEXT) AS j)"
}

# cpu PROGRAM BUILD MODE long|shortest: ms
cpu()
{
    rm -rf "data.$1.$2.$3"
    {
        TIMEFORMAT='%3U %3S'
        time TKA_PROFILING_MODE=$3 TKA_PERFORMANCE_DATA_DIR=$work/data.$1.$2.$3 \
            run_$1 "$2" "$4" "./$1.$2" >/dev/null 2>"$1.err"
    } 2>&1 | awk '{ printf "%d", 1000 * ($1 + $2) + 0.5 }'
}

# instructions PROGRAM BUILD MODE short|shortest. Stores at the end only: under callgrind
# seconds are 50 times as short.
instructions()
{
    local i times=1
    [ "$3" != sampled ] || times=3
    for ((i = 0; i < times; i++)); do
        TKA_PROFILING_MODE=$3 TKA_MONITORING_ENABLED=false \
            TKA_PERFORMANCE_DATA_DIR=$work/data.callgrind.$i.$1.$2.$3.$4 \
            run_$1 "$2" "$4" valgrind --tool=callgrind --callgrind-out-file=/dev/null \
            --log-file=callgrind.log "./$1.$2" >/dev/null 2>&1
        sed -n 's/^==.*Collected : //p' callgrind.log
    done | sort -n | sed -n "$(((times + 1) / 2))p"
}

variants="plain:off twelve:off twelve:count twelve:sampled hand:off hand:sampled"

measure()
{
    local program=$1 round variant length
    say "$program: building"
    source_$program || { echo "$program: no source" >&2; return 1; }
    build_$program plain gcc &&
        build_$program twelve "$build/bin/tka-cc --strict --rules $work/twelve.rules gcc" &&
        cpu $program twelve sampled long >/dev/null &&
        slow_functions data.$program.twelve.sampled >$program.rules &&
        build_$program hand "$build/bin/tka-cc --strict --rules $work/$program.rules gcc" || {
        echo "$program does not build" >&2
        return 1
    }
    for ((round = 1; round <= rounds; round++)); do
        say "$program: round $round of $rounds"
        for length in shortest long; do
            for variant in $variants; do
                printf '%s ' "$(cpu $program ${variant/:/ } $length)"
            done
            echo
        done
    done >$program.cpu
    say "$program: counting instructions"
    for variant in $variants; do
        echo "$variant $(instructions $program ${variant/:/ } short)" \
            "$(instructions $program ${variant/:/ } shortest)" \
            "$([ ! -d data.$program.${variant/:/.} ] || told data.$program.${variant/:/.})"
    done >$program.facts
}

# The table of a program. facts: a line for each variant. cpu: a column for each, by turns
# a line of shortest and one of long runs.
table()
{
    awk -v title="${title[$1]}" '
        function median(list, n,   i, j, t) {
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && list[j] < list[j - 1]; j--) {
                    t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
                }
            return (list[int((n + 1) / 2)] + list[int(n / 2) + 1]) / 2
        }
        function ratio(a, b,   list, i) {
            for (i = 1; i <= rounds; i++)
                list[i] = (time[a, i] - around[a]) / (time[b, i] - around[b])
            return sprintf("%.3f (%.3f)", median(list, rounds),
                           (least[a] - around[a]) / (least[b] - around[b]))
        }
        FNR == NR {
            split($1, part, ":")
            name[FNR] = part[1]; mode[FNR] = part[2]
            if (part[2] == "off" && !(part[1] in off)) off[part[1]] = FNR
            instructions[FNR] = $2 - $3
            percent[FNR] = $6
            if ($4 != "") { probed[part[1]] = $4; called[part[1]] = $5 }
            variants = FNR
            next
        }
        FNR % 2 == 1 {
            for (v = 1; v <= variants; v++)
                if (!(v in around) || $v < around[v]) around[v] = $v
            next
        }
        {
            rounds++
            for (v = 1; v <= variants; v++) {
                time[v, rounds] = $v
                if (!(v in least) || $v < least[v]) least[v] = $v
            }
        }
        END {
            shown["twelve"] = "12 statements"; shown["hand"] = "by hand"
            printf "| %s | functions | M calls | CPU time / plain | / off | instructions / plain | / off | start and end | told |\n", title
            print "|---|---|---|---|---|---|---|---|---|"
            for (i = 1; i <= rounds; i++) list[i] = time[1, i] - around[1]
            printf "| plain | – | – | %.0f ms (%.0f ms) | | %.0f M | | | |\n",
                median(list, rounds), least[1] - around[1], instructions[1] / 1e6
            for (v = 2; v <= variants; v++) {
                n = name[v]; o = off[n]
                printf "| %s, %s | %d | %.2f | %s | %s | %.4f | %s | %d ms | %s |\n", shown[n], mode[v],
                    probed[n], called[n] / 1e6, ratio(v, 1), v == o ? "" : ratio(v, o),
                    instructions[v] / instructions[1],
                    v == o ? "" : sprintf("%.4f", instructions[v] / instructions[o]),
                    around[v] - around[1], percent[v] == "" ? "" : sprintf("%.2f %%", percent[v])
            }
        }' "$1.facts" "$1.cpu"
}

for program in sqlite lua; do
    measure $program || exit 1
done
{
    table sqlite
    echo
    table lua
    echo
    echo "$rounds rounds, median (least to least); gcc $(gcc -dumpfullversion), -O2."
} >tables
cat tables
if [ -n "$update" ]; then
    performance_update programs <tables
fi
