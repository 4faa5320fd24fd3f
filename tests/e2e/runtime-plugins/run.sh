# Twenty instrumented libraries, loaded and unloaded over and over by four threads at
# once, each calling into others and back; also while the store thread is at work and
# across fork. Counts are exact whatever was unloaded when.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >lib.c <<'C'
#include <tka/tka.h>

static volatile int sink;

TKA_PROFILE static void NAME(init_)(void)
{
    sink = NUMBER;
}

__attribute__((constructor)) static void load(void)
{
    NAME(init_)();
}

__attribute__((destructor)) static void unload(void)
{
    NAME(init_)();
}

TKA_PROFILE int entry(int x, int (*back)(int));

TKA_PROFILE_AS(TEXT) int entry(int x, int (*back)(int))
{
    sink = x;
    return back(x) + NUMBER;
}
C
sed -i '/^TKA_PROFILE int entry/,+1d' lib.c
for i in $(seq 20); do
    echo "\"$TKA_CC\" $CC ${OPT:--O2} -fPIC -shared -DNUMBER=$i '-DNAME(x)=x##$i' '-DTEXT=\"entry_$i\"' lib.c -o lib$i.so"
done >commands
xargs -P 2 -d '\n' -n 1 bash -c <commands || fail "a library does not build"

cat >host.c <<'C'
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <tka/tka.h>

#define LIBRARIES 20
#define THREADS 4

static int rounds;
static volatile int forking;

TKA_PROFILE static int callback(int x)
{
    return x & 7;
}

TKA_PROFILE static long use(int number)
{
    char path[40];
    void *handle;
    int (*entry)(int, int (*)(int));
    long sum = 0;

    snprintf(path, sizeof path, "./lib%d.so", number);
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        puts(dlerror());
        exit(1);
    }
    *(void **)&entry = dlsym(handle, "entry");
    for (int i = 0; i < 50; i++) {
        sum += entry(i, callback);
    }
    dlclose(handle);
    return sum;
}

static void *work(void *argument)
{
    long sum = 0, offset = (long)argument;

    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < LIBRARIES; i++) {
            sum += use((int)((i + offset * 5) % LIBRARIES) + 1);
        }
    }
    return (void *)sum;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    long sum = 0;

    (void)argc;
    rounds = atoi(argv[1]);
    forking = atoi(argv[2]);
    for (long i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, work, (void *)i);
    }
    for (int i = 0; i < THREADS; i++) {
        void *result;

        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    for (int i = 0; i < forking; i++) {
        pid_t pid = fork();
        int status;

        if (pid == 0) {
            _exit((int)(use(i % LIBRARIES + 1) % 100));
        }
        waitpid(pid, &status, 0);
        sum += WEXITSTATUS(status);
    }
    printf("%ld\n", sum);
    return 35;
}
C
build_both host.c -pthread -ldl
# what libraries leave of the static TLS glibc gives to others in the reverse order only
export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=100000
rounds=4 # more loads than there are places for modules
for mode in sampled exact; do
    for interval in 1000 10; do
        TKA_PROFILING_MODE=$mode TKA_MONITORING_INTERVAL=$interval same 35 host $rounds 6
        fold || fail "the report"
        expect_calls use $((rounds * 20 * 4 + 6))
        expect_calls callback $(((rounds * 20 * 4 + 6) * 50))
        for i in 1 6 7 20; do
            expect_calls entry_$i $(((rounds * 4 + (i <= 6)) * 50))
        done
        # one call when it is loaded and one when it is unloaded; threads may share that
        loads=$(query "SELECT sum(calls), count(*) FROM measurement JOIN function ON id=function_id WHERE name LIKE 'init%'")
        [ $((${loads%|*} % 2)) = 0 ] && [ ${loads%|*} -le $((2 * (rounds * 20 * 4 + 6))) ] ||
            fail "calls of constructors and destructors: $loads"
        expect "sum over all entries" $(((rounds * 20 * 4 + 6) * 50)) \
            "$(query "SELECT sum(calls) FROM measurement JOIN function ON id=function_id WHERE name LIKE 'entry%'")"
        expect_no_loss
        expect "note" "" "$(query 'SELECT DISTINCT note FROM process')"
    done
done
