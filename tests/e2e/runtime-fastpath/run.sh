# An untimed call costs the instructions that tka/probe.h states, no more: counted
# by callgrind as the difference between twice as many calls and once as many.
. "$(dirname "$0")/../../lib/runtime_case.sh"
command -v valgrind >/dev/null || exit 77
OPT=-O2

cat >calls.c <<'C'
#include <stdlib.h>
#include <tka/tka.h>

TKA_PROFILE __attribute__((noinline)) static unsigned long leaf(unsigned long x)
{
    return x * 3 + 1;
}

int main(int argc, char **argv)
{
    unsigned long x = 1;

    (void)argc;
    for (long n = atol(argv[1]); n > 0; n--) {
        x = leaf(x);
    }
    return x == 0;
}
C
build calls.c
"$CC" -O2 -I "$TKA_PREFIX/include" calls.c -o plain

instructions()
{
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 |
        awk '/Collected/ {print $NF}'
}

per_call()
{
    echo $((($(instructions "$1" 8000000) - $(instructions "$1" 4000000)) / 4000000))
}

plain=$(per_call ./plain)
export TKA_MONITORING_ENABLED=false # what storing costs is not per call
for mode in count off; do
    export TKA_PROFILING_MODE=$mode
    fresh
    added=$(($(per_call ./calls) - plain))
    echo "$CC $mode: $added instructions"
    [ $mode = off ] && most=13 || most=20
    [ "$added" -le $most ] || fail "$added instructions per call in mode $mode, $most allowed"
done
