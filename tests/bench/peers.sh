#!/usr/bin/env bash
# What watching a call costs, TKA beside its peers from Debian: gprof, the compilers'
# hooks, uftrace, XRay and LTTng-UST, and bare pairs of clock readings.
#
#   tests/bench/peers.sh [--quick] [--update] [--rounds N] [BUILD_FOLDER]
#
# The variants take turns, ROUNDS (7) times, each in a process of its own that times an
# unwatched function, a pair of clock readings and the watched function in short
# stretches by turns (peers/driver.c). A row is the cost of a call net of the
# unwatched one of its own process, in ns and in pairs of its own process: median over
# the rounds (least..most). "chain" is a path of four watched functions, a call of it;
# "two threads" is what a call costs each of two that call at once. What could not run
# is a row that says why.
#
# Installs what is missing (cmake/setup.sh peers). Takes 6 minutes; --quick, with two
# rounds, less than one. --update writes the table into docs/performance.md.
# BUILD_FOLDER: build/release.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/lib.sh"

rounds=7 chunks=80 update=
build=
while [ $# -gt 0 ]; do
    case $1 in
    --quick) rounds=2 chunks=20 ;;
    --update) update=1 ;;
    --rounds) rounds=$2; shift ;;
    -*) echo "peers.sh: unknown option $1" >&2; exit 2 ;;
    *) build=$1 ;;
    esac
    shift
done
build=$(cd "${build:-$root/build/release}" 2>/dev/null && pwd) && [ -x "$build/bin/tka-cc" ] || {
    echo "peers.sh: build TKA first, or name the build folder" >&2
    exit 2
}
"$root/cmake/setup.sh" build peers >&2 || echo "peers.sh: going on with what is there" >&2

work=$(mktemp -d "${TMPDIR:-/tmp}/tka-peers.XXXXXX")
daemon=
finish()
{
    lttng_end
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
mkdir "$work/rows" "$work/failed"
cd "$work" || exit 2

# --- the variants: name, title, calls a stretch, how to build, how to run ----------

names=()
declare -A title calls run

# variant NAME TITLE CALLS RUN...; then the build's commands on standard input
variant()
{
    local name=$1
    names+=("$name")
    title[$name]=$2 calls[$name]=$3
    shift 3
    run[$name]="$*"
    bash -e >"$name.log" 2>&1 || {
        fail "$name" "does not build: $(grep -m 1 -iE 'error|not found|cannot|undefined' "$name.log")"
    }
}

# A variant's first reason not to be run.
fail()
{
    [ -e "failed/$1" ] || echo "${2:-}" | tr '|\n' '/ ' | cut -c 1-160 >"failed/$1"
}

link="driver.o nothing.o"
gcc -O2 -c "$here/peers/driver.c" "$here/peers/nothing.c" || exit 2

for way in "plain:unwatched, once more" "rdtsc:pair of rdtsc" "gettime:pair of clock_gettime"; do
    name=${way%%:*}
    variant "$name" "${way#*:}" 20000 ./"$name" <<END
gcc -O2 -DWATCH_${name^^} -c "$here/peers/calls.c" -o $name.o
gcc $link $name.o -o $name -lpthread
END
done

variant tka_sampled "**TKA, sampled** (default): call paths" 20000 \
    TKA_PROFILING_MODE=sampled TKA_PERFORMANCE_DATA_DIR="$work/data" ./tka <<END
"$build/bin/tka-cc" --strict gcc -O2 -DWATCH_TKA -c "$here/peers/calls.c" -o tka.o
"$build/bin/tka-cc" --strict gcc $link tka.o -o tka -lpthread
END
variant tka_exact "**TKA, exact**: call paths, percentiles" 20000 \
    TKA_PROFILING_MODE=exact TKA_PERFORMANCE_DATA_DIR="$work/data" ./tka <<<"test -x tka"
variant tka_count "**TKA, count**" 20000 \
    TKA_PROFILING_MODE=count TKA_PERFORMANCE_DATA_DIR="$work/data" ./tka <<<"test -x tka"
variant tka_off "**TKA, off** by its flag" 20000 \
    TKA_PROFILING_MODE=off TKA_PERFORMANCE_DATA_DIR="$work/data" ./tka <<<"test -x tka"

variant gprof "gcc -pg (gprof): counts" 20000 ./gprof <<END
gcc -O2 -pg -c "$here/peers/calls.c" -o gprof.o
gcc -pg $link gprof.o -o gprof -lpthread
END
variant hooks "-finstrument-functions, empty hooks" 20000 ./hooks <<END
gcc -O2 -finstrument-functions -c "$here/peers/calls.c" -o cyg.o
gcc -O2 -c "$here/peers/hooks.c" -o hooks.o
gcc $link cyg.o hooks.o -o hooks -lpthread
END
variant statistics "-finstrument-functions, rdtsc and statistics by hand" 20000 ./statistics <<END
gcc -O2 -DSTATISTICS -c "$here/peers/hooks.c" -o statistics.o
gcc $link cyg.o statistics.o -o statistics -lpthread
END

uftrace="uftrace record --no-pager --no-event --no-libcall -d uftrace.data"
variant uftrace_pg "uftrace, -pg" 5000 $uftrace ./uftrace_pg <<END
command -v uftrace || { echo "error: uftrace is not installed"; exit 1; }
gcc -pg $link gprof.o -o uftrace_pg -lpthread
END
variant uftrace_cyg "uftrace, -finstrument-functions" 5000 $uftrace ./uftrace_cyg <<END
command -v uftrace || { echo "error: uftrace is not installed"; exit 1; }
gcc $link cyg.o -o uftrace_cyg -lpthread
END

xray="XRAY_OPTIONS=xray_logfile_base=xray.data."
variant xray_off "XRay, off" 20000 $xray ./xray <<END
command -v clang || { echo "error: clang is not installed"; exit 1; }
clang -O2 -c "$here/peers/driver.c" -o xray_driver.o
clang++ -O2 -c "$here/peers/xray.cpp" -o xray_begin.o
clang -O2 -fxray-instrument -fxray-instruction-threshold=1 -c "$here/peers/calls.c" -o xray.o
clang++ -fxray-instrument -fxray-modes=xray-basic,xray-fdr,xray-profiling \
    xray_driver.o xray_begin.o xray.o -o xray -lpthread
END
variant xray_profiling "XRay, profiling: call paths" 5000 \
    $xray XRAY_MODE=xray-profiling ./xray <<<"test -x xray"
variant xray_fdr "XRay, flight data recorder, keeps calls over 5 us" 5000 \
    $xray XRAY_MODE=xray-fdr ./xray <<<"test -x xray"
variant xray_fdr_all "XRay, flight data recorder, keeps all" 5000 \
    $xray XRAY_MODE=xray-fdr XRAY_CONFIG=func_duration_threshold_us=0 ./xray <<<"test -x xray"
variant xray_basic "XRay, basic log, keeps calls over 5 us" 5000 \
    $xray XRAY_MODE=xray-basic ./xray <<<"test -x xray"

variant lttng_off "LTTng-UST, two events a call, off" 20000 LTTNG_HOME="$work/nowhere" \
    LTTNG_UST_REGISTER_TIMEOUT=0 ./lttng <<END
gcc -O2 -DWATCH_LTTNG -I"$here/peers" -c "$here/peers/calls.c" -o lttng_calls.o
gcc -O2 -I"$here/peers" -c "$here/peers/lttng.c" -o lttng.o
gcc $link lttng_calls.o lttng.o -o lttng -llttng-ust -ldl -lpthread
END
variant lttng_on "LTTng-UST, two events a call, on (kept in memory)" 5000 as_lttng_user \
    LTTNG_UST_REGISTER_TIMEOUT=-1 timeout 60 ./lttng <<<"test -x lttng"

# --- LTTng's session daemon --------------------------------------------------------
# In a home of its own. Root's daemon would be the system's: there it runs as nobody.

as_lttng_user()
{
    local as=()
    [ "$(id -u)" != 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    env HOME="$work/lttng.home" LTTNG_HOME="$work/lttng.home" "${as[@]}" env "$@"
}

lttng_begin()
{
    local wait
    command -v lttng-sessiond >/dev/null || { fail lttng_on "lttng-tools is not installed"; return; }
    mkdir lttng.home lttng.data
    [ "$(id -u)" != 0 ] || {
        chmod 711 "$work"
        chown 65534:65534 lttng.home lttng.data
    }
    # a process group of its own, which the consumer daemon belongs to
    HOME=$work/lttng.home LTTNG_HOME=$work/lttng.home setsid bash -c '
        [ "$(id -u)" != 0 ] || as="setpriv --reuid=65534 --regid=65534 --clear-groups"
        exec $as lttng-sessiond --no-kernel' >lttng.log 2>&1 &
    daemon=$!
    for wait in $(seq 100); do
        as_lttng_user lttng --no-sessiond list >/dev/null 2>&1 && break
        sleep 0.1
    done
    {
        as_lttng_user lttng --no-sessiond create peers --snapshot --output="$work/lttng.data" &&
        as_lttng_user lttng --no-sessiond enable-channel -u peers --subbuf-size 512K --num-subbuf 4 &&
        as_lttng_user lttng --no-sessiond enable-event -u 'tka_peers:*' -c peers &&
        as_lttng_user lttng --no-sessiond start
    } >>lttng.log 2>&1 || fail lttng_on "no session: $(tail -n 1 lttng.log)"
}

lttng_end()
{
    local wait
    [ -n "$daemon" ] || return
    # it may hang at a polite end
    for wait in TERM TERM KILL; do
        kill -s $wait -- "-$daemon" 2>/dev/null || break
        sleep 1
    done
    wait "$daemon" 2>/dev/null
    daemon=
}

# What a run must have left behind; removed. Status 1: it watched nothing.
recorded()
{
    local kept=0
    case $1 in
    gprof) [ -s gmon.out ] || kept=1 ;;
    uftrace_*) [ -n "$(find uftrace.data -name '*.dat' -size +1M 2>/dev/null)" ] || kept=1 ;;
    xray_profiling | xray_fdr_all) [ -n "$(find . -maxdepth 1 -name 'xray.data.*' -size +0)" ] || kept=1 ;;
    lttng_on)
        as_lttng_user lttng --no-sessiond snapshot record >>lttng.log 2>&1
        [ -n "$(find lttng.data -size +100k)" ] || kept=1
        rm -rf lttng.data/* ;;
    tka_sampled | tka_exact | tka_count)
        [ "$("$build/bin/tka" report --data-dir data --format csv 2>/dev/null | grep -c watched_)" = 4 ] || kept=1 ;;
    esac
    rm -rf gmon.out uftrace.data xray.data.* data
    return $kept
}

run_once()
{
    local name=$1 status
    if [ "$name" = lttng_on ]; then
        ${run[$name]} "${calls[$name]}" "$chunks" >row 2>"$name.log"
    else
        timeout 60 env ${run[$name]} "${calls[$name]}" "$chunks" >row 2>"$name.log"
    fi
    status=$?
    if [ $status != 0 ]; then
        fail "$name" "exit status $status: $(tail -n 1 "$name.log")"
    elif ! grep -qE '^([0-9.]+ ?){7}$' row; then
        fail "$name" "printed no figures: $(tail -n 1 row)"
    fi
    recorded "$name" || fail "$name" "ran, but recorded nothing"
}

# The unwatched function of a calm run takes the same time as ever. One that takes
# longer had company on its core; it is repeated, at most four times, and the calmest kept.
run_calmly()
{
    local name=$1 attempt
    : >attempts
    for attempt in 1 2 3 4 5; do
        run_once "$name"
        [ ! -e "failed/$name" ] || return
        cat row >>attempts
        sort -g row least 2>/dev/null | head -n 1 >least.new && mv least.new least
        awk 'NR == FNR { least = $1; next } { exit $1 > least * 1.01 }' least row && break
    done
    sort -g attempts | head -n 1 >>"rows/$name"
}

lttng_begin
for ((round = 1; round <= rounds; round++)); do
    [ ! -t 2 ] || echo "round $round of $rounds" >&2
    for name in "${names[@]}"; do
        [ -e "failed/$name" ] || run_calmly "$name"
    done
done
lttng_end

# --- the table ---------------------------------------------------------------------

version()
{
    dpkg-query -W -f '${Version}' "$1" 2>/dev/null | sed 's/^[0-9]*://; s/[-+].*//'
}

row()
{
    awk -v title="$1" '
        function sorted(list, n,   i, j, t) {
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && list[j] < list[j - 1]; j--) {
                    t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
                }
        }
        function number(x, digits) {
            x = sprintf("%." digits "f", x)
            return x + 0 == 0 ? sprintf("%." digits "f", 0) : x
        }
        function figure(list, n, digits) {
            if (n == 0) return "–"
            sorted(list, n)
            return number((list[int((n + 1) / 2)] + list[int(n / 2) + 1]) / 2, digits) \
                " (" number(list[1], digits) ".." number(list[n], digits) ")"
        }
        {
            pair = $2 - $1
            flat[NR] = $3 - $1; chain[NR] = ($5 - $4) / 4
            flat_pairs[NR] = flat[NR] / pair
            chain_pairs[NR] = chain[NR] / pair
            if ($6 > 0 && $7 > 0) { # the threads did run side by side
                both[++n] = $7 - $6
                both_pairs[n] = both[n] / pair
            }
        }
        END {
            digits = flat[1] < 10 ? 2 : 1
            small = flat[1] < 10 ? 3 : 2
            printf "| %s | %s | %s | %s | %s | %s | %s |\n", title,
                figure(flat, NR, digits), figure(flat_pairs, NR, small),
                figure(chain, NR, digits), figure(chain_pairs, NR, small),
                figure(both, n, digits), figure(both_pairs, n, small)
        }' "$2"
}

{
    echo "| a call net of itself | ns | pairs | chain: ns | pairs | two threads: ns | pairs |"
    echo "|---|---|---|---|---|---|---|"
    for name in "${names[@]}"; do
        if [ -e "failed/$name" ]; then
            echo "| ${title[$name]} | not run: $(cat "failed/$name") | | | | | |"
        else
            row "${title[$name]}" "rows/$name"
        fi
    done
    echo
    echo "$rounds rounds; gcc $(version gcc-12), clang $(version clang-14) (XRay)," \
        "uftrace $(version uftrace), LTTng-UST $(version liblttng-ust-dev)," \
        "glibc $(version libc6)."
} >table
cat table
if [ -n "$update" ]; then
    performance_update peers <table
fi
