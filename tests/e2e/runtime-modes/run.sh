# The environment's switches: off makes nothing, programs that call nothing
# probed make nothing, the folder is fixed at the start, bad values are ignored.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >program.c <<'C'
#include <unistd.h>
#include <stdlib.h>
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static __attribute__((noinline)) void leaf(int x)
{
    sink = x;
}

TKA_CRITICAL_PATH("critical") static __attribute__((noinline)) void critical(int x)
{
    sink = x;
}

int main(int argc, char **argv)
{
    int n = atoi(argv[1]);

    if (argc > 2) {
        if (argv[2][0] == 'a') {
            leaf(0);
        }
        if (chdir("sub") != 0) {
            return 1;
        }
    }
    for (int i = 0; i < n; i++) {
        leaf(i);
        critical(i);
    }
    return 0;
}
C
build program.c
nothing()
{
    fresh
    "$@" || fail "status of $*"
    [ ! -e data ] || fail "a data folder after $*"
}
nothing env TKA_PROFILING_ENABLED=false ./program 1000
nothing env TKA_PROFILING_MODE=off ./program 1000
nothing ./program 0

fresh
TKA_PROFILING_MODE=sampled ./program 100000
expect_calls leaf 100000
expect "a critical function is timed on every call" "100000|100000" \
    "$(query "SELECT calls,samples FROM measurement JOIN function ON id=function_id WHERE name='critical'")"
expect "a cheap function is not" 1 \
    "$(query "SELECT samples<20000 AND samples>=32 FROM measurement JOIN function ON id=function_id WHERE name='leaf'")"
expect "kinds" "critical|function" \
    "$(query "SELECT kind FROM function ORDER BY kind" | paste -sd'|')"

fresh
TKA_PROFILING_MODE=count ./program 1000
expect "count mode times nothing" "1000|0||" \
    "$(query "SELECT calls,samples,min_ns,histogram FROM measurement JOIN function ON id=function_id WHERE name='leaf'")"

fresh
TKA_PROFILING_MODE=nonsense TKA_MONITORING_INTERVAL=-5 TKA_PROFILING_OVERHEAD_THRESHOLD=x \
    ./program 1000 || fail "bad values"
expect "mode" "sampled|1.0" "$(query "SELECT mode,overhead_threshold FROM session")"

# a relative folder is where the program started, wherever it went since
unset TKA_PERFORMANCE_DATA_DIR
mkdir sub
for when in after before; do
    rm -rf data
    ./program 10 $when || fail "chdir $when the first call"
    [ -e data/performance/performance.db ] ||
        fail "data/performance is not where the program started, chdir $when the first call"
    expect "the program's folder" "$WORK" \
        "$(sqlite3 data/performance/performance.db 'SELECT directory FROM session')"
done
rm -rf data
TKA_PERFORMANCE_DB_PATH=elsewhere/my.db ./program 10 || fail "TKA_PERFORMANCE_DB_PATH"
[ -e elsewhere/my.db ] || fail "elsewhere/my.db was not made"

# while it runs its figures are stored every interval, and can be read any time
export TKA_PERFORMANCE_DATA_DIR=$WORK/data
cat >runs.c <<'C'
#include <unistd.h>
#include <tka/tka.h>
TKA_PROFILE static void tick(void)
{
    usleep(500);
}
int main(void)
{
    for (int i = 0; i < 10000; i++) {
        tick();
    }
    return 0;
}
C
build runs.c
fresh
TKA_MONITORING_INTERVAL=50 ./runs &
runner=$!
sleep 1
early=$(calls tick)
fold
later=$(calls tick)
[ "$early" -gt 0 ] && [ "$later" -ge "$early" ] && [ "$later" -lt 10000 ] ||
    fail "while running: $early, then $later calls"
expect "state" running "$(query 'SELECT state FROM process')"
wait $runner
expect_calls tick 10000
expect "state" ended "$(query 'SELECT state FROM process')"
