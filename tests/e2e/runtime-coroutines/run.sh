# Coroutines that switch stacks (ucontext) in the middle of probed functions, and that
# go on in another thread than they were left in. Counts are exact, nothing crashes,
# and no time is longer than the run.
. "$(dirname "$0")/../../lib/runtime_case.sh"

# Totals that no schedule can have made: negative, or more than a call's share of the
# run.
expect_sane_times()
{
    expect "insane times" 0 "$(query "SELECT count(*) FROM measurement m JOIN process p ON p.id=m.process_id
        WHERE total_ns<0 OR child_ns<0 OR max_ns>wall_ns*1.1 OR min_ns>max_ns OR outer_ns<0
            OR total_ns>wall_ns*1.1*calls OR weight<samples")"
}

cat >ring.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <tka/tka.h>

#define ROUTINES 50
#define TURNS 200

static ucontext_t scheduler, routines[ROUTINES];
static int ended[ROUTINES], current;
static volatile int sink;
static long sum;

TKA_PROFILE static __attribute__((noinline)) void leaf(int x)
{
    sink = x;
}

TKA_PROFILE static __attribute__((noinline)) void yield(void)
{
    swapcontext(&routines[current], &scheduler);
}

TKA_PROFILE static __attribute__((noinline)) void step(int x, int depth)
{
    leaf(x);
    if (depth > 0) {
        step(x, depth - 1);
    } else {
        yield();
    }
    leaf(x);
    sum += x + depth;
}

TKA_PROFILE static void routine(int number)
{
    for (int i = 0; i < TURNS; i++) {
        step(i, number % 5);
    }
    ended[number] = 1;
}

TKA_PROFILE static int run_once(void)
{
    int left = 0;

    for (int i = 0; i < ROUTINES; i++) {
        if (!ended[i]) {
            left++;
            current = i;
            swapcontext(&scheduler, &routines[i]);
            leaf(i);
        }
    }
    return left;
}

int main(int argc, char **argv)
{
    size_t size = 64 << 10;
    int rounds = 0;

    for (int i = 0; i < ROUTINES; i++) {
        getcontext(&routines[i]);
        routines[i].uc_stack.ss_sp = malloc(size);
        routines[i].uc_stack.ss_size = size;
        routines[i].uc_link = &scheduler;
        makecontext(&routines[i], (void (*)(void))routine, 1, i);
    }
    if (argc > 1 && strcmp(argv[1], "inside") != 0) {
        leaf(0); /* the thread's counters are made on its own stack */
    }
    while (run_once() != 0) {
        rounds++;
    }
    printf("%ld %d\n", sum, rounds);
    return 39;
}
C
build_both ring.c
for mode in sampled exact count; do
    for how in outside inside; do
        TKA_PROFILING_MODE=$mode same 39 ring $how
        expect_calls routine 50
        expect_calls yield $((50 * 200))
        expect_calls step $((200 * 10 * (1 + 2 + 3 + 4 + 5)))
        expect_calls leaf $((200 * 10 * 15 * 2 + 50 * 201 + ($([ $how = outside ] && echo 1 || echo 0))))
        expect_calls run_once 202
        expect "lost calls" 0 "$(query 'SELECT lost_calls FROM process')"
        expect_sane_times
    done
done

# A queue of coroutines that four threads take from: each turn may be in another one.
cat >migrate.c <<'C'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
#include <tka/tka.h>

#define ROUTINES 40
#define TURNS 500
#define THREADS 4

struct routine {
    ucontext_t context;
    ucontext_t *volatile back;
    int number, ended;
    long sum;
    struct routine *next;
};

static struct routine routines[ROUTINES], *head, *tail;
static int left = ROUTINES;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

TKA_PROFILE static __attribute__((noinline)) void leaf(struct routine *r, int x)
{
    r->sum += x;
}

TKA_PROFILE static __attribute__((noinline)) void pause_here(struct routine *r)
{
    swapcontext(&r->context, r->back);
}

TKA_PROFILE static __attribute__((noinline)) void step(struct routine *r, int x)
{
    leaf(r, x);
    pause_here(r);
    leaf(r, 1);
}

TKA_PROFILE static void body(int number)
{
    for (int i = 0; i < TURNS; i++) {
        step(&routines[number], i);
    }
    routines[number].ended = 1;
}

static void entry(int number)
{
    body(number);
    setcontext(routines[number].back);
}

TKA_PROFILE static __attribute__((noinline)) struct routine *take(void)
{
    struct routine *r;

    pthread_mutex_lock(&lock);
    r = head;
    if (r != NULL) {
        head = r->next;
        tail = head == NULL ? NULL : tail;
    }
    pthread_mutex_unlock(&lock);
    return r;
}

TKA_PROFILE static __attribute__((noinline)) void give(struct routine *r)
{
    pthread_mutex_lock(&lock);
    r->next = NULL;
    if (tail != NULL) {
        tail->next = r;
    } else {
        head = r;
    }
    tail = r;
    pthread_mutex_unlock(&lock);
}

TKA_PROFILE static __attribute__((noinline)) void resume(struct routine *r)
{
    ucontext_t here;

    r->back = &here;
    swapcontext(&here, &r->context);
}

static void *work(void *argument)
{
    while (__atomic_load_n(&left, __ATOMIC_SEQ_CST) > 0) {
        struct routine *r = head != NULL ? take() : NULL;

        if (r == NULL) {
            sched_yield();
            continue;
        }
        resume(r);
        if (r->ended) {
            __atomic_sub_fetch(&left, 1, __ATOMIC_SEQ_CST);
        } else {
            give(r);
        }
    }
    return argument;
}

int main(void)
{
    pthread_t threads[THREADS];
    long sum = 0;

    for (int i = 0; i < ROUTINES; i++) {
        struct routine *r = &routines[i];

        getcontext(&r->context);
        r->number = i;
        r->context.uc_stack.ss_sp = malloc(64 << 10);
        r->context.uc_stack.ss_size = 64 << 10;
        makecontext(&r->context, (void (*)(void))entry, 1, i);
        give(r);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, work, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < ROUTINES; i++) {
        sum += routines[i].sum;
    }
    printf("%ld\n", sum);
    return 40;
}
C
build_both migrate.c -pthread
for mode in sampled exact count; do
    for round in 1 2 3; do
        TKA_PROFILING_MODE=$mode TKA_MONITORING_INTERVAL=10 same 40 migrate
        expect_calls body 40
        expect_calls step 20000
        expect_calls pause_here 20000
        expect_calls leaf 40000
        expect_calls resume 20040
        expect_calls give 20040
        expect "lost calls" 0 "$(query 'SELECT lost_calls FROM process')"
        # a timed call that ends on another thread is told as a lost sample
        [ $mode != exact ] || expect "calls neither timed nor told" 0 \
            "$(query "SELECT sum(calls-samples)-(SELECT lost_samples FROM process) FROM measurement")"
        expect_sane_times
    done
done
