# Signal handlers that run probed functions: on a stack of their own, interrupting
# themselves, left by siglongjmp, in many threads at once, and as the first probed call
# of the process or the thread. Counts are exact.
. "$(dirname "$0")/../../lib/runtime_case.sh"

# truth: lines "NAME CALLS"
expect_truth()
{
    local name count
    while read -r name count; do
        expect_calls "$name" "$count"
    done <truth.calls
}

cat >nested.c <<'C'
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <tka/tka.h>

static volatile int sink;
static volatile long in_handler, in_depth;
static volatile int depth, deepest;

TKA_PROFILE static __attribute__((noinline)) void leaf(int x)
{
    sink = x;
}

TKA_PROFILE static __attribute__((noinline)) int deeper(int x)
{
    leaf(x);
    return x;
}

/* Interrupts itself: SA_NODEFER. */
TKA_PROFILE static void handle(int signal)
{
    in_handler++;
    depth++;
    deepest = depth > deepest ? depth : deepest;
    deeper(signal);
    if (depth < 20) {
        in_depth++;
        raise(SIGUSR1);
    }
    depth--;
}

TKA_PROFILE static void on_timer(int signal)
{
    in_handler++;
    deeper(signal);
}

int main(int argc, char **argv)
{
    struct itimerval timer = {{0, 100}, {0, 100}}, off = {{0, 0}, {0, 0}};
    struct sigaction action;
    stack_t stack = {.ss_size = 1 << 18};
    long calls = 0, timers;
    FILE *truth;

    stack.ss_sp = malloc(stack.ss_size);
    if (strcmp(argv[1], "stack") == 0 && sigaltstack(&stack, NULL) != 0) {
        return 1;
    }
    memset(&action, 0, sizeof action);
    action.sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESTART;
    action.sa_handler = handle;
    sigaction(SIGUSR1, &action, NULL);
    if (argc > 2) {
        raise(SIGUSR1); /* the very first probed call of the process */
    }
    for (int i = 0; i < 200; i++) {
        raise(SIGUSR1);
        deeper(i);
        calls++;
    }
    action.sa_handler = on_timer;
    sigaction(SIGALRM, &action, NULL);
    timers = in_handler;
    setitimer(ITIMER_REAL, &timer, NULL);
    while (in_handler - timers < 200) {
        for (int i = 0; i < 1000; i++) {
            deeper(i);
            calls++;
        }
    }
    setitimer(ITIMER_REAL, &off, NULL);
    truth = fopen("truth.calls", "w");
    fprintf(truth, "handle %ld\non_timer %ld\ndeeper %ld\nleaf %ld\n", timers,
            in_handler - timers, in_handler + calls, in_handler + calls);
    fclose(truth);
    printf("%d %ld %ld\n", deepest, timers, in_depth);
    return 36;
}
C
build_both nested.c
for mode in sampled exact count; do
    for arguments in none "stack first"; do
        TKA_PROFILING_MODE=$mode same 36 nested $arguments
        expect_truth
        expect "lost calls" 0 "$(query 'SELECT lost_calls FROM process')"
    done
done

# Each thread counts on its own what it called before it did.
cat >jumps.c <<'C'
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <tka/tka.h>

#define THREADS 4
#define JUMPS 80

static volatile int sink;
static __thread sigjmp_buf env;
static __thread volatile sig_atomic_t armed;
static __thread volatile long worked, entered, handled, jumped;
static volatile int running;
static long total_worked, total_handled, total_entered, total_jumped;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

TKA_PROFILE static __attribute__((noinline)) void leaf(int x)
{
    sink = x;
}

TKA_PROFILE static void handle(int signal)
{
    handled++;
    leaf(signal);
    if (armed) {
        armed = 0;
        jumped++;
        siglongjmp(env, 1);
    }
}

/* Interrupted anywhere, so only what is inside of the armed part may be cut. */
TKA_PROFILE static __attribute__((noinline)) void middle(void)
{
    armed = 1;
    while (armed) {
        worked++;
        sink++;
    }
}

TKA_PROFILE static void *work(void *argument)
{
    stack_t stack = {.ss_size = 1 << 17};

    stack.ss_sp = malloc(stack.ss_size);
    sigaltstack(&stack, NULL);
    __atomic_add_fetch(&running, 1, __ATOMIC_SEQ_CST);
    while (jumped < JUMPS) {
        if (sigsetjmp(env, 1) == 0) {
            entered++;
            middle();
        }
    }
    pthread_mutex_lock(&lock);
    total_handled += handled;
    total_entered += entered;
    total_jumped += jumped;
    pthread_mutex_unlock(&lock);
    __atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
    while (running >= 0) { /* signals may still come: take them, do not jump */
        usleep(1000);
    }
    pthread_mutex_lock(&lock);
    total_handled += handled;
    pthread_mutex_unlock(&lock);
    return argument;
}

int main(int argc, char **argv)
{
    struct sigaction action;
    pthread_t threads[THREADS];
    FILE *truth;

    memset(&action, 0, sizeof action);
    action.sa_handler = handle;
    action.sa_flags = argc > 1 && strcmp(argv[1], "stack") == 0 ? SA_ONSTACK : 0;
    sigaction(SIGUSR1, &action, NULL);
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, work, NULL);
    }
    while (running < THREADS) {
        usleep(100);
    }
    while (running > 0) {
        for (int i = 0; i < THREADS; i++) {
            pthread_kill(threads[i], SIGUSR1);
        }
        usleep(200);
    }
    usleep(20000);
    total_handled = 0; /* each adds all that it handled, once more */
    running = -1;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    truth = fopen("truth.calls", "w");
    fprintf(truth, "handle %ld\nleaf %ld\nmiddle %ld\nwork %d\n", total_handled,
            total_handled, total_entered, THREADS);
    fclose(truth);
    printf("%d\n", total_jumped >= THREADS * JUMPS);
    return 37;
}
C
build_both jumps.c -pthread
for mode in sampled exact; do
    for stack in stack none; do
        TKA_PROFILING_MODE=$mode same 37 jumps $stack
        expect_truth
        expect "lost calls" 0 "$(query 'SELECT lost_calls FROM process')"
        paths=$(query 'SELECT count(*) FROM callpath')
        [ "$paths" -le 30 ] || fail "$paths call paths after jumps out of handlers"
    done
done

# jumps out of handlers that interrupt the probes themselves
cat >anywhere.c <<'C'
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <tka/tka.h>

static volatile int sink;
static sigjmp_buf env;
static volatile long handled, jumps, before, after;

TKA_PROFILE static __attribute__((noinline)) void leaf(int x)
{
    after++;
    sink = x;
}

TKA_PROFILE static __attribute__((noinline)) void outer(int x)
{
    for (;;) {
        before++;
        leaf(x);
    }
}

TKA_PROFILE static void handle(int signal)
{
    handled++;
    sink = signal;
    siglongjmp(env, 1);
}

int main(void)
{
    struct itimerval timer = {{0, 200}, {0, 200}}, off = {{0, 0}, {0, 0}};
    FILE *truth;

    signal(SIGALRM, handle);
    setitimer(ITIMER_REAL, &timer, NULL);
    if (sigsetjmp(env, 1) == 0 || handled < 1500) {
        jumps++;
        outer(1);
    }
    setitimer(ITIMER_REAL, &off, NULL);
    truth = fopen("truth.calls", "w");
    fprintf(truth, "handle %ld\n", handled);
    fclose(truth);
    truth = fopen("truth.range", "w");
    fprintf(truth, "%ld %ld\n", after, before);
    fclose(truth);
    puts("done");
    return 38;
}
C
build_both anywhere.c
for mode in sampled exact; do
    TKA_PROFILING_MODE=$mode same 38 anywhere
    # a call whose probe was cut short may be counted or not: handle's too
    read -r least most <truth.range
    n=$(calls leaf)
    [ "$n" -ge "$least" ] && [ "$n" -le "$most" ] || fail "$n calls of leaf, $least to $most made"
    n=$(calls handle)
    read -r _ most <truth.calls
    [ "$n" -le "$most" ] && [ "$n" -ge $((most - 2)) ] || fail "$n calls of handle, $most made"
    expect "lost calls" 0 "$(query 'SELECT lost_calls FROM process')"
done
