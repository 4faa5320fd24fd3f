# Situations in which a library in somebody else's process hangs or breaks it: forks
# from two threads, handlers of fork that make probed calls, pending cancellation,
# small stacks, children without fork handlers, a locked live file, a filter on
# system calls, malloc that is probed itself. Each must end, and as without probes.
. "$(dirname "$0")/../../lib/runtime_case.sh"

# ends EXPECTED PROGRAM [ARGUMENTS]: within 20 s, with this status
ends()
{
    local expected=$1
    shift
    timeout -s KILL 20 "$@" >out.txt 2>&1
    expect "status of $*" "$expected" $?
}

cat >fork.c <<'C'
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static void in_handler(void)
{
    sink = 1;
}

TKA_PROFILE static void *forks(void *argument)
{
    for (int i = 0; i < 200; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            _exit(0);
        }
        waitpid(pid, NULL, 0);
    }
    return argument;
}

int main(void)
{
    pthread_t one, two;

    pthread_atfork(in_handler, in_handler, in_handler);
    in_handler();
    pthread_create(&one, NULL, forks, NULL);
    pthread_create(&two, NULL, forks, NULL);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    return 21;
}
C
build fork.c -pthread
fresh
TKA_MONITORING_INTERVAL=10 ends 21 ./fork
expect_calls forks 2

cat >cancel.c <<'C'
#include <pthread.h>
#include <stdint.h>
#include <tka/tka.h>

static volatile int sink, go;

TKA_PROFILE static void first(void)
{
    sink = 1;
}

static void *work(void *argument)
{
    (void)argument;
    while (!go) {
    }
    first(); /* cancelled by now, and this is no place to act on it */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    return (void *)(intptr_t)5;
}

int main(void)
{
    pthread_t thread;
    void *result;

    pthread_create(&thread, NULL, work, NULL);
    pthread_cancel(thread);
    go = 1;
    pthread_join(thread, &result);
    first();
    return result == (void *)(intptr_t)5 ? 22 : 1;
}
C
build cancel.c -pthread
fresh
ends 22 ./cancel
expect_calls first 2

cat >stack.c <<'C'
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <tka/tka.h>

#define STACK 8192

static volatile int sink;
static char memory[2 * STACK];

TKA_PROFILE static void in_thread(int x)
{
    sink = x;
}

TKA_PROFILE static void handle(int signal)
{
    sink = signal;
}

static void *work(void *argument)
{
    in_thread(1);
    return argument;
}

int main(void)
{
    stack_t stack = {.ss_sp = memory + STACK, .ss_size = STACK};
    struct sigaction action;
    pthread_attr_t attributes;
    pthread_t thread;

    memset(&action, 0, sizeof action);
    action.sa_handler = handle;
    action.sa_flags = SA_ONSTACK;
    memset(memory, 0x5a, sizeof memory);
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    for (int i = 0; i < STACK; i++) {
        if (memory[i] != 0x5a) {
            return 1;
        }
    }
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, (size_t)PTHREAD_STACK_MIN);
    pthread_create(&thread, &attributes, work, NULL);
    pthread_join(thread, NULL);
    return 23;
}
C
build stack.c -pthread -D_GNU_SOURCE
fresh
ends 23 ./stack
expect_calls handle 1
expect_calls in_thread 1

cat >bare.c <<'C'
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <tka/tka.h>

TKA_PROFILE static void work(void)
{
    usleep(300);
}

int main(void)
{
    pid_t pid;

    for (int i = 0; i < 1000; i++) {
        work();
    }
    pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        exit(7); /* has the parent's counters and none of its threads */
    }
    waitpid(pid, NULL, 0);
    for (int i = 0; i < 1000; i++) {
        work();
    }
    raise(SIGKILL);
    return 0;
}
C
build bare.c -D_GNU_SOURCE
fresh
TKA_MONITORING_INTERVAL=50 ends 137 ./bare
fold
expect_calls work 2000

cat >waits.c <<'C'
#include <unistd.h>
#include <tka/tka.h>
TKA_PROFILE static void work(void)
{
    usleep(1500000);
}
int main(void)
{
    work();
    return 24;
}
C
build waits.c
fresh
./waits &
waits=$!
for _ in $(seq 100); do
    ls data/live/*.tka >/dev/null 2>&1 && break
    sleep 0.02
done
flock -o data/live/*.tka sleep 12 &
holder=$!
start=$SECONDS
wait $waits
expect "status with the live file locked" 24 $?
[ $((SECONDS - start)) -lt 10 ] || fail "a locked live file held the exit up"
kill $holder
wait $holder 2>/dev/null
fold
expect_calls work 1

cat >filter.c <<'C'
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static void work(int x)
{
    sink = x;
}

int main(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {sizeof code / sizeof *code, code};

    work(0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        return 77;
    }
    for (int i = 0; i < 999; i++) {
        work(i);
    }
    return 25;
}
C
build filter.c
fresh
timeout -s KILL 20 ./filter
status=$?
if [ $status != 77 ]; then
    expect "status under a filter" 25 $status
    fold
    expect_calls work 1000
fi

cat >malloc.c <<'C'
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <tka/tka.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char pool[1 << 22];
static size_t used;

TKA_PROFILE static void *carve(size_t size)
{
    void *memory = pool + used + 16;

    *(size_t *)(void *)(pool + used) = size;
    used += (size + 31) & ~(size_t)15;
    return memory;
}

void *malloc(size_t size)
{
    void *memory;

    pthread_mutex_lock(&lock);
    memory = carve(size);
    pthread_mutex_unlock(&lock);
    return memory;
}

void free(void *memory)
{
    (void)memory;
}

void *calloc(size_t count, size_t size)
{
    return malloc(count * size); /* the pool is zeroed and never reused */
}

void *realloc(void *old, size_t size)
{
    char *memory = malloc(size);

    if (old != NULL) {
        memcpy(memory, old, size < ((size_t *)old)[-2] ? size : ((size_t *)old)[-2]);
    }
    return memory;
}

static void *work(void *argument)
{
    (void)argument;
    return malloc(10);
}

int main(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
    return 26;
}
C
build malloc.c -pthread -fno-builtin
fresh
ends 26 ./malloc
