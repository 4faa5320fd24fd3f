#define _GNU_SOURCE
#include "quiet_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const int caught[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM};

#define CAUGHT_COUNT (sizeof caught / sizeof *caught)

static struct sigaction before[CAUGHT_COUNT];
static volatile sig_atomic_t child_group;  /* 0: none */
static volatile sig_atomic_t came;         /* a signal to end by */
static volatile sig_atomic_t time_is_over; /* of the child that runs */

static void note(int number)
{
    int saved = errno;

    if (number == SIGALRM) {
        time_is_over = 1;
    } else {
        came = number;
    }
    if (child_group > 0) {
        kill(-(pid_t)child_group, SIGKILL);
    }
    errno = saved;
}

void quiet_child_signals_begin(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    sigfillset(&action.sa_mask);
    came = 0;
    for (size_t i = 0; i < CAUGHT_COUNT; i++) {
        sigaction(caught[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN || caught[i] == SIGALRM) { /* as by nohup */
            sigaction(caught[i], &action, NULL);
        }
    }
}

int quiet_child_signal(void)
{
    return came;
}

int quiet_child_signals_end(void)
{
    for (size_t i = 0; i < CAUGHT_COUNT; i++) {
        sigaction(caught[i], &before[i], NULL);
    }
    return came;
}

static bool redirect(const char *path, int flags, int descriptor)
{
    int file = open(path, flags, 0600);

    if (file < 0 || dup2(file, descriptor) < 0) {
        return false;
    }
    if (file != descriptor) {
        close(file);
    }
    return true;
}

/* In the child: become the program, or tell the parent why not. */
static void execute(const QuietRun *run, const sigset_t *mask, int report)
{
    int reason;

    setpgid(0, 0);
    for (size_t i = 0; i < CAUGHT_COUNT; i++) {
        signal(caught[i], SIG_DFL);
    }
    for (const QuietVariable *v = run->variables; v->name; v++) {
        if (v->value) {
            setenv(v->name, v->value, 1);
        } else {
            unsetenv(v->name);
        }
    }
    if (chdir(run->directory) == 0 && redirect("/dev/null", O_RDONLY, STDIN_FILENO) &&
        redirect(run->output, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO) &&
        redirect(run->messages, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO)) {
        sigprocmask(SIG_SETMASK, mask, NULL);
        execvp(run->arguments[0], run->arguments);
    }
    reason = errno;
    if (write(report, &reason, sizeof reason) < 0) {
        _exit(126);
    }
    _exit(127);
}

static double now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double timeval_ns(struct timeval time)
{
    return (double)time.tv_sec * 1e9 + (double)time.tv_usec * 1e3;
}

static void set_timer(int ms)
{
    const struct itimerval timer = {.it_value = {ms / 1000, ms % 1000 * 1000}};

    setitimer(ITIMER_REAL, &timer, NULL);
}

static void wait_for(pid_t pid, double started, QuietEnd *end)
{
    struct rusage usage;
    int status = 0;

    memset(&usage, 0, sizeof usage);
    while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    end->wall_ns = now_ns() - started;
    end->cpu_ns = timeval_ns(usage.ru_utime) + timeval_ns(usage.ru_stime);
    end->by_signal = WIFSIGNALED(status);
    end->status = end->by_signal ? WTERMSIG(status) : WEXITSTATUS(status);
}

/* Signals stay blocked from before the fork until there is a group to kill. */
static int start_and_wait(const QuietRun *run, int pipe_ends[2], QuietEnd *end)
{
    sigset_t all, mask;
    double started = now_ns();
    int reason = 0;
    pid_t pid;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &mask);
    pid = fork();
    if (pid == 0) {
        execute(run, &mask, pipe_ends[1]);
    }
    close(pipe_ends[1]);
    if (pid < 0) {
        sigprocmask(SIG_SETMASK, &mask, NULL);
        return errno;
    }
    setpgid(pid, pid);
    time_is_over = 0;
    child_group = pid;
    set_timer(run->limit_ms);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    while (read(pipe_ends[0], &reason, sizeof reason) < 0 && errno == EINTR) {
    }
    wait_for(pid, started, end);
    set_timer(0);
    child_group = 0;
    end->timed_out = time_is_over && end->by_signal && end->status == SIGKILL;
    return reason;
}

bool quiet_child_run(const QuietRun *run, QuietEnd *end, Error *error)
{
    int pipe_ends[2], reason;

    *end = (QuietEnd){0};
    if (!came && pipe2(pipe_ends, O_CLOEXEC) != 0) {
        return error_set(error, STATUS_FAILURE, "cannot make a pipe: %s",
                         strerror(errno));
    }
    if (!came) {
        reason = start_and_wait(run, pipe_ends, end);
        close(pipe_ends[0]);
        if (reason) {
            return error_set(error, STATUS_FAILURE, "cannot run %s in %s: %s",
                             run->arguments[0], run->directory, strerror(reason));
        }
    }
    return !came || error_set(error, STATUS_FAILURE, "ended by signal %d", (int)came);
}
