# New programs out of a profiled one: vfork, posix_spawn, system, exec of itself, from
# the main thread and from another. Each process counts its own calls and the program
# behaves as without probes.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >spawn.c <<'C'
#define _GNU_SOURCE
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <tka/tka.h>

extern char **environ;
static volatile int sink;

TKA_PROFILE static void in_parent(int x)
{
    sink = x;
}

/* Runs in the child of vfork, which has the parent's memory. */
TKA_PROFILE static __attribute__((noinline)) void in_vfork(int x)
{
    sink = x;
}

TKA_PROFILE static __attribute__((noinline)) void new_in_vfork(int x)
{
    sink = x;
}

TKA_PROFILE static void as_child(int x)
{
    sink = x;
}

TKA_PROFILE static int wait_for(pid_t pid)
{
    int status = 0;

    if (waitpid(pid, &status, 0) != pid) {
        exit(90);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

TKA_PROFILE static __attribute__((noinline)) int by_vfork(const char *self, int how)
{
    pid_t pid = vfork();

    if (pid == 0) {
        if (how == 2) {
            in_vfork(1);
            new_in_vfork(1);
        }
        if (how == 1) {
            execl("/nowhere/at/all", "x", (char *)NULL);
        } else if (how == 0) {
            execl(self, self, "child", "30", (char *)NULL);
        }
        _exit(17);
    }
    return wait_for(pid);
}

TKA_PROFILE static int by_spawn(const char *self)
{
    char *arguments[] = {(char *)(size_t)self, "child", "20", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addclose(&actions, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    if (posix_spawn(&pid, self, &actions, &attributes, arguments, environ) != 0) {
        exit(91);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return wait_for(pid);
}

TKA_PROFILE static int by_popen(const char *self)
{
    char command[4200], line[100] = "";
    FILE *pipe;

    snprintf(command, sizeof command, "'%s' child 10", self);
    pipe = popen(command, "r");
    if (pipe == NULL || fgets(line, sizeof line, pipe) == NULL) {
        exit(92);
    }
    return atoi(line) + WEXITSTATUS(pclose(pipe));
}

static void *all(void *argument)
{
    const char *self = argument;
    long sum = 0;

    for (int i = 0; i < 5; i++) {
        in_parent(i);
        sum += by_vfork(self, 0) + by_vfork(self, 1) + by_vfork(self, 2);
        sum += by_spawn(self) + by_popen(self);
    }
    return (void *)sum;
}

int main(int argc, char **argv)
{
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    pthread_t thread;
    void *result;

    self[length] = '\0';
    if (argc > 2) {
        for (int i = 0; i < 100; i++) {
            as_child(i);
        }
        puts(argv[2]);
        return atoi(argv[2]);
    }
    printf("%ld\n", (long)all(self));
    fflush(stdout);
    pthread_create(&thread, NULL, all, self);
    pthread_join(thread, &result);
    printf("%ld\n", (long)result);
    return 33;
}
C
build_both spawn.c -pthread
for setting in "sampled 1000" "sampled 10" "exact 10"; do
    read -r mode interval <<<"$setting"
    TKA_PROFILING_MODE=$mode TKA_MONITORING_INTERVAL=$interval same 33 spawn
    fold || fail "the report"
    expect_calls in_parent 10
    expect_calls by_vfork 30
    expect_calls by_spawn 10
    expect_calls by_popen 10
    expect_calls wait_for 40
    expect_calls as_child 3000
    # in the parent's memory
    expect_calls in_vfork 10
    expect_calls new_in_vfork 10
    expect "processes" 31 "$(query 'SELECT count(*) FROM process')"
    expect_no_loss
done

# exec of itself, five times over: each image is a session of its own, and what it
# counted before the exec is not lost
cat >again.c <<'C'
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static void work(int x)
{
    sink = x;
}

TKA_PROFILE static void last(void)
{
    sink = 0;
}

TKA_PROFILE static void replace(char **argv, int turn)
{
    char text[20];

    snprintf(text, sizeof text, "%d", turn - 1);
    argv[1] = text;
    execv("/proc/self/exe", argv);
    _exit(99);
}

static void *from_thread(void *argument)
{
    char **argv = argument;

    work(0);
    replace(argv, atoi(argv[1]));
    return NULL;
}

int main(int argc, char **argv)
{
    int turn = atoi(argv[1]);
    pthread_t thread;

    (void)argc;
    for (int fd = 3; turn == 5 && fd < 3000; fd++) {
        close(fd);
    }
    for (int i = 0; i < 1000; i++) {
        work(i);
    }
    /* no descriptor of ours is handed on */
    for (int fd = 3; fd < 3000; fd++) {
        if (turn < 5 && fcntl(fd, F_GETFD) >= 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0) {
            return 98;
        }
    }
    if (turn == 0) {
        last();
        puts("done");
        return 34;
    }
    if (strcmp(argv[2], "slow") == 0) {
        usleep(60000);
        work(0);
        usleep(30000);
    }
    if (turn % 2 == 0) {
        work(0);
        replace(argv, turn);
    }
    pthread_create(&thread, NULL, from_thread, argv);
    pthread_join(thread, NULL);
    return 97;
}
C
build_both again.c -pthread
export TKA_MONITORING_INTERVAL=20
for pace in fast slow; do
    same 34 again 5 $pace
    fold || fail "the report after exec"
    expect_calls work $([ $pace = fast ] && echo 6005 || echo 6010)
    expect_calls replace 5
    expect_calls last 1
    expect "sessions" "6|5" "$(query "SELECT count(*),sum(exit_kind='lost') FROM session")"
    expect_no_loss
done
