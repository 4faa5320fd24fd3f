#define _GNU_SOURCE /* pipe2 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Never freed: a signal may come at any time. */
typedef struct Doomed {
    struct Doomed *next;
    char path[];
} Doomed;

static Doomed *volatile doomed;
static volatile pid_t running;

static void remove_and_die(int number)
{
    if (running > 0) {
        kill(running, number);
        waitpid(running, NULL, 0); /* it may still be writing */
    }
    for (const Doomed *each = doomed; each; each = each->next) {
        if (unlink(each->path) != 0) {
            rmdir(each->path);
        }
    }
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction old;

        /* What the caller ignores (nohup, background jobs) stays ignored. */
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL) {
            signal(numbers[i], remove_and_die);
        }
    }
}

void process_remove_on_signal(const char *path)
{
    size_t size = strlen(path) + 1;
    Doomed *one = malloc(sizeof *one + size);

    if (one) {
        memcpy(one->path, path, size);
        one->next = doomed;
        doomed = one;
        catch_signals();
    }
}

/* In a child: what is to be removed is the parent's to remove. */
static void forget(void)
{
    doomed = NULL;
    running = 0;
}

_Noreturn void process_exec(char **vector)
{
    execvp(vector[0], vector);
    fprintf(stderr, "tka: %s: %s\n", vector[0], strerror(errno));
    _exit(127);
}

static void pipe_for(Bytes *wanted, int fds[2])
{
    fds[0] = fds[1] = -1;
    if (wanted && pipe2(fds, O_CLOEXEC) != 0) {
        perror("tka: pipe");
        exit(1);
    }
}

/* Append what is there to read; closes the descriptor at its end. */
static void drain(struct pollfd *source, Bytes *into)
{
    char chunk[65536];
    ssize_t got;

    if (source->fd < 0 || !source->revents) {
        return;
    }
    got = read(source->fd, chunk, sizeof chunk);
    if (got > 0) {
        bytes_append(into, chunk, (size_t)got);
    } else if (got == 0 || errno != EINTR) {
        close(source->fd);
        source->fd = -1;
    }
}

static void collect(int out, int err, const Capture *capture)
{
    struct pollfd sources[2] = {{out, POLLIN, 0}, {err, POLLIN, 0}};

    while (sources[0].fd >= 0 || sources[1].fd >= 0) {
        if (poll(sources, 2, -1) < 0) {
            if (errno == EINTR) {
                continue;
            }
            break;
        }
        drain(&sources[0], capture->out);
        drain(&sources[1], capture->err);
    }
}

static int wait_for(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return 127;
        }
    }
    running = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int process_run(char **vector, const Capture *capture)
{
    int out[2], err[2];
    pid_t child;

    pipe_for(capture->out, out);
    pipe_for(capture->err, err);
    catch_signals();
    child = fork();
    if (child < 0) {
        perror("tka: fork");
        exit(1);
    }
    if (child == 0) {
        forget();
        if (out[1] >= 0) {
            dup2(out[1], STDOUT_FILENO);
        }
        if (err[1] >= 0) {
            dup2(err[1], STDERR_FILENO);
        }
        process_exec(vector);
    }
    running = child;
    if (out[1] >= 0) {
        close(out[1]);
    }
    if (err[1] >= 0) {
        close(err[1]);
    }
    collect(out[0], err[0], capture);
    return wait_for(child);
}

int process_isolate(int (*work)(void *), void *argument)
{
    pid_t child;

    fflush(stdout);
    fflush(stderr);
    catch_signals();
    child = fork();
    if (child < 0) {
        return 127;
    }
    if (child == 0) {
        forget();
        _exit(work(argument));
    }
    running = child;
    return wait_for(child);
}

_Noreturn void process_exit_as(int status)
{
    if (status > 128 && status < 128 + 32) {
        signal(status - 128, SIG_DFL);
        raise(status - 128);
    }
    exit(status);
}
