# Where nothing can be written the program runs as if it were not profiled, and
# where something can, nothing is lost.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >program.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static void leaf(int x)
{
    sink = x;
}

int main(void)
{
    for (int i = 0; i < 5000; i++) {
        leaf(i);
    }
    puts("out");
    fputs("err\n", stderr);
    return 42;
}
C
build program.c

run_quietly()
{
    "$@" >out.txt 2>err.txt
    expect "exit status ($*)" 42 $?
    expect "stdout ($*)" out "$(cat out.txt)"
    expect "stderr ($*)" err "$(cat err.txt)"
}

# folders that cannot be made
: >file
TKA_PERFORMANCE_DATA_DIR=$WORK/file/data run_quietly ./program
TKA_PERFORMANCE_DATA_DIR=/proc/tka run_quietly ./program
TKA_PERFORMANCE_DATA_DIR=/dev/null run_quietly ./program
TKA_PERFORMANCE_DATA_DIR=$(printf 'x%.0s' $(seq 3000)) run_quietly ./program

# a folder without write permission, for a user whom permissions hold for
mkdir -p locked
chmod 755 . locked
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && setpriv --reuid 65534 --clear-groups \
    test -x ./program; then
    TKA_PERFORMANCE_DATA_DIR=$WORK/locked run_quietly setpriv --reuid 65534 --clear-groups ./program
    expect "written into a read-only folder" "" "$(ls locked)"
fi

# a live file that cannot be made, while the database can be written
mkdir -p data
: >data/live
run_quietly ./program
expect_calls leaf 5000
grep -q . <<<"$(query 'SELECT note FROM process')" || fail "no note on the missing live file"

# a limit on the size of files: no SIGXFSZ
fresh
(ulimit -f 4; run_quietly ./program) || exit 1
expect "output under ulimit -f 0" outerr "$(ulimit -f 0; ./program 2>&1 | tr -d '\n' | sed 's/errout/outerr/')"

# few descriptors
fresh
(ulimit -n 6; run_quietly ./program) || exit 1
fold
expect_calls leaf 5000

# a full disk
mkdir -p small
if mount -t tmpfs -o size=48k tmpfs small 2>/dev/null; then
    trap 'umount "$WORK/small"' EXIT
    for filled in 0 20 40 48; do
        rm -rf small/*
        head -c ${filled}k /dev/zero >small/filler
        TKA_PERFORMANCE_DATA_DIR=$WORK/small run_quietly ./program
    done
    # the live file fits, the database does not: made good when there is room
    rm -rf small/*
    mount -o remount,size=100k small
    TKA_PERFORMANCE_DATA_DIR=$WORK/small run_quietly ./program
    mount -o remount,size=4m small
    TKA_PERFORMANCE_DATA_DIR=$WORK/small "$TKA" report >/dev/null 2>&1
    expect "calls after making room" 5000 \
        "$(sqlite3 small/performance.db 'SELECT sum(calls) FROM measurement')"
fi
