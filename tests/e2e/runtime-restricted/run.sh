# Programs that may not do everything: setuid, under seccomp, in a changed root. They
# run as without probes; what was counted is stored by the next reader; a stranger's
# environment does not steer a privileged program.
. "$(dirname "$0")/../../lib/runtime_case.sh"

# more functions than one piece of memory has room for the histograms of
{
    for i in $(seq 0 29); do
        echo "TKA_PROFILE static __attribute__((noinline)) void f$i(void) { sink = $i; }"
    done
    echo 'static void many(void) {'
    printf 'f%d();\n' $(seq 0 29)
    echo '}'
} >many.h

cat >filter.c <<'C'
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static __attribute__((noinline)) void work(int x)
{
    sink = x;
}

TKA_PROFILE static void first(void)
{
    work(-1);
}

#include "many.h"

static void *thread(void *argument)
{
    for (int i = 0; i < 1000; i++) {
        work(i);
    }
    return argument;
}

#define FORBID(name) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, name, 0, 1), \
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

static int confine(const char *how)
{
    struct sock_filter files[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        FORBID(SYS_openat), FORBID(SYS_open), FORBID(SYS_creat), FORBID(SYS_mkdir),
        FORBID(SYS_unlink), FORBID(SYS_readlink), FORBID(SYS_getcwd), FORBID(SYS_flock),
        FORBID(SYS_process_vm_readv), FORBID(SYS_unshare), FORBID(SYS_close_range),
        FORBID(strcmp(how, "growth") == 0 ? SYS_fallocate : SYS_openat),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {sizeof files / sizeof *files, files};

    if (strcmp(how, "strict") == 0) {
        return prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
    }
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0;
}

int main(int argc, char **argv)
{
    int strict = strcmp(argv[1], "strict") == 0;
    pthread_t other;

    (void)argc;
    if (strcmp(argv[2], "after") == 0) {
        first();
    }
    if (confine(argv[1]) != 0) {
        return 77;
    }
    thread(NULL);
    if (!strict) {
        many();
        pthread_create(&other, NULL, thread, NULL);
        pthread_join(other, NULL);
        if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EPERM) {
            return 2;
        }
    }
    if (write(1, "out\n", 4) != 4) {
        return 1;
    }
    if (strict) {
        syscall(SYS_exit, 47); /* exit_group is not among its four calls */
    }
    return 47;
}
C
build_both filter.c -pthread
./filter.plain files after >out.txt
if [ $? != 77 ]; then
    for mode in sampled exact; do
        export TKA_PROFILING_MODE=$mode
        for interval in 10 1000; do
            TKA_MONITORING_INTERVAL=$interval same 47 filter files after
            fold || fail "the report"
            expect_calls first 1
            expect_calls work 2001
            for i in 0 7 29; do
                expect_calls f$i 1
            done
            expect "lost calls" 0 "$(query 'SELECT lost_calls FROM process')"
            TKA_MONITORING_INTERVAL=$interval same 47 filter files before
            [ ! -e data ] || fail "data although files are forbidden"
        done
        # a file that cannot grow: who counted before goes on, and a note says so
        same 47 filter growth after
        fold || fail "the report"
        expect_calls first 1
        [ "$(calls work)" -ge 1001 ] || fail "calls of work: $(calls work)"
        grep -q 'could not grow' <<<"$(query 'SELECT note FROM process')" ||
            fail "no note on a live file that could not grow"
    done
    # strict mode forbids even the clock
    TKA_PROFILING_MODE=count same 47 filter strict after
    fold || fail "the report after strict mode"
    expect_calls work 1001
    TKA_PROFILING_ENABLED=false same 47 filter strict after
fi
unset TKA_PROFILING_MODE

cat >root.c <<'C'
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static __attribute__((noinline)) void work(int x)
{
    sink = x;
}

static void *thread(void *argument)
{
    for (int i = 0; i < 1000; i++) {
        work(i);
    }
    return argument;
}

int main(int argc, char **argv)
{
    pthread_t other;

    (void)argc;
    if (strcmp(argv[2], "after") == 0) {
        thread(NULL);
    }
    if (chroot(argv[1]) != 0 || chdir("/") != 0) {
        return 77;
    }
    if (strcmp(argv[3], "drop") == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
        return 77;
    }
    thread(NULL);
    pthread_create(&other, NULL, thread, NULL);
    pthread_join(other, NULL);
    puts("out");
    return 48;
}
C
build_both root.c -pthread
for user in keep drop; do
    rm -rf cell
    mkdir cell
    ./root.plain "$PWD/cell" after $user >out.txt
    [ $? != 77 ] || continue
    for interval in 10 1000; do
        export TKA_MONITORING_INTERVAL=$interval
        same 48 root "$PWD/cell" after $user
        fold || fail "the report after chroot"
        expect_calls work 3000
        expect "lost calls" 0 "$(query 'SELECT lost_calls FROM process')"
        [ $user = keep ] || expect "written into the cell" "" "$(ls cell)"
        rm -rf cell/*
        same 48 root "$PWD/cell" before $user
        [ ! -e data ] || fail "data outside of the changed root"
        if [ $user = keep ]; then
            expect "calls of work, in the cell" 2000 "$(sqlite3 "cell$WORK/data/performance.db" \
                'SELECT sum(calls) FROM measurement')"
        else
            expect "written into the cell" "" "$(ls cell)"
        fi
        rm -rf cell/*
    done
done
unset TKA_MONITORING_INTERVAL

cat >privileged.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static void work(int x)
{
    sink = x;
}

int main(void)
{
    for (int i = 0; i < 1000; i++) {
        work(i);
    }
    tka_session_start("mine");
    work(0);
    tka_session_stop();
    printf("%d\n", (int)geteuid());
    return 49;
}
C
build_both privileged.c
[ "$(id -u)" = 0 ] && command -v setpriv >/dev/null || exit 0
as_nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
chmod 755 . privileged privileged.plain
chmod u+s privileged privileged.plain
expect "output without probes" 0 "$($as_nobody ./privileged.plain)" || exit 0
for folder in open closed; do
    rm -rf $folder
    mkdir $folder
    [ $folder = closed ] || chmod 777 $folder
    export TKA_PERFORMANCE_DATA_DIR=$WORK/$folder TKA_PERFORMANCE_DB_PATH=$WORK/$folder/a.db
    (cd $folder && TKA_PROFILING_ENABLED=true TKA_RUN_ID=5 TKA_SESSION_NAME=x \
        $as_nobody ../privileged) >out.txt 2>&1
    expect "status of a setuid program" 49 $?
    expect "its output" 0 "$(cat out.txt)"
    expect "what it wrote" "" "$(ls -A $folder)"
done
chmod u-s privileged
# and the same program without the bit is profiled
(cd open && TKA_PERFORMANCE_DATA_DIR=$WORK/open TKA_PERFORMANCE_DB_PATH=$WORK/open/a.db $as_nobody ../privileged) >out.txt 2>&1
expect "status without the bit" 49 $?
expect "calls without the bit" 1001 "$(sqlite3 open/a.db 'SELECT sum(calls) FROM measurement')"
