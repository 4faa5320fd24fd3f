#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NOT_FOUND = 127, NOT_EXECUTABLE = 126 };

static const int forwarded[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2};

#define FORWARDED_COUNT (sizeof forwarded / sizeof *forwarded)

static volatile sig_atomic_t child_pid; /* 0: no child to pass signals to */

/* What the kernel sends (si_code > 0: Ctrl-C, hang-up) goes to the whole
 * foreground process group, so the program has it already. */
static void pass_on(int number, siginfo_t *information, void *context)
{
    int saved = errno;

    (void)context;
    if (information->si_code <= 0 && child_pid > 0) {
        kill((pid_t)child_pid, number);
    }
    errno = saved;
}

static void set_handlers(struct sigaction *saved)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_sigaction = pass_on;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < FORWARDED_COUNT; i++) {
        sigaction(forwarded[i], &action, &saved[i]);
    }
}

static void restore_handlers(const struct sigaction *saved)
{
    for (size_t i = 0; i < FORWARDED_COUNT; i++) {
        sigaction(forwarded[i], &saved[i], NULL);
    }
}

/* In the child: become the program, or tell the parent why not. */
static void execute(char **arguments, const Variable *variables, size_t count,
                    const sigset_t *mask, int report)
{
    int reason;

    for (size_t i = 0; i < count; i++) {
        setenv(variables[i].name, variables[i].value, 1);
    }
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(arguments[0], arguments);
    reason = errno;
    if (write(report, &reason, sizeof reason) < 0) {
        _exit(NOT_EXECUTABLE);
    }
    _exit(NOT_FOUND);
}

/* Why the child could not become the program; 0 when it did. */
static int read_reason(int descriptor)
{
    int reason = 0;
    ssize_t size;

    do {
        size = read(descriptor, &reason, sizeof reason);
    } while (size < 0 && errno == EINTR);
    return size == (ssize_t)sizeof reason ? reason : 0;
}

static void wait_for(pid_t pid, ChildEnd *end)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    end->pid = (int)pid;
    end->by_signal = WIFSIGNALED(status);
    end->status = end->by_signal ? WTERMSIG(status) : WEXITSTATUS(status);
}

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Signals stay blocked from before the fork until there is a child to pass them
 * to, so that none is lost and none ends tka early. */
static int start_and_wait(char **arguments, const Variable *variables, size_t count,
                          int pipe_ends[2], ChildEnd *end)
{
    struct sigaction saved[FORWARDED_COUNT];
    sigset_t all, mask;
    pid_t pid;
    int reason;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &mask);
    end->started_at = now();
    pid = fork();
    if (pid == 0) {
        execute(arguments, variables, count, &mask, pipe_ends[1]);
    }
    reason = pid < 0 ? errno : 0;
    close(pipe_ends[1]);
    child_pid = pid > 0 ? pid : 0;
    set_handlers(saved);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    if (pid > 0) {
        reason = read_reason(pipe_ends[0]);
        wait_for(pid, end);
    }
    child_pid = 0;
    restore_handlers(saved);
    close(pipe_ends[0]);
    return reason;
}

bool child_run(char **arguments, const Variable *variables, size_t count, ChildEnd *end,
               Error *error)
{
    int pipe_ends[2], reason;

    if (pipe2(pipe_ends, O_CLOEXEC) != 0) {
        return error_set(error, STATUS_FAILURE, "cannot make a pipe: %s",
                         strerror(errno));
    }
    reason = start_and_wait(arguments, variables, count, pipe_ends, end);
    return reason == 0 || error_set(error, reason == ENOENT ? NOT_FOUND : NOT_EXECUTABLE,
                                    "cannot run %s: %s", arguments[0], strerror(reason));
}
