# What the compiler suites share: options, building and running a program with and
# without probes, known differences, the summary. Sourced.
#
# A suite sets name (its title) and, if it likes, other defaults, and defines
#   describe PROGRAM   sets sources and flags; it knows $cc, $opt and the folder $dir
# and ends with
#   suite_options "$@"
#   ... list the programs, one a line ... | suite_run
#
# Options:
#   --sample N   N programs spread evenly over the suite (default: all)
#   --cc LIST    compilers, e.g. "gcc clang"
#   --opts LIST  options, each tried on its own; join several by commas: -O2,-flto
#   --turn       each program with one pair only of compiler and options, in turn
#   --only PATTERN   programs whose name matches the shell pattern
#   --jobs N     programs at a time (default: number of processors)
#   --keep       keep the folders of programs that differ, and say where
#
# A program with probes passes when it compiles without a message, exits with 0 and
# prints what the plain one prints. The plain one is built only to compare output,
# or to learn whether a failure is TKA's. Differences that suites.known lists
# ("compiler options program reason...", where * stands for any) count as skipped.
#
# Environment: TKA_CC, the tka-cc to test (default: build/gcc/bin/tka-cc); TKA_CC=""
# tests the suite itself: no probes. Last line: "N passed, N failed, N skipped";
# exit 1 if any failed, 77 if there is no suite.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"

# action: compile, run, or compare: all programs print, so the plain one runs first.
# seconds, plain_seconds: what a program may take; the plain one much less, so that
# slowness is no difference.
sample=0 compilers=gcc opts="-O0 -O2" turn= only='*' jobs=$(nproc) keep=
action=run seconds=20 plain_seconds=5

suite_options()
{
    while [ $# -gt 0 ]; do
        case $1 in
        --sample) sample=$2; shift ;;
        --cc) compilers=$2; shift ;;
        --opts) opts=$2; shift ;;
        --turn) turn=1 ;;
        --only) only=$2; shift ;;
        --jobs) jobs=$2; shift ;;
        --keep) keep=1 ;;
        *) echo "unknown option $1 (see ${BASH_SOURCE[0]})" >&2; exit 2 ;;
        esac
        shift
    done
    conformance_tools
    work=$(mktemp -d "${TMPDIR:-/tmp}/tka-suite.XXXXXX")
    trap '[ -n "$keep" ] || rm -rf "$work"' EXIT
    export work keep action seconds plain_seconds here suite TKA_CC
}

# There is nothing to test, for this reason.
suite_missing()
{
    echo "$*"
    echo "0 passed, 0 failed, 1 skipped"
    exit 77
}

# Sets suite to the folder of gcc's tests.
suite_fetch()
{
    suite=$("$here/fetch.sh" gcc-tests) || suite_missing "the suite cannot be fetched"
}

# Options that a test of gcc asks for in its comments, for this machine.
dg_options()
{
    sed -n 's/.*{ *dg-\(additional-\)\{0,1\}options *[{" ]*\([^"}]*\)"\{0,1\}[} ]*\(.*\)/\2@\3/p' "$1" |
        while IFS=@ read -r words selector; do
            case $selector in
            *ia32* | *ilp32*) ;;
            *target*x86_64* | *target*\*-\*-\** | *target\ c++*) echo "$words" ;;
            *target*) ;;
            *) echo "$words" ;;
            esac
        done
}

# build plain|tka: false if the program does not compile. What the compiler says
# is in the file said, without the names of folders and temporary files.
build()
{
    local launcher= target="-o program -lm" status
    [ "$1" = plain ] || launcher=${TKA_CC:+$TKA_CC --all}
    [ "$action" != compile ] || target="-c -o program.o"
    mkdir -p "$dir/$1"
    (cd "$dir/$1" && timeout 300 $launcher $cc $flags $sources $target) >"$dir/$1/all" 2>&1
    status=$?
    sed "s|$dir/$1/||g; s|[^ ]*/tmp[^ ]*\.[os]\>|FILE|g; s|(\.text[^)]*)||" "$dir/$1/all" >"$dir/$1/said"
    return $status
}

# run plain|tka SECONDS: sets status.
run()
{
    (
        cd "$dir/$1" || exit 99
        export TKA_PERFORMANCE_DATA_DIR=$dir/$1/data
        ulimit -c 0
        timeout -k 1 "$2" ./program </dev/null >stdout 2>stderr
    ) 2>/dev/null
    status=$?
}

# Builds and runs the plain program, once; true if it exits with 0.
plain()
{
    local status
    if [ ! -e "$dir/plain" ]; then
        build plain
        run plain "$plain_seconds"
        plain_status=$status
    fi
    [ "$plain_status" = 0 ]
}

# The plain program prints the same twice: no address, no time.
prints_same_twice()
{
    cp "$dir/plain/stdout" "$dir/plain/first"
    run plain "$seconds"
    cmp -s "$dir/plain/first" "$dir/plain/stdout"
}

# What the instrumented program did wrong; nothing if all is well. What is the plain
# program's own fault begins with "skipped".
judge()
{
    local status plain_status
    if [ "$action" = compare ] && ! plain; then
        echo "skipped: fails plainly (exit status $plain_status)"
    elif ! build tka; then
        if build plain; then
            echo "does not compile: $(grep -m1 -o 'error: .*' "$dir/tka/said")"
        else
            echo "skipped: does not compile plainly: $(grep -m1 -o 'error: .*' "$dir/plain/said")"
        fi
    elif [ "$action" != compile ] && run tka "$seconds" && [ "$status" != 0 ]; then
        if plain; then
            echo "exit status $status instead of 0"
        else
            echo "skipped: fails plainly (exit status $plain_status)"
        fi
    elif [ -s "$dir/tka/stdout" ] && plain && ! cmp -s "$dir/plain/stdout" "$dir/tka/stdout" &&
         prints_same_twice; then
        echo "other output"
    elif [ -s "$dir/tka/said" ]; then
        build plain
        cmp -s "$dir/plain/said" "$dir/tka/said" ||
            echo "says: $(diff "$dir/plain/said" "$dir/tka/said" | sed -n 's/^> //p' | head -n 1)"
    fi
}

# The reason that suites.known gives for a difference.
known()
{
    awk -v cc="$cc" -v opt="$opt" -v program="$program" '
        !/^#/ && ($1 == "*" || $1 == cc) && ($2 == "*" || $2 == opt) && $3 == program {
            $1 = $2 = $3 = ""; sub(/^ +/, ""); print; exit
        }' "$here/suites.known"
}

# Appends "result compiler options program: reason" to $work/results.
one()
{
    local cc=$1 opt=$2 program=$3 flags= sources= reason known result=same
    local dir=$work/${cc}_${opt}_${program//\//_}
    mkdir -p "$dir"
    describe "$program"
    reason=$(judge)
    case $reason in
    "")
        # The runtime leaves its folder, the compiler its section.
        if [ -e "$dir/tka/data" ] || grep -qs tka_ "$dir/tka/program.o"; then
            echo x >>"$work/probed"
        fi ;;
    skipped*) result=skipped reason=${reason#skipped: } ;;
    *)
        known=$(known)
        if [ -n "$known" ]; then
            result=skipped reason="$reason; known: $known"
        else
            result=differs
        fi ;;
    esac
    echo "$result $cc $opt $program: $reason" >>"$work/results"
    [ $result = differs ] && [ -n "$keep" ] || rm -rf "$dir"
}

# The programs of stdin that were asked for.
suite_choose()
{
    while read -r program; do
        case $program in $only) echo "$program" ;; esac
    done | awk -v want="$sample" '
        { line[NR] = $0 }
        END {
            if (want == 0 || want > NR) want = NR
            for (i = 0; i < want; i++) print line[int(i * NR / want) + 1]
        }'
}

# Lines "compiler options program" for the programs of stdin.
suite_pairs()
{
    local cc opt pairs=() n=0
    for cc in $compilers; do
        command -v "$cc" >/dev/null || { echo "no compiler $cc" >&2; continue; }
        for opt in $opts; do
            pairs+=("$cc $opt")
        done
    done
    while read -r program; do
        if [ -n "$turn" ]; then
            echo "${pairs[n++ % ${#pairs[@]}]} $program"
        else
            printf "%s $program\n" "${pairs[@]}"
        fi
    done
}

suite_count()
{
    grep -c "^$1" "$work/results"
}

suite_run()
{
    export -f describe dg_options build run plain prints_same_twice judge known one
    : >"$work/results"; : >"$work/probed"
    suite_choose | suite_pairs | xargs -P "$jobs" -L 1 bash -c 'one "$@"' one
    echo "$name, all functions instrumented, against the plain build ($SECONDS s):"
    awk '
        { key = $2 " " $3; total[key]++; count[key, $1]++ }
        END {
            printf "%-20s %9s %9s %9s %9s\n", "compiler, options", "programs", "same", "differs", "skipped"
            for (key in total)
                printf "%-20s %9d %9d %9d %9d\n", key, total[key], count[key, "same"],
                       count[key, "differs"], count[key, "skipped"] | "sort"
        }' "$work/results"
    echo "same, and seen to have probes: $(wc -l <"$work/probed")"
    echo "skipped, by reason:"
    sed -n 's/^skipped [^:]*: *//p' "$work/results" | sed 's/: error: .*//' |
        cut -c1-100 | sort | uniq -c | sort -rn | head -n 12
    if grep -q ^differs "$work/results"; then
        echo "differences:"
        grep ^differs "$work/results" | LC_ALL=C sort | sed 's/^differs /    /'
        [ -z "$keep" ] || echo "kept in $work"
    fi
    # A suite without probes would prove nothing.
    if [ -n "$TKA_CC" ] && [ $(($(wc -l <"$work/probed") * 2)) -lt "$(suite_count same)" ]; then
        echo "too few programs have probes"
        echo "differs suite" >>"$work/results"
    fi
    echo "$(suite_count same) passed, $(suite_count differs) failed, $(suite_count skipped) skipped"
    ! grep -q ^differs "$work/results"
}
