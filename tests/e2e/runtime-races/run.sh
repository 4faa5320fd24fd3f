# The runtime itself, compiled for ThreadSanitizer, below threads that come and go while
# others store, start sessions and switch modes: the counters, which are read as they are written, are
# all that it finds (suppressions).
. "$(dirname "$0")/../../lib/runtime_case.sh"

here=$(cd "$(dirname "$0")" && pwd)
source_root=$(cd "$here/../../.." && pwd)
flags="-std=c11 -O1 -g -D_GNU_SOURCE -fsanitize=thread -w"
sqlite=$(gcc -print-file-name=libsqlite3.a)
echo 'int main(void) { return 0; }' >empty.c
[ "$(uname -m)" = x86_64 ] && gcc -fsanitize=thread empty.c -o empty 2>/dev/null && ./empty || {
    echo "no ThreadSanitizer"
    exit 77
}

mkdir objects
for file in "$source_root"/runtime/src/*.c; do
    name=$(basename "$file" .c)
    # what runs with the program's values in the vector registers may use no others
    case $name in
    callpath | cputime | deep | sampler | slowpath) own="-mgeneral-regs-only -O2" ;;
    *) own= ;;
    esac
    echo "gcc $flags $own -DTKA_VERSION='\"test\"' -DTKAI_SCHEMA_FILE='\"$source_root/runtime/include/tka/schema.sql\"' \
        -I$source_root/runtime/include -I$source_root/runtime/src -I$source_root/runtime/src/arch/x86_64 \
        -c $file -o objects/$name.o"
done >commands
xargs -P 2 -d '\n' -n 1 bash -c <commands || fail "the runtime does not compile"

cat >program.c <<'C'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <tka/tka.h>

static volatile _Thread_local int sink;
static int running = 1;

TKA_PROFILE static __attribute__((noinline)) void leaf(int x)
{
    sink = x;
}

TKA_PROFILE static __attribute__((noinline)) void recursive(int x)
{
    leaf(x);
    if (x > 0) {
        recursive(x - 1);
    }
}

static void *work(void *argument)
{
    for (int i = 0; i < 1000; i++) {
        recursive(i % 4);
        leaf(i);
    }
    return argument;
}

static void *stores(void *argument)
{
    while (__atomic_load_n(&running, __ATOMIC_RELAXED)) {
        tka_flush();
        tka_session_start("stretch");
        tka_session_stop();
        tka_control("mode exact");
        tka_control("on leaf");
        tka_control("mode sampled");
    }
    return argument;
}

int main(void)
{
    pthread_t threads[8], store;

    leaf(0);
    pthread_create(&store, NULL, stores, NULL);
    for (int round = 0; round < 8; round++) {
        for (int i = 0; i < 8; i++) {
            pthread_create(&threads[i], NULL, work, NULL);
        }
        for (int i = 0; i < 8; i++) {
            pthread_join(threads[i], NULL);
        }
    }
    __atomic_store_n(&running, 0, __ATOMIC_RELAXED);
    pthread_join(store, NULL);
    puts("done");
    return 52;
}
C
"$TKA_CC" gcc -O1 -g -fsanitize=thread -c program.c -o program.o &&
    gcc -fsanitize=thread program.o objects/*.o "$sqlite" -o program -pthread -lm -ldl || fail "the link"
# history_size: suppressions know the storing side of a race by its stack, which must not
# have been forgotten.
for mode in sampled exact count; do
    for interval in 10 1000; do
        fresh
        TKA_PROFILING_MODE=$mode TKA_MONITORING_INTERVAL=$interval \
            TSAN_OPTIONS="history_size=4 suppressions=$here/suppressions log_path=$WORK/log print_suppressions=0" \
            timeout -s KILL 90 ./program >out.txt 2>&1
        expect "status in mode $mode" 52 $?
        ls log.* >found 2>/dev/null && { cat log.* | head -80; fail "findings in mode $mode"; }
        expect "output" "done" "$(cat out.txt)"
        fold || fail "the report"
        expect_calls leaf $((64 * (1000 + 2500) + 1))
        expect_calls recursive $((64 * 2500))
    done
done
