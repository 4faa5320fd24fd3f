#!/usr/bin/env bash
# What tka-cc needs of memory: the largest resident size of any process of one
# compilation, plain and with every function instrumented.
#
#   tests/bench/build_memory.sh [--cc "gcc clang"] [--cflags "-O2"] [FILE...]
#
# FILE: sources that --cflags suffices for; default: two files of Lua and a C++ file that
# is mostly standard headers. tka-cc's stages run one after the other: it, the child
# that has libclang, the compiler; so the largest process is what counts.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../conformance/lib.sh"

compilers='gcc clang' cflags=-O2 files=()
while [ $# -gt 0 ]; do
    case $1 in
    --cc) compilers=$2; shift ;;
    --cflags) cflags=$2; shift ;;
    -*) echo "build_memory.sh: unknown option $1" >&2; exit 2 ;;
    *) files+=("$(readlink -f "$1")") ;;
    esac
    shift
done
conformance_tools
work=$(mktemp -d "${TMPDIR:-/tmp}/tka-build-memory.XXXXXX")
trap 'rm -rf "$work"' EXIT
if [ ${#files[@]} = 0 ]; then
    lua_source "$work/lua" || exit 77
    printf '#include <%s>\n' algorithm iostream map regex string thread >"$work/headers.cpp"
    echo 'int main() { std::regex word("[a-z]+"); return std::regex_match("x", word) ? 0 : 1; }' \
        >>"$work/headers.cpp"
    files=("$work/lua/src/lparser.c" "$work/lua/src/lvm.c" "$work/headers.cpp")
fi

# MB of the largest process of a command, or "-" if it fails.
peak()
{
    python3 - "$@" <<'PYTHON'
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
print("-" if status else resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
PYTHON
}

printf '%-28s %-8s %10s %14s %8s\n' file compiler "plain MB" "all functions" ratio
for file in "${files[@]}"; do
    for cc in $compilers; do
        case $file$cc in
        *.cpp$cc | *.cc$cc) [ "$cc" = gcc ] && command=g++ || command=$cc++ ;;
        *) command=$cc ;;
        esac
        command -v "$command" >/dev/null || continue
        plain=$(peak "$command" $cflags -w -c "$file" -o "$work/out.o")
        all=$(peak "$TKA_CC" --all "$command" $cflags -w -c "$file" -o "$work/out.o")
        printf '%-28s %-8s %10s %14s %8s\n' "$(basename "$file")" "$command" "$plain" "$all" \
            "$(awk -v a="$all" -v b="$plain" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }')"
    done
done
