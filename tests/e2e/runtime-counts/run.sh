# Counts are exact with 64 threads at once, with a thousand short threads, and
# whatever the mode; records of threads that ended are taken over.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >threads.c <<'C'
#include <pthread.h>
#include <stdlib.h>
#include <tka/tka.h>

static volatile _Thread_local int sink;

TKA_PROFILE static void leaf(int x)
{
    sink = x;
}

TKA_PROFILE static void middle(int x)
{
    leaf(x);
    leaf(x + 1);
}

static void *work(void *argument)
{
    for (long i = 0; i < (long)argument; i++) {
        middle((int)i);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    int rounds = atoi(argv[1]), width = atoi(argv[2]);
    long calls = atol(argv[3]);

    (void)argc;
    for (int r = 0; r < rounds; r++) {
        pthread_t threads[64];

        for (int i = 0; i < width; i++) {
            pthread_create(&threads[i], NULL, work, (void *)calls);
        }
        for (int i = 0; i < width; i++) {
            pthread_join(threads[i], NULL);
        }
    }
    return 0;
}
C
build threads.c -pthread
for mode in sampled exact count; do
    fresh
    TKA_PROFILING_MODE=$mode ./threads 1 64 20000 || fail "exit status in mode $mode"
    expect_calls middle 1280000
    expect_calls leaf 2560000
    expect "lost in mode $mode" "0|0" "$(query 'SELECT lost_calls,lost_samples FROM process')"
done

fresh
./threads 500 2 10 || fail "exit status of many short threads"
expect_calls leaf 20000
made=$(query 'SELECT threads FROM process')
[ "$made" -le 8 ] || fail "1000 short threads, two at a time, made $made sets of counters"
expect "paths of all threads are one" "leaf|middle" \
    "$(query "SELECT f.name, g.name FROM callpath c JOIN callpath p ON p.id=c.parent_id JOIN function f ON f.id=c.function_id JOIN function g ON g.id=p.function_id")"

# under the sanitizers too, whose runtime ends a thread's before ours may
for sanitizer in thread address undefined; do
    echo 'int main(void) { return 0; }' >empty.c
    "$CC" -fsanitize=$sanitizer empty.c -o empty 2>/dev/null && ./empty || continue
    build threads.c -pthread -fsanitize=$sanitizer
    fresh
    ./threads 2 4 1000 >sanitizer.log 2>&1 || { cat sanitizer.log; fail "-fsanitize=$sanitizer"; }
    [ ! -s sanitizer.log ] || { cat sanitizer.log; fail "-fsanitize=$sanitizer has findings"; }
    expect_calls leaf 16000
done

# closing every descriptor takes nothing away
cat >closer.c <<'C'
#include <pthread.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static void leaf(int x)
{
    sink = x;
}

static void *work(void *argument)
{
    for (int i = 0; i < 1000; i++) {
        leaf(i);
    }
    return argument;
}

int main(void)
{
    pthread_t thread;

    work(NULL);
    for (int fd = 3; fd < 4096; fd++) {
        close(fd);
    }
    if (dup(1) != 3) {
        return 1; /* the lowest free number is the program's */
    }
    for (int i = 0; i < 3; i++) {
        pthread_create(&thread, NULL, work, NULL);
        work(NULL);
        pthread_join(thread, NULL);
    }
    return dup(1) != 4;
}
C
build closer.c -pthread
fresh
./closer || fail "the program sees our descriptors"
expect_calls leaf 7000
