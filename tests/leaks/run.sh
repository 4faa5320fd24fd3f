#!/usr/bin/env bash
# Judges leak detectors by the labelled programs in cases/.
#
#   tests/leaks/run.sh [option]...
#
#   --tools "T..."   of lsan, memcheck and tka (default: those that this machine has)
#   --cc COMPILER    gcc or clang; the C++ programs by the one that belongs to it (gcc)
#   --opt LEVEL      optimization (-O1)
#   --only PATTERN   scenes whose file/name matches the shell pattern
#   --list           name the scenes where a tool and the label differ
#   --labels         print the labels and run nothing
#   --strict         exit 1 for a leak missed or a false alarm that no label foresees
#   --format FORMAT  table or csv (one line per scene and tool)
#   --build DIR      where tka is: DIR/bin/tka, DIR/lib/libtka-mem.so ($TKA_PREFIX, build/gcc)
#   --work DIR       where to build and run (a new folder, removed afterwards)
#   --jobs N         runs at a time (number of processors)
#
# Exit status: 0, with --strict 1 for a wrong verdict, 2 wrong usage, 3 if a program could
# not be built or run, 77 if no tool is there.
set -u
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tools.sh"

usage()
{
    sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2
    exit 2
}

tools= cc=gcc opt=-O1 only='*' list= strict= labels= format=table work= jobs=$(nproc)
prefix=${TKA_PREFIX:-$here/../../build/gcc}
while [ $# -gt 0 ]; do
    case $1 in
    --list) list=1 ;;
    --strict) strict=1 ;;
    --labels) labels=1 ;;
    --tools | --cc | --opt | --only | --format | --build | --work | --jobs)
        [ $# -ge 2 ] || usage
        case $1 in
        --tools) tools=$2 ;;
        --cc) cc=$2 ;;
        --opt) opt=$2 ;;
        --only) only=$2 ;;
        --format) format=$2 ;;
        --build) prefix=$2 ;;
        --work) work=$2 ;;
        --jobs) jobs=$2 ;;
        esac
        shift
        ;;
    *) usage ;;
    esac
    shift
done
case $cc in gcc*) cxx=g++${cc#gcc} ;; clang*) cxx=clang++${cc#clang} ;; *) usage ;; esac
case $format in table | csv) ;; *) usage ;; esac

# labels_of: file, scene, verdict and label of every scene, tab-separated.
labels_of()
{
    local source name verdict scene rest
    for source in "$here"/cases/*.c "$here"/cases/*.cpp; do
        [ -e "$source" ] || continue
        name=$(basename "${source%.*}")
        sed -nE 's:^/\* (LEAK|CLEAN|UNDECIDABLE) (.*) \*/$:\1 \2:p' "$source" |
            while read -r verdict scene rest; do
                # shellcheck disable=SC2053
                [[ $name/$scene != $only ]] || printf '%s\t%s\t%s\t%s\n' "$name" "$scene" "$verdict" "$rest"
            done
    done
}

if [ -n "$labels" ]; then
    labels_of
    exit 0
fi
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work/logs" "$work/results"
work=$(cd "$work" && pwd)
rm -rf "${work:?}"/results/*
labels_of >"$work/labels"
[ -s "$work/labels" ] || { echo "run.sh: no scene matches '$only'" >&2; exit 2; }

wanted=
for tool in ${tools:-lsan memcheck tka}; do
    declare -F "tool_$tool" >/dev/null || usage
    if why=$("missing_$tool"); then
        wanted="$wanted $tool"
    else
        echo "skipped: $tool: $why" >&2
    fi
done
[ -n "$wanted" ] || exit 77

# build_one FLAVOUR SOURCE: plain, or lsan, of a program, and the plug-in if it has one.
build_one()
{
    local flavour=$1 source=$2 name compiler flags
    name=$(basename "${source%.*}")
    flags="$opt -g -pthread -fno-omit-frame-pointer -Wall -Wextra"
    [ "$flavour" != lsan ] || flags="$flags -fsanitize=leak"
    compiler="$cc -std=gnu11"
    [ "${source##*.}" = c ] || compiler="$cxx -std=c++17"
    if grep -q LEAK_PLUGIN "$source"; then
        # Plug-ins are plain: libraries of others are.
        $compiler $opt -g -Wall -Wextra -fPIC -shared -DLEAK_BUILD_PLUGIN "$source" \
            -o "$work/$flavour/$name.so" || return 1
        flags="$flags -DLEAK_PLUGIN=\"$work/$flavour/$name.so\""
    fi
    $compiler $flags "$source" -o "$work/$flavour/$name" -ldl || return 1
}

# run_one TOOL FILE SCENE: one line of results:
# tool, file, scene, state, then blocks and bytes of definite, indirect, possible, reachable.
run_one()
{
    local tool=$1 file=$2 scene=$3
    local log=$work/logs/$tool.$file.$scene
    rm -rf "$log" "$log.d"
    mkdir "$log.d"
    printf '%s\t%s\t%s\t%s\n' "$tool" "$file" "$scene" "$(cd "$log.d" && "tool_$tool" "$log" "$file" "$scene")" \
        >"$work/results/$tool.$file.$scene"
    rmdir "$log.d" 2>/dev/null # empty but for what tka wrote
}
export -f build_one run_one "${tool_functions[@]}"
export work cc cxx opt prefix

flavours=plain
[[ $wanted != *lsan* ]] || flavours="plain lsan"
[ "$wanted" != " lsan" ] || flavours=lsan
mkdir -p "$work/plain" "$work/lsan"
for flavour in $flavours; do
    cut -f 1 "$work/labels" | sort -u | while read -r name; do
        echo "$flavour" "$here/cases/$name".c*
    done
done | xargs -P "$jobs" -L 1 bash -c 'build_one "$@"' build || { echo "run.sh: a program was not built" >&2; exit 3; }

# Every scene has a label and every label a scene.
for name in $(cut -f 1 "$work/labels" | sort -u); do
    if [ "$only" = '*' ] && ! diff <("$work/${flavours%% *}/$name" | sort) \
        <(awk -v name="$name" '$1 == name {print $2}' "$work/labels" | sort); then
        echo "run.sh: $name: labels and scenes differ" >&2
        exit 3
    fi
done

for tool in $wanted; do
    awk -v tool="$tool" '{print tool, $1, $2}' "$work/labels"
done | xargs -P "$jobs" -L 1 bash -c 'run_one "$@"' run

cat "$work"/results/* >"$work/all"
awk -F '\t' -v format="$format" -v list="$list" -v strict="$strict" -v tools="$wanted" \
    -f "$here/score.awk" "$work/labels" "$work/all"
