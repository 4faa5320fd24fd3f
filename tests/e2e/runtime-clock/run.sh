# A processor whose counter does not run evenly: the clock is clock_gettime. The same
# runtime with that one answer changed: counts are exact, times are true, and what the
# probes cost is known.
. "$(dirname "$0")/../../lib/runtime_case.sh"

source_root=$(cd "$(dirname "$0")/../../.." && pwd)
case $(uname -m) in
x86_64) ;;
*) exit 77 ;;
esac
objects=$(find "$TKA_PREFIX" -name libtka_runtime_objects.a | head -n 1)
sqlite=$("$CC" -print-file-name=libsqlite3.a)
[ -n "$objects" ] && [ -e "$sqlite" ] || fail "no objects of the runtime in $TKA_PREFIX"

mkdir arch
sed 's/return __get_cpuid.*/return 0;/; s/unsigned a, b, c, d;//' \
    "$source_root/runtime/src/arch/x86_64/clock_arch.h" >arch/clock_arch.h
cmp -s arch/clock_arch.h "$source_root/runtime/src/arch/x86_64/clock_arch.h" && fail "nothing changed"
"$CC" -std=c11 -O2 -D_GNU_SOURCE -I arch -I "$source_root/runtime/src" -I "$source_root/runtime/include" \
    -c "$source_root/runtime/src/clock.c" -o clock.o || fail "clock.o"

cat >program.c <<'C'
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile _Thread_local unsigned sink;

TKA_PROFILE static __attribute__((noinline)) void leaf(unsigned x)
{
    sink = x;
}

TKA_PROFILE static __attribute__((noinline)) void spin(void)
{
    for (int i = 0; i < 20000; i++) {
        sink = sink * 3 + 1;
    }
}

TKA_PROFILE static __attribute__((noinline)) void sleeps(void)
{
    struct timespec pause = {0, 5000000};

    leaf(1);
    nanosleep(&pause, NULL);
}

static void *work(void *argument)
{
    for (unsigned i = 0; i < 200000; i++) {
        leaf(i);
    }
    for (int i = 0; i < 400; i++) {
        spin();
    }
    for (int i = 0; i < 20; i++) {
        sleeps();
    }
    return argument;
}

static double doubles(double x)
{
    for (int i = 0; i < 2000; i++) {
        leaf(1);
        x = x * 0.75 + i; /* in a vector register across the clock's call */
    }
    return x;
}

int main(int argc, char **argv)
{
    pthread_t thread;

    (void)argv;
    pthread_create(&thread, NULL, work, NULL);
    work(NULL);
    pthread_join(thread, NULL);
    printf("%.15g\n", doubles(1));
    fflush(stdout);
    if (argc > 1) {
        raise(SIGKILL);
    }
    return 50;
}
C
"$TKA_CC" "$CC" ${OPT:--O2} -c program.c -o program.o || fail "program.o"
"$CC" program.o clock.o -u tka_enter_due -u tka_rt_flush "$objects" "$sqlite" -o program -pthread -lm -ldl ||
    fail "the program"
"$CC" ${OPT:--O2} -w -I "$TKA_PREFIX/include" program.c -o program.plain -pthread || fail "program.plain"

# between NAME LEAST MOST VALUE
between()
{
    awk -v v="$4" -v least="$2" -v most="$3" 'BEGIN { exit !(v != "" && v >= least && v <= most) }' ||
        fail "$1: $4, expected $2 to $3"
}
of()
{
    query "SELECT $2 FROM measurement JOIN function ON id=function_id WHERE name='$1'"
}

for mode in sampled exact count; do
    export TKA_PROFILING_MODE=$mode
    for end in 50 137; do
        [ $end = 50 ] && arguments= || arguments=kill
        TKA_MONITORING_INTERVAL=50 same $end program $arguments 2>/dev/null
        fold || fail "the report"
        expect "clock" monotonic "$(query 'SELECT clock FROM process')"
        expect_calls leaf $((2 * 200020 + 2000))
        expect_calls spin 800
        expect_calls sleeps 40
        expect "lost" "0|0" "$(query 'SELECT lost_calls,lost_samples FROM process')"
        [ $mode != count ] || continue
        # one tick is a nanosecond: sleeps are 5 ms and more, spins what they are
        between "mean sleep" 5e6 5e7 "$(of sleeps '1.0*total_ns/weight')"
        between "least sleep" 5e6 2e7 "$(of sleeps min_ns)"
        between "mean spin" 5e3 5e6 "$(of spin '1.0*total_ns/weight')"
        between "mean leaf" 0 1e4 "$(of leaf '1.0*total_ns/weight')"
        between "cost of a timed call" 5 1e4 "$(query 'SELECT timed_cost_ns FROM process')"
        between "run time" 1e7 2e10 "$(query 'SELECT wall_ns FROM process')"
    done
done
