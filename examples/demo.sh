#!/usr/bin/env bash
# Builds TKA, instruments a real program with it (Lua 5.4, from Debian's source
# package, not a line of it changed), runs a benchmark and shows the profile.
#
#   bash examples/demo.sh
#
# Takes a minute or two the first time. Everything it makes is below build/; Debian
# packages that are missing are installed (as root or by sudo).
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
exec </dev/null
demo=$root/build/demo
data=$demo/data
log=$demo/log
started=$SECONDS

step()
{
    printf '%3d s  %s\n' $((SECONDS - started)) "$*"
}

quietly()
{
    "$@" >"$log" 2>&1 && return 0
    tail -n 30 "$log" >&2
    echo "demo.sh: failed: $*" >&2
    exit 1
}

show()
{
    printf '\n\033[1m$ %s\033[0m\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9]*m//g'; fi
    "$@"
}

unset $(compgen -e TKA_ | grep -v '^TKA_CORPORA$')
mkdir -p "$demo"
step "packages that are missing, if any"
bash cmake/setup.sh build demo || exit 1
step "TKA itself, into build/release"
quietly cmake --preset release -DTKA_BUILD_TESTS=OFF
quietly cmake --build build/release -j "$(nproc)"
export PATH=$root/build/release/bin:$PATH
export TKA_PERFORMANCE_DATA_DIR=$data
rm -rf "$data"

. tests/conformance/lib.sh
step "the source of Lua 5.4"
rm -rf "$demo/lua"
if lua_source "$demo/lua" 2>"$log"; then
    step "Lua by its own makefile, with CC=\"tka-cc --rules examples/demo/lua.rules gcc\""
    quietly make -C "$demo/lua/src" -j "$(nproc)" linux \
        CC="tka-cc --rules $root/examples/demo/lua.rules gcc -std=gnu99" MYCFLAGS=-w
    step "a benchmark with that Lua"
    echo
    "$demo/lua/src/lua" examples/demo/bench.lua || exit 1
else
    tail -n 3 "$log"
    echo
    echo "Lua's source package cannot be had from here: examples/hello instead."
    quietly tka-cc gcc -O2 examples/hello/hello.c -o "$demo/hello"
    "$demo/hello" || exit 1
fi

show tka report --limit 15
show tka report --tree --min-share 3
cat <<END

The profile is one SQLite file: $data/performance.db
Type next:
    export PATH=$root/build/release/bin:\$PATH TKA_PERFORMANCE_DATA_DIR=$data
    tka report --sort self         # other orders, filters, JSON, CSV: tka report --help
    tka doctor                     # what was instrumented, what was skipped and why
    tka sessions                   # run the program again: every run is kept
In a project of your own: docs/building.md.
END
