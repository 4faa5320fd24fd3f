# All the ways out of a function: longjmp, exceptions, exit, abort, _exit,
# pthread_exit, cancellation, signals, exit handlers. Counts are exact, the exit
# status is the program's, and paths stay bounded.
. "$(dirname "$0")/../../lib/runtime_case.sh"

# a thousand longjmps over two scopes, caught where nothing is probed
cat >jump.c <<'C'
#include <setjmp.h>
#include <tka/tka.h>

static jmp_buf env;
static volatile int sink;

TKA_PROFILE static void inner(int x)
{
    sink = x;
    if (x % 2) {
        longjmp(env, 1);
    }
}

TKA_PROFILE static void outer(int x)
{
    inner(x);
}

static void loop(int n)
{
    for (volatile int i = 0; i < n; i++) {
        if (setjmp(env) == 0) {
            outer(i);
        }
    }
}

TKA_PROFILE int main(void)
{
    loop(2000);
    return 5;
}
C
build jump.c
for mode in sampled exact; do
    fresh
    TKA_PROFILING_MODE=$mode ./jump
    expect "status" 5 $?
    expect_calls outer 2000
    expect_calls inner 2000
    expect_calls main 1
    paths=$(query 'SELECT count(*) FROM callpath')
    [ "$paths" -le 8 ] || fail "$paths call paths after longjmps in mode $mode"
done
expect "timed returns of inner" 1000 \
    "$(query "SELECT samples FROM measurement JOIN function ON id=function_id WHERE name='inner'")"
expect "share of inner below main" 1 \
    "$(query "SELECT max(m.id) IS NOT NULL FROM callpath m JOIN function f ON f.id=m.function_id JOIN callpath p ON p.id=m.parent_id JOIN callpath q ON q.id=p.parent_id JOIN function g ON g.id=q.function_id WHERE f.name='inner' AND g.name='main'")"

cat >throw.cpp <<'C'
#include <stdexcept>
#include <tka/tka.h>

struct Guard {
    TKA_PROFILE Guard() { }
    TKA_PROFILE ~Guard() { }
};

TKA_PROFILE static int thrower(int x)
{
    Guard guard;
    if (x % 3 == 0) {
        throw std::runtime_error("x");
    }
    return x;
}

TKA_PROFILE static int middle(int x)
{
    Guard guard;
    return thrower(x);
}

int main()
{
    int caught = 0;
    for (int i = 0; i < 3000; i++) {
        try {
            middle(i);
        } catch (const std::exception &) {
            caught++;
        }
    }
    return caught == 1000 ? 3 : 1;
}
C
build throw.cpp
fresh
TKA_PROFILING_MODE=exact ./throw
expect "status" 3 $?
expect "calls and returns" "6000|6000" \
    "$(query "SELECT sum(calls),sum(samples) FROM measurement JOIN function ON id=function_id WHERE name LIKE 'Guard::Guard%'")"
expect "calls and returns" "3000|3000" \
    "$(query "SELECT sum(calls),sum(samples) FROM measurement JOIN function ON id=function_id WHERE name LIKE 'thrower%'")"

# ends of a process
cat >ends.c <<'C'
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static void leaf(int x)
{
    sink = x;
}

TKA_PROFILE static void at_end(void)
{
    leaf(0);
}

__attribute__((constructor)) static void before_main(void)
{
    leaf(0);
}

__attribute__((destructor)) static void after_main(void)
{
    at_end();
}

TKA_PROFILE static void *thread_ends(void *argument)
{
    leaf(1);
    pthread_exit(argument);
}

TKA_PROFILE static void *thread_waits(void *argument)
{
    leaf(1);
    for (;;) {
        usleep(1000);
    }
    return argument;
}

TKA_PROFILE static void finish(const char *how)
{
    leaf(2);
    if (strcmp(how, "exit") == 0) {
        exit(9);
    } else if (strcmp(how, "abort") == 0) {
        abort();
    } else if (strcmp(how, "_exit") == 0) {
        _exit(8);
    } else if (strcmp(how, "segv") == 0) {
        raise(SIGSEGV);
    } else if (strcmp(how, "quick") == 0) {
        quick_exit(7);
    }
}

TKA_PROFILE int main(int argc, char **argv)
{
    pthread_t thread;

    (void)argc;
    atexit(at_end);
    pthread_create(&thread, NULL, thread_ends, NULL);
    pthread_join(thread, NULL);
    pthread_create(&thread, NULL, thread_waits, NULL);
    usleep(20000);
    pthread_cancel(thread);
    pthread_join(thread, NULL);
    finish(argv[1]);
    return 6;
}
C
build ends.c -pthread
ends()
{
    fresh
    ./ends "$1" 2>/dev/null
    expect "status of $1" "$2" $?
    fold
    expect_calls leaf "$3"
    expect_calls finish 1
    expect_calls thread_ends 1
    expect_calls thread_waits 1
    expect "how $1 is stored" "$4" "$(query "SELECT exit_kind||coalesce('|'||exit_status,'') FROM session")"
}
ends return 6 6 "exit|6"
ends exit 9 6 "exit|9"
expect "main is timed to the exit" 1 \
    "$(query "SELECT samples FROM measurement JOIN function ON id=function_id WHERE name='main'")"
ends abort 134 4 lost
ends segv 139 4 lost
ends _exit 8 4 lost
ends quick 7 4 lost

# a storm of signals whose handler runs the functions it interrupts
cat >storm.c <<'C'
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <tka/tka.h>

static volatile int sink;
static volatile long in_handler;

TKA_PROFILE static __attribute__((noinline)) void leaf(int x)
{
    sink = x;
}

static void handle(int signal)
{
    in_handler++;
    leaf(signal);
}

int main(void)
{
    struct itimerval timer = {{0, 50}, {0, 50}}, off = {{0, 0}, {0, 0}};
    long i;

    signal(SIGALRM, handle);
    setitimer(ITIMER_REAL, &timer, NULL);
    for (i = 0; i < 20000000 || (in_handler < 200 && i < 2000000000); i++) {
        leaf(1);
    }
    setitimer(ITIMER_REAL, &off, NULL);
    printf("%ld\n", i + in_handler);
    return 0;
}
C
build storm.c
for mode in sampled exact; do
    fresh
    truth=$(TKA_PROFILING_MODE=$mode ./storm)
    expect_calls leaf "$truth"
done
