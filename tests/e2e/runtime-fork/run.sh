# Parent and children each have their own counts, however they end, and a run
# is one session; children that profile nothing leave nothing.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >family.c <<'C'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static void in_parent(int x)
{
    sink = x;
}

TKA_PROFILE static void in_child(int x)
{
    sink = x;
}

TKA_PROFILE static pid_t fork_inside(int quiet, int n)
{
    pid_t pid = fork();

    if (pid == 0) {
        for (int i = 0; !quiet && i < 1000; i++) {
            in_child(i);
        }
        if (n % 4 == 0) {
            exit(0);
        } else if (n % 4 == 1) {
            execl("/bin/true", "true", (char *)NULL);
        }
        _exit(0);
    }
    return pid;
}

static void *count(void *argument)
{
    for (int i = 0; i < 100000; i++) {
        in_parent(i);
    }
    return argument;
}

int main(int argc, char **argv)
{
    int children = atoi(argv[1]), quiet = argc > 2;
    pthread_t thread;

    pthread_create(&thread, NULL, count, NULL);
    for (int i = 0; i < children; i++) {
        fork_inside(quiet, i);
        in_parent(i);
        if (i % 8 == 7) {
            while (wait(NULL) > 0) {
            }
        }
    }
    while (wait(NULL) > 0) {
    }
    pthread_join(thread, NULL);
    puts("done");
    return 7;
}
C
build family.c -pthread
fresh
expect "output" done "$(./family 200)"
fold || fail "the report after a fork storm"
expect_calls in_parent 100200
expect_calls in_child 200000
expect_calls fork_inside 200
expect "sessions" "1|exit|7" "$(query 'SELECT count(*),exit_kind,exit_status FROM session')"
expect "processes" 201 "$(query 'SELECT count(*) FROM process')"
expect "live files left" "" "$(ls data/live)"

fresh
./family 20 quiet >/dev/null
expect "processes when children profile nothing" 1 "$(query 'SELECT count(*) FROM process')"
expect_calls in_parent 100020

# a process that forks before it profiles, and a daemon
cat >early.c <<'C'
#include <unistd.h>
#include <sys/wait.h>
#include <tka/tka.h>
TKA_PROFILE static void work(void) { }
int main(void)
{
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            work();
            return 0;
        }
        wait(NULL);
        _exit(0);
    }
    wait(NULL);
    work();
    return 0;
}
C
build early.c
fresh
./early
expect_calls work 2
expect "sessions, processes" "1|2|exit" "$(query 'SELECT (SELECT count(*) FROM session),
    (SELECT count(*) FROM process), exit_kind FROM session')"

# where the parent profiles nothing the run is one all the same, and has an end
cat >workers.c <<'C'
#include <unistd.h>
#include <sys/wait.h>
#include <tka/tka.h>
TKA_PROFILE static void work(void) { }
int main(void)
{
    for (int i = 0; i < 5; i++) {
        if (fork() == 0) {
            work();
            return 0;
        }
    }
    while (wait(NULL) > 0) {
    }
    return 0;
}
C
build workers.c
fresh
./workers
expect_calls work 5
expect "sessions, processes" "1|5|1" "$(query 'SELECT (SELECT count(*) FROM session),
    (SELECT count(*) FROM process), ended_at IS NOT NULL FROM session')"
