# The processor's counters: a value, or else the reason why there is none and never a zero;
# the program sees no descriptor of them; children have their own; nobody asked: no rows.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >work.c <<'C'
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile unsigned long sink;

TKA_PROFILE static void work(void)
{
    for (int i = 0; i < 100000; i++) {
        sink += i;
    }
}

static void work_for(double seconds)
{
    clock_t end = clock() + (clock_t)(seconds * CLOCKS_PER_SEC);

    while (clock() < end) {
        work();
    }
}

int main(int argc, char **argv)
{
    work_for(0.3);
    printf("%d\n", open("/dev/null", O_RDONLY));
    fflush(stdout);
    if (argc > 1 && fork() == 0) {
        work_for(0.3);
        exit(0);
    }
    wait(NULL);
    (void)argv;
    return 0;
}
C
build work.c
fresh
expect "the program's next descriptor" 3 "$(TKA_MONITORING_HARDWARE_COUNTERS=1 ./work child)"
expect "processes" 2 "$(query 'SELECT count(*) FROM process')"
expect "counters" 10 "$(query "SELECT count(*) FROM hardware_counter")"
expect "counters without a value or a reason" "" "$(query "SELECT * FROM hardware_counter WHERE
    (value IS NULL) = (reason IS NULL) OR value = 0 OR length(reason) < 10")"
"$TKA" sessions --system >told || fail "tka sessions --system"
grep -q "cycles  *\(absent\|[0-9]\)" told || fail "not told: $(cat told)"

fresh
TKA_MONITORING_HARDWARE_COUNTERS=1 TKA_MONITORING_ENABLED=0 ./work >/dev/null
expect "reasons without a store thread" 5 \
    "$(query "SELECT count(*) FROM hardware_counter WHERE value IS NULL AND reason LIKE '%TKA_MONITORING_ENABLED%'")"

fresh
./work >/dev/null
expect "counters that nobody asked for" 0 "$(query 'SELECT count(*) FROM hardware_counter')"
