#!/usr/bin/env bash
# gcc's own run-time tests (gcc.c-torture/execute), every function instrumented:
# exit status and output of each program must be those of the plain build.
#
#   tests/conformance/torture.sh [--sample N] [--cc gcc] [--opts "-O0 -O2"]
#                                [--only PATTERN] [--jobs N] [--keep]
#
#   --sample N   N programs spread evenly over the suite (default: all)
#   --cc LIST    compilers, e.g. "gcc clang" (default: gcc)
#   --opts LIST  options, each tried on its own; join several by commas: -O2,-flto
#   --only PATTERN   programs whose name matches the shell pattern
#   --keep       keep the folders of programs that differ, and say where
#
# Environment: TKA_CC, the tka-cc to test (default: build/gcc/bin/tka-cc). With
# TKA_CC="" both builds are plain, which tests this script.
#
# A program that fails or does not compile plainly is skipped with the reason.
# Known differences, with reasons, are in torture.known. Last line:
# "N passed, N failed, N skipped"; exit 1 if any failed, 77 if there is no suite.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

sample=0 compilers=gcc opts="-O0 -O2" only='*' jobs=$(nproc) keep=
while [ $# -gt 0 ]; do
    case $1 in
    --sample) sample=$2; shift ;;
    --cc) compilers=$2; shift ;;
    --opts) opts=$2; shift ;;
    --only) only=$2; shift ;;
    --jobs) jobs=$2; shift ;;
    --keep) keep=1 ;;
    *) echo "torture.sh: unknown option $1" >&2; exit 2 ;;
    esac
    shift
done
conformance_tools
suite=$("$here/fetch.sh" torture) || {
    echo "the suite cannot be fetched"
    echo "0 passed, 0 failed, 1 skipped"
    exit 77
}
suite=$suite/execute
work=$(mktemp -d "${TMPDIR:-/tmp}/tka-torture.XXXXXX")
trap '[ -n "$keep" ] || rm -rf "$work"' EXIT
export suite work keep TKA_CC here

# Options that the program asks for in its comments. Those for other targets and
# those for ia32 are left out.
dg_options()
{
    sed -n 's/.*{ *dg-\(additional-\)\{0,1\}options *"\([^"]*\)" *\(.*\)/\2@\3/p' "$1" |
        while IFS=@ read -r words selector; do
            case $selector in
            *target*x86_64* | *target*\*-\*-\** | "}"* | "") echo "$words" ;;
            esac
        done
}

# Addresses that a program prints differ between any two of its runs.
without_addresses()
{
    sed 's/0x[0-9a-f]\{6,\}/ADDRESS/g' "$1"
}

run_program()
{
    (
        cd "$1" || exit 99
        export TKA_PERFORMANCE_DATA_DIR="$1/data"
        ulimit -c 0
        timeout -k 1 20 ./program </dev/null >stdout 2>stderr
        echo $? >status
    ) 2>/dev/null
}

# One program with one compiler and option set; appends a line
# "result compiler option name: reason" to $work/results.
one()
{
    local cc=$1 opt=$2 name=$3 source=$suite/$3 flags dir extra=
    local id="${cc}_${opt}_${name//\//_}"
    dir=$work/$id
    mkdir -p "$dir/plain" "$dir/tka"
    finish()
    {
        echo "$1 $cc $opt $name: ${2:-}" >>"$work/results"
        if [ "$1" != differs ] || [ -z "$keep" ]; then
            rm -rf "$dir"
        fi
    }
    flags="-w ${opt//,/ } $(dg_options "$source")"
    case $name in
    builtins/*)
        extra="${source%.c}-lib.c $suite/builtins/lib/main.c"
        # From builtins.exp: these programs define memset and friends.
        flags="$flags -fno-tree-loop-distribute-patterns -fno-inline-functions"
        case $cc in
        *gcc*) flags="$flags -fno-tree-dse -fno-tracer -fno-ipa-ra" ;;
        esac
        ;;
    esac
    (cd "$dir/plain" && $cc $flags "$source" $extra -o program -lm >compile 2>&1) || {
        finish skipped "does not compile plainly: $(grep -m1 -o 'error: .*' "$dir/plain/compile")"
        return
    }
    run_program "$dir/plain"
    if [ "$(cat "$dir/plain/status")" != 0 ]; then
        finish skipped "fails plainly (exit status $(cat "$dir/plain/status"))"
        return
    fi
    local launcher=
    [ -z "$TKA_CC" ] || launcher="$TKA_CC --all"
    (cd "$dir/tka" && $launcher $cc $flags "$source" $extra -o program -lm >compile 2>&1) || {
        verdict "does not compile: $(grep -m1 -o 'error: .*' "$dir/tka/compile")"
        return
    }
    run_program "$dir/tka"
    if [ "$(cat "$dir/tka/status")" != 0 ]; then
        verdict "exit status $(cat "$dir/tka/status") instead of 0"
    elif ! cmp -s "$dir/plain/stdout" "$dir/tka/stdout" &&
         ! cmp -s <(without_addresses "$dir/plain/stdout") <(without_addresses "$dir/tka/stdout"); then
        verdict "other output"
    else
        [ ! -e "$dir/tka/data" ] || echo x >>"$work/profiled"
        # Both links may warn of an executable stack (nested functions).
        if [ -s "$dir/tka/compile" ] && [ ! -s "$dir/plain/compile" ]; then
            echo "$cc $opt $name: $(head -n 1 "$dir/tka/compile")" >>"$work/messages"
        fi
        finish same
    fi
}

# A difference, unless torture.known lists it: "compiler option name reason...",
# where * stands for any compiler or option.
verdict()
{
    local reason
    reason=$(awk -v cc="$cc" -v opt="$opt" -v name="$name" '
        !/^#/ && ($1 == "*" || $1 == cc) && ($2 == "*" || $2 == opt) && $3 == name {
            $1 = $2 = $3 = ""; sub(/^ +/, ""); print; exit
        }' "$here/torture.known")
    if [ -n "$reason" ]; then
        finish skipped "$1; known: $reason"
    else
        finish differs "$1"
    fi
}
export -f dg_options run_program without_addresses one verdict

programs()
{
    local list n
    list=$(cd "$suite" && find . -name '*.c' -not -name '*-lib.c' -not -path './builtins/lib/*' |
               sed 's|^\./||' | LC_ALL=C sort | while read -r name; do
               case $name in $only) echo "$name" ;; esac
           done)
    n=$(echo "$list" | wc -l)
    if [ "$sample" -gt 0 ] && [ "$sample" -lt "$n" ]; then
        # Every (n / sample)th; the builtins/ group, three files each, only in full.
        echo "$list" | grep -v ^builtins/ | awk -v want="$sample" '
            { line[NR] = $0 }
            END { for (i = 0; i < want; i++) print line[int(i * NR / want) + 1] }'
    else
        echo "$list"
    fi
}

: >"$work/results"; : >"$work/profiled"; : >"$work/messages"
programs >"$work/programs"
for cc in $compilers; do
    command -v "$cc" >/dev/null || { echo "no compiler $cc"; continue; }
    for opt in $opts; do
        sed "s|^|$cc $opt |" "$work/programs"
    done
done | xargs -P "$jobs" -L 1 bash -c 'one "$@"' one

echo "gcc.c-torture/execute, all functions instrumented, against the plain build:"
LC_ALL=C sort "$work/results" | awk '
    { key = $2 " " $3; total[key]++; count[key, $1]++; keys[key] = 1 }
    END {
        printf "%-20s %9s %9s %9s %9s\n", "compiler, options", "programs", "same", "differs", "skipped"
        for (key in keys)
            printf "%-20s %9d %9d %9d %9d\n", key, total[key], count[key, "same"],
                   count[key, "differs"], count[key, "skipped"] | "sort"
    }'
echo "programs that left a profile: $(wc -l <"$work/profiled")"
if [ -s "$work/messages" ]; then
    echo "compiled with a message that the plain build has not: $(wc -l <"$work/messages"), for example"
    head -n 3 "$work/messages" | cut -c1-160 | sed 's/^/    /'
fi
echo "skipped, by reason:"
sed -n 's/^skipped [^:]*: *//p' "$work/results" | sed "s/error: .*/does not compile/" |
    cut -c1-100 | sort | uniq -c | sort -rn | head -n 12
if grep -q ^differs "$work/results"; then
    echo "differences:"
    grep ^differs "$work/results" | LC_ALL=C sort | sed 's/^differs /    /'
    [ -z "$keep" ] || echo "kept in $work"
fi
count()
{
    grep -c "^$1" "$work/results"
}
echo "$(count same) passed, $(count differs) failed, $(count skipped) skipped"
! grep -q ^differs "$work/results"
