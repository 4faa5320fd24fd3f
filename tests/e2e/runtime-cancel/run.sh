# Threads that are cancelled in the middle of probed functions: at a cancellation
# point, at any instruction, in cleanup handlers that are probed, and while they end.
# Counts are exact and the next thread goes on with what they leave.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >deferred.c <<'C'
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <tka/tka.h>

#define THREADS 8
#define ROUNDS 30

static volatile int sink;
static long sums[THREADS], cleaned, read_ends, ended;
static pthread_key_t key;
static int pipes[2];
static sem_t ready;

TKA_PROFILE static void leaf(long *sum)
{
    ++*sum;
}

TKA_PROFILE static void cleanup(void *argument)
{
    (void)argument;
    leaf(&sums[0]);
    __atomic_add_fetch(&cleaned, 1, __ATOMIC_RELAXED);
}

TKA_PROFILE static void key_ends(void *argument)
{
    (void)argument;
    sink = 1;
    __atomic_add_fetch(&ended, 1, __ATOMIC_RELAXED);
}

TKA_PROFILE static int wait_here(int number)
{
    struct timespec pause = {100, 0};
    char byte;

    sem_post(&ready);
    if (number % 3 == 0) {
        nanosleep(&pause, NULL);
    } else if (number % 3 == 1) {
        return (int)read(pipes[0], &byte, 1);
    } else {
        for (;;) {
            pthread_testcancel();
            sink++;
        }
    }
    return 0;
}

TKA_PROFILE static int nested(int number, int depth)
{
    int result;

    pthread_cleanup_push(cleanup, NULL);
    result = depth > 0 ? nested(number, depth - 1) : wait_here(number);
    pthread_cleanup_pop(0);
    return result;
}

TKA_PROFILE static void *work(void *argument)
{
    int number = (int)(long)argument;

    pthread_setspecific(key, &key);
    nested(number, 3);
    __atomic_add_fetch(&read_ends, 1, __ATOMIC_RELAXED);
    return argument;
}

int main(void)
{
    long cancelled = 0;

    sem_init(&ready, 0, 0);
    if (pipe(pipes) != 0) {
        return 1;
    }
    pthread_key_create(&key, key_ends);
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t threads[THREADS];

        for (long i = 0; i < THREADS; i++) {
            pthread_create(&threads[i], NULL, work, (void *)i);
        }
        for (int i = 0; i < THREADS; i++) {
            sem_wait(&ready);
        }
        for (int i = 0; i < THREADS; i++) {
            pthread_cancel(threads[i]);
        }
        for (int i = 0; i < THREADS; i++) {
            void *result;

            pthread_join(threads[i], &result);
            cancelled += result == PTHREAD_CANCELED;
        }
    }
    printf("%ld %ld %ld %ld\n", cancelled, cleaned, read_ends, ended);
    return 41;
}
C
# with -fexceptions cancellation unwinds the frames, without it leaves them by a jump
for flags in -fno-exceptions -fexceptions; do
    build_both deferred.c -pthread $flags
    for mode in sampled exact; do
        TKA_PROFILING_MODE=$mode TKA_MONITORING_INTERVAL=20 same 41 deferred
        expect_calls work 240
        expect_calls nested 960
        expect_calls wait_here 240
        expect_calls cleanup 960
        expect_calls leaf 960
        expect_calls key_ends 240
        expect "lost calls" 0 "$(query 'SELECT lost_calls FROM process')"
        made=$(query 'SELECT threads FROM process')
        [ "$made" -le 12 ] || fail "240 threads, 8 at a time, made $made sets of counters"
    done
done
expect_no_loss
expect "timed returns" "work|240 nested|960" "$(query "SELECT name, samples FROM measurement
    JOIN function ON id=function_id WHERE name IN ('work','nested') ORDER BY 1 DESC" | paste -sd' ')"

# at any instruction: also inside the probes, and in a thread's first call
cat >anywhere.c <<'C'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <tka/tka.h>

#define THREADS 200

static volatile int sink;

struct work {
    volatile long before, after;
};

TKA_PROFILE static __attribute__((noinline)) void leaf(struct work *w)
{
    w->after++;
}

TKA_PROFILE static __attribute__((noinline)) void outer(struct work *w)
{
    for (;;) {
        w->before++;
        leaf(w);
    }
}

static void *work(void *argument)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    outer(argument);
    return NULL;
}

int main(void)
{
    static struct work each[THREADS];
    long before = 0, after = 0, cancelled = 0;
    FILE *truth;

    for (int i = 0; i < THREADS; i++) {
        struct timespec pause = {0, i * 4000};
        pthread_t thread;
        void *result;

        pthread_create(&thread, NULL, work, &each[i]);
        nanosleep(&pause, NULL);
        pthread_cancel(thread);
        pthread_join(thread, &result);
        cancelled += result == PTHREAD_CANCELED;
        before += each[i].before;
        after += each[i].after;
    }
    truth = fopen("truth.range", "w");
    fprintf(truth, "%ld %ld\n", after, before);
    fclose(truth);
    printf("%ld\n", cancelled);
    return 42;
}
C
build_both anywhere.c -pthread
for mode in sampled exact count; do
    TKA_PROFILING_MODE=$mode TKA_MONITORING_INTERVAL=20 \
        TKA_PROFILING_OVERHEAD_THRESHOLD=1000 same 42 anywhere
    read -r least most <truth.range
    n=$(calls leaf)
    [ "$n" -ge "$least" ] && [ "$n" -le "$most" ] || fail "$n calls of leaf, $least to $most made"
    expect "lost calls" 0 "$(query 'SELECT lost_calls FROM process')"
    # one that was cancelled inside a probe leaves its counters to the next in order
    [ $mode != exact ] || expect "all but a few calls are timed" 1 \
        "$(query "SELECT samples >= calls - 400 FROM measurement JOIN function ON id=function_id WHERE name='leaf'")"
done

# a probed function that is a cancellation point's caller is not one itself
cat >state.c <<'C'
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <tka/tka.h>

static volatile int sink;
static pthread_barrier_t barrier;

TKA_PROFILE static void leaf(int x)
{
    sink = x;
}

static void *work(void *argument)
{
    int type, state;

    pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL);
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 20000; i++) {
        leaf(i); /* the cancellation is pending */
    }
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &type);
    return state == PTHREAD_CANCEL_ENABLE && type == PTHREAD_CANCEL_DEFERRED ? argument : NULL;
}

int main(void)
{
    long good = 0;

    pthread_barrier_init(&barrier, NULL, 2);
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        void *result;

        pthread_create(&thread, NULL, work, &barrier);
        pthread_barrier_wait(&barrier);
        pthread_cancel(thread);
        pthread_barrier_wait(&barrier);
        pthread_join(thread, &result);
        good += result == &barrier;
    }
    printf("%ld\n", good);
    return 43;
}
C
build_both state.c -pthread
for mode in sampled exact; do
    TKA_PROFILING_MODE=$mode TKA_MONITORING_INTERVAL=10 same 43 state
    expect "threads that were not cut" 20 "$(cat truth)"
    expect_calls leaf 400000
done
