# Processes that live long without exec: preforked workers that serve connections and
# are killed, and a daemon that leaves its folder, its session and its descriptors.
# Every call that was answered is counted, in one session.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >prefork.c <<'C'
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <tka/tka.h>

#define WORKERS 6
#define REQUESTS 600

static volatile int sink;

TKA_PROFILE static int transform(int x)
{
    sink = x;
    return x * 3 + 1;
}

TKA_PROFILE static void serve(int fd)
{
    int x;

    while (read(fd, &x, sizeof x) == sizeof x) {
        x = transform(x);
        if (write(fd, &x, sizeof x) != sizeof x) {
            break;
        }
    }
    close(fd);
}

static int ready[2];

TKA_PROFILE static void accept_loop(int listener)
{
    if (write(ready[1], "", 1) != 1) {
        _exit(1);
    }
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        if (fd >= 0) {
            serve(fd);
        }
    }
}

TKA_PROFILE static int request(const struct sockaddr_in *address, int x)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), answer = 0;

    if (connect(fd, (const struct sockaddr *)address, sizeof *address) != 0) {
        return -1;
    }
    for (int i = 0; i < 5; i++) {
        if (write(fd, &x, sizeof x) != sizeof x ||
            read(fd, &answer, sizeof answer) != sizeof answer || answer != x * 3 + 1) {
            return -1;
        }
    }
    close(fd);
    return answer % 7;
}

static pid_t start_worker(int listener)
{
    pid_t pid = fork();
    char byte;

    if (pid == 0) {
        accept_loop(listener);
    }
    return read(ready[0], &byte, 1) == 1 ? pid : -1;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), end = atoi(argv[1]);
    pid_t workers[WORKERS];
    long sum = 0;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (pipe(ready) != 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
        return 77;
    }
    if (argc > 2) {
        transform(0); /* the parent's counters exist before the workers */
    }
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = start_worker(listener);
    }
    for (int i = 0; i < REQUESTS; i++) {
        int answer = request(&address, i);

        if (answer < 0) {
            return 1;
        }
        sum += answer;
        if (i % 100 == 99) { /* one dies and is replaced */
            int w = i / 100 % WORKERS;

            kill(workers[w], end);
            waitpid(workers[w], NULL, 0);
            workers[w] = start_worker(listener);
        }
    }
    for (int i = 0; i < WORKERS; i++) {
        int status;

        kill(workers[i], end);
        waitpid(workers[i], &status, 0);
        sum += WTERMSIG(status);
    }
    printf("%ld\n", sum);
    return 31;
}
C
build_both prefork.c
for arguments in 15 "15 first" "9 first"; do
    for interval in 1000 20; do
        export TKA_MONITORING_INTERVAL=$interval
        same 31 prefork $arguments
        fold || fail "the report"
        expect_calls request 600
        expect_calls serve 600
        expect_calls accept_loop 12
        if [ "$arguments" = 15 ]; then
            expect_calls transform 3000
        else
            expect_calls transform 3001
            expect "sessions" "1|exit|31" \
                "$(query 'SELECT count(*),exit_kind,exit_status FROM session')"
        fi
        expect "processes" 13 "$(query 'SELECT count(*) FROM process')"
        expect_no_loss
    done
done
unset TKA_MONITORING_INTERVAL

# daemons; the pid file says when it is ready
cat >daemon.c <<'C'
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile int sink;
static volatile sig_atomic_t stop;

TKA_PROFILE static void before(int x)
{
    sink = x;
}

TKA_PROFILE static void work(int x)
{
    sink = x;
}

TKA_PROFILE static void late(int x)
{
    sink = x;
}

static void on_term(int signal)
{
    stop = signal;
}

TKA_PROFILE static void detach(void)
{
    if (fork() != 0) {
        wait(NULL);
        _exit(0);
    }
    before(1);
    if (setsid() < 0) {
        _exit(1);
    }
    if (fork() != 0) {
        _exit(0);
    }
    umask(077);
    if (chdir("/") != 0) {
        _exit(2);
    }
    for (int fd = 0; fd < 70000; fd++) {
        close(fd);
    }
    if (open("/dev/null", O_RDWR) != 0 || dup(0) != 1 || dup(0) != 2) {
        _exit(3);
    }
}

int main(int argc, char **argv)
{
    char text[200];
    FILE *file;

    (void)argc;
    for (int i = 0; i < 100; i++) {
        before(i);
    }
    if (strcmp(argv[2], "threaded") == 0) {
        usleep(200000); /* the store thread runs */
        before(0);
    }
    detach();
    signal(SIGTERM, on_term);
    for (int i = 0; i < 1000; i++) {
        work(i);
    }
    snprintf(text, sizeof text, "%s.new", argv[1]);
    file = fopen(text, "w");
    if (file == NULL || fileno(file) != 3) {
        return 4; /* the lowest free number is the program's */
    }
    fprintf(file, "%d\n", (int)getpid());
    fclose(file);
    rename(text, argv[1]);
    while (!stop) {
        usleep(2000);
        work(0);
    }
    for (int i = 0; i < 500; i++) {
        late(i);
    }
    return 0;
}
C
build_both daemon.c
export TKA_MONITORING_INTERVAL=100
unset TKA_PERFORMANCE_DATA_DIR # relative to where it started
database=data/performance/performance.db
for end in TERM KILL; do
    for kind in single threaded; do
        for program in ./daemon.plain ./daemon; do
            rm -rf data pid
            $program "$PWD/pid" $kind >out.txt 2>&1
            expect "status of $program" 0 $?
            expect "output of $program" "" "$(cat out.txt)"
            for _ in $(seq 300); do
                [ -e pid ] && break
                sleep 0.02
            done
            [ -e pid ] || fail "$program does not come up"
            sleep 0.15
            kill -$end "$(cat pid)"
            for _ in $(seq 300); do
                readlink "/proc/$(cat pid)/exe" >link.txt 2>&1 || break
                sleep 0.02
            done
        done
        "$TKA" report --all-sessions >report.txt 2>&1 || { cat report.txt; fail "the report"; }
        expect_calls before $([ $kind = threaded ] && echo 102 || echo 101)
        expect_calls detach 1
        [ "$(calls work)" -ge 1000 ] || fail "calls of work: $(calls work)"
        expect_calls late $([ $end = TERM ] && echo 500 || echo 0)
        expect "sessions" 1 "$(query 'SELECT count(*) FROM session')"
        expect "live files left" "" "$(ls data/performance/live)"
        [ "$(query 'SELECT sum(lost_calls) FROM process')" = 0 ] || fail "lost calls"
    done
done
