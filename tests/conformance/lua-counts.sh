#!/usr/bin/env bash
# Lua 5.4 with every function instrumented, by its own makefile: the programs in
# lua/ must print what the plain build prints, and the call count of every
# function must equal gcov's of a build without TKA.
#
#   tests/conformance/lua-counts.sh [--cc "gcc clang"] [--cflags "-O2"] [--keep]
#
# Environment: TKA_CC, TKA (default: build/gcc/bin). Prints every function whose
# count differs. Last line: "N passed, N failed, N skipped"; exit 1 if any failed,
# 77 when Lua's source cannot be had.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

compilers="gcc clang" cflags=-O2 keep=
while [ $# -gt 0 ]; do
    case $1 in
    --cc) compilers=$2; shift ;;
    --cflags) cflags=$2; shift ;;
    --keep) keep=1 ;;
    *) echo "lua-counts.sh: unknown option $1" >&2; exit 2 ;;
    esac
    shift
done
conformance_tools
work=$(mktemp -d "${TMPDIR:-/tmp}/tka-lua.XXXXXX")
trap '[ -n "$keep" ] && echo "kept in $work" >&2 || rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

finish()
{
    echo "$passed passed, $failed failed, $skipped skipped"
    exit "$1"
}

result()
{
    if [ "$1" = 0 ]; then
        passed=$((passed + 1)); echo "pass  $2"
    else
        failed=$((failed + 1)); echo "FAIL  $2"
    fi
}

# build FOLDER CC CFLAGS LDFLAGS
build()
{
    lua_source "$work/$1" && lua_fix_hashes "$work/$1" &&
        make -s -C "$work/$1/src" -j"$(nproc)" linux CC="$2 -std=gnu99" \
            MYCFLAGS="$3 -w $LUA_FIXED_FLAGS" MYLDFLAGS="${4:-}" \
            >"$work/$1.build" 2>&1 || {
        tail -n 5 "$work/$1.build"
        return 1
    }
}

# Runs every script with the Lua built in FOLDER, and luac on one; output, error
# output and exit status go to FOLDER.out. Paths are the same for every build.
run_scripts()
{
    local script
    rm -rf "$work/run"
    mkdir "$work/run"
    cp "$here"/lua/*.lua "$work/$1/src/lua" "$work/$1/src/luac" "$work/run/"
    (
        cd "$work/run" || exit 1
        export TKA_PERFORMANCE_DATA_DIR="$work/$1.data" LC_ALL=C
        unset LUA_INIT LUA_PATH LUA_CPATH
        for script in *.lua; do
            echo "== $script"
            timeout 120 ./lua "$script" 2>&1 </dev/null
            echo "== status $?"
        done
        ./luac -s -o workload.luac workload.lua && ./lua workload.luac 2
        echo "== status $?"
        echo 'return 6 * 7' | ./lua -i -e 'print(1)' -l strings - 2>&1 | grep -v '^Lua 5'
        ./lua no-such-script.lua 2>&1
        echo "== status $?"
    ) >"$work/$1.out"
}

# name TAB file TAB calls, of all functions of a coverage build. The count is that of
# the line where the function begins: gcov's "called" is wrong for a function with a
# computed goto to its start (luaV_execute: 7,017,701 called, while its line and the
# lines that call it say 17,183); for all others the two agree.
gcov_counts()
{
    (
        cd "$work/coverage/src" || exit 1
        gcov -b -t ./*.gcda 2>/dev/null | awk '
            /^ *-: *0:Source:/ { file = $0; sub(/.*Source:/, "", file); sub(/.*\//, "", file) }
            /^function / && $3 == "called" { name = $2; next }
            name != "" && /^ *[^ ]+: *[0-9]+:/ {
                n = $1; sub(/[*:].*/, "", n)
                calls[name "\t" file] += n + 0
                name = ""
            }
            END { for (f in calls) if (calls[f] > 0) print f "\t" calls[f] }'
    ) | LC_ALL=C sort
}

# The same from TKA's database by its report.
tka_counts()
{
    TKA_PERFORMANCE_DATA_DIR=$work/$1.data "$TKA" report --all-sessions \
        --format json >"$work/$1.json" 2>"$work/$1.report" || {
        echo "tka report failed: $(head -n 1 "$work/$1.report")" >&2
        return 1
    }
    sqlite3 -batch -separator $'\t' :memory: "
        SELECT json_extract(value, '\$.name'),
               replace(json_extract(value, '\$.file'),
                       rtrim(json_extract(value, '\$.file'),
                             replace(json_extract(value, '\$.file'), '/', '')), ''),
               sum(json_extract(value, '\$.calls')) AS calls
        FROM json_each(CAST(readfile('$work/$1.json') AS TEXT), '\$.functions')
        GROUP BY 1, 2 HAVING calls > 0" | LC_ALL=C sort
}

compare_counts()
{
    awk -F '\t' -v want="$work/gcov.counts" '
        FILENAME == want { gcov[$1 "\t" $2] = $3; n++; next }
        { tka[$1 "\t" $2] = $3 }
        END {
            for (f in gcov) {
                calls += gcov[f]
                if (!(f in tka)) { print "    only gcov:  " f "\t" gcov[f]; bad++ }
                else if (tka[f] != gcov[f]) { print "    differs:    " f "\tgcov " gcov[f] "\ttka " tka[f]; bad++ }
            }
            for (f in tka) if (!(f in gcov)) { print "    only tka:   " f "\t" tka[f]; bad++ }
            printf "    %d functions, %.0f calls by gcov; %d counts differ\n", n, calls, bad
            exit bad > 0 || n < 500
        }' "$work/gcov.counts" "$1" | tail -n 40
    return "${PIPESTATUS[0]}"
}

lua_source "$work/probe" || { skipped=1; finish 77; }

# -O0: nothing is merged or dropped. One build serves all compilers.
build coverage gcc "-O0 --coverage" --coverage || { failed=1; finish 1; }
run_scripts coverage
gcov_counts >"$work/gcov.counts"
echo "Lua $(sed -n 's/^#define LUA_VERSION_RELEASE.*"\([0-9]*\)"$/5.4.\1/p' \
    "$work/probe/src/lua.h"): $(wc -l <"$work/gcov.counts") functions called, by gcov"

for cc in $compilers; do
    command -v "$cc" >/dev/null || {
        echo "skip  $cc: not installed"; skipped=$((skipped + 3)); continue
    }
    build "plain-$cc" "$cc" "$cflags" || { result 1 "$cc: plain build"; continue; }
    run_scripts "plain-$cc"
    build "tka-$cc" "$TKA_CC --all $cc" "$cflags"
    status=$?
    result $status "$cc: builds with all functions instrumented"
    [ $status = 0 ] || continue
    grep -m 3 tka "$work/tka-$cc.build" | sed 's/^/    /'
    run_scripts "tka-$cc"
    diff "$work/plain-$cc.out" "$work/tka-$cc.out" >"$work/$cc.diff"
    result $? "$cc: output and exit status of $(ls "$here"/lua/*.lua | wc -l) scripts as plain"
    head -n 20 "$work/$cc.diff"
    tka_counts "tka-$cc" >"$work/tka-$cc.counts" &&
        compare_counts "$work/tka-$cc.counts" >"$work/$cc.comparison"
    result $? "$cc: call count of every function as gcov's"
    cat "$work/$cc.comparison"
done
finish $((failed > 0))
