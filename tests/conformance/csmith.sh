#!/usr/bin/env bash
# Random C programs by csmith, every function instrumented: the checksum of its
# variables that each prints must be that of the plain build.
#
#   tests/conformance/csmith.sh [--count N] [--first SEED] [--cc "gcc clang"]
#                               [--opts "-O0 -O2"] [--jobs N] [--keep]
#
#   --count N     programs (default 100), of the seeds from SEED (default 1) on
#   --cc, --opts  compilers and options; program number n is built with the n-th pair
#                 of both, in turn
#   --keep        keep the folders of programs that differ, and say where
#
# Environment: TKA_CC (default: build/gcc/bin/tka-cc). A program that does not end
# plainly within 5 s is skipped; an instrumented one gets six times that. Last line:
# "N passed, N failed, N skipped"; exit 1 if any failed, 77 without csmith.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

count=100 first=1 compilers=gcc opts="-O0 -O2" jobs=$(nproc) keep=
while [ $# -gt 0 ]; do
    case $1 in
    --count) count=$2; shift ;;
    --first) first=$2; shift ;;
    --cc) compilers=$2; shift ;;
    --opts) opts=$2; shift ;;
    --jobs) jobs=$2; shift ;;
    --keep) keep=1 ;;
    *) echo "csmith.sh: unknown option $1" >&2; exit 2 ;;
    esac
    shift
done
conformance_tools
if ! command -v csmith >/dev/null || [ ! -e /usr/include/csmith/csmith.h ]; then
    echo "csmith is not installed (packages csmith, libcsmith-dev)"
    echo "0 passed, 0 failed, 1 skipped"
    exit 77
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/tka-csmith.XXXXXX")
trap '[ -n "$keep" ] || rm -rf "$work"' EXIT
export work keep TKA_CC

# one SEED COMPILER OPTION: appends "result seed compiler option: reason" to results.
one()
{
    local seed=$1 cc=$2 opt=$3 dir=$work/$1 plain
    mkdir -p "$dir"
    cd "$dir" || exit 1
    finish()
    {
        echo "$1 $seed $cc $opt: ${2:-}" >>"$work/results"
        cd "$work" || exit 1
        [ "$1" = differs ] && [ -n "$keep" ] || rm -rf "$dir"
    }
    if ! timeout 30 csmith --seed "$seed" --max-funcs 15 --no-packed-struct >program.c 2>/dev/null ||
       ! $cc $opt -w -I/usr/include/csmith program.c -o plain >compile 2>&1; then
        finish skipped "no program, or it does not compile plainly"
        return
    fi
    plain=$(timeout 5 ./plain 2>&1; echo "status $?")
    case $plain in
    *"status 0") ;;
    *) finish skipped "does not end in 5 s, or fails plainly"; return ;;
    esac
    if ! "$TKA_CC" --all $cc $opt -w -I/usr/include/csmith program.c -o tka >compile 2>&1; then
        finish differs "does not compile: $(head -n 1 compile)"
    elif [ -s compile ]; then
        finish differs "said: $(head -n 1 compile)"
    elif [ "$(TKA_PERFORMANCE_DATA_DIR=$dir/data timeout 30 ./tka 2>&1; echo "status $?")" != "$plain" ]; then
        finish differs "other output"
    elif [ ! -e "$dir/data" ]; then
        finish differs "no profile"
    else
        finish same
    fi
}
export -f one

: >"$work/results"
pairs=()
for cc in $compilers; do
    for opt in $opts; do
        pairs+=("$cc $opt")
    done
done
for ((i = 0; i < count; i++)); do
    echo "$((first + i)) ${pairs[i % ${#pairs[@]}]}"
done | xargs -P "$jobs" -L 1 bash -c 'one "$@"' one

echo "csmith $(csmith --version | sed -n 's/^csmith //p'), seeds $first to $((first + count - 1)), $compilers, $opts"
grep '^skipped' "$work/results" | sed 's/[^:]*: /    skipped: /' | sort | uniq -c
grep '^differs' "$work/results" | sort -k 2n | sed 's/^/    /'
! grep -q '^differs' "$work/results" || [ -z "$keep" ] || echo "kept in $work"
number()
{
    grep -c "^$1" "$work/results"
}
echo "$(number same) passed, $(number differs) failed, $(number skipped) skipped"
! grep -q '^differs' "$work/results"
