# Switching amid what is hostile to it: libraries unloaded meanwhile, handlers that jump
# away, files that may not grow, sessions begun in other modes, calls longer than an
# interval, a database that goes away, numbers in a locale with a decimal comma.
. "$(dirname "$0")/../../lib/runtime_case.sh"

# a library comes and goes while its functions are switched
{
    echo '#include <tka/tka.h>'
    echo 'static volatile int sink;'
    for i in $(seq 500); do echo "TKA_PROFILE static void f$i(void) { sink++; }"; done
    echo 'void all(void);'
    echo 'void all(void)'
    echo '{'
    for i in $(seq 500); do echo "    f$i();"; done
    echo '}'
} >plug.c
cat >host.c <<'C'
#include <dlfcn.h>
#include <pthread.h>
#include <time.h>
#include <tka/tka.h>

static volatile int stop;

TKA_PROFILE static void own(void)
{
}

static void *switches(void *unused)
{
    for (int i = 0; !stop; i++) {
        tka_control(i % 2 ? "off f*" : "on f*");
    }
    return unused;
}

int main(void)
{
    time_t end = time(NULL) + 4;
    pthread_t thread;

    own();
    pthread_create(&thread, NULL, switches, NULL);
    while (time(NULL) < end) {
        void *plug = dlopen("./plug.so", RTLD_NOW);

        if (plug == NULL) {
            return 1;
        }
        ((void (*)(void))dlsym(plug, "all"))();
        dlclose(plug);
    }
    stop = 1;
    pthread_join(thread, NULL);
    return 0;
}
C
"$TKA_CC" "$CC" -O2 -fPIC -shared plug.c -o plug.so || fail "plug.so does not build"
build host.c -pthread -ldl
fresh
./host || fail "a library that is switched while it is unloaded: $?"

# handlers jump out of whatever they interrupt
cat >jump.c <<'C'
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <tka/tka.h>

static sigjmp_buf place;
static volatile int armed, stop;
static volatile long done;

TKA_PROFILE static void work(void)
{
    done++;
}

static void handler(int signal)
{
    (void)signal;
    if (armed) {
        armed = 0;
        siglongjmp(place, 1);
    }
}

static void *switches(void *unused)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    for (int i = 0; !stop; i++) {
        struct timespec pause = {0, 2000000};

        nanosleep(&pause, NULL);
        tka_control(i % 2 ? "threshold 999" : "threshold 1000");
    }
    return unused;
}

int main(void)
{
    struct itimerval often = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
    struct sigaction action;
    sigset_t alarm_only;
    time_t end = time(NULL) + 3;
    pthread_t thread;

    work();
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(SIGALRM, &action, NULL);
    /* blocked before it begins: it may begin late, and jump from its own stack then */
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarm_only, NULL);
    pthread_create(&thread, NULL, switches, NULL);
    pthread_sigmask(SIG_UNBLOCK, &alarm_only, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    while (time(NULL) < end) {
        if (sigsetjmp(place, 1) == 0) {
            armed = 1;
            for (int i = 0; i < 3000; i++) {
                work();
            }
            armed = 0;
        }
    }
    setitimer(ITIMER_REAL, &never, NULL);
    stop = 1;
    pthread_join(thread, NULL);
    printf("%ld\n", done);
    return 0;
}
C
build jump.c -pthread
fresh
TKA_PROFILING_OVERHEAD_THRESHOLD=1000 ./jump >made || fail "jump: $?"
fold
# a call that is jumped out of may be counted before the program does
counted=$(calls work) made=$(cat made)
[ "$counted" -ge "$made" ] && [ "$counted" -le $((made + made / 1000 + 10000)) ] ||
    fail "$counted calls of work counted, $made made"

# nothing changes errno where no memory is to be had from a file
{
    echo '#include <errno.h>'
    echo '#include <signal.h>'
    echo '#include <sys/resource.h>'
    echo '#include <tka/tka.h>'
    for i in $(seq 60); do echo "TKA_PROFILE static void f$i(void) { }"; done
    echo 'int main(void)'
    echo '{'
    echo '    struct rlimit limit = {4096, 4096};'
    echo '    f1(); signal(SIGXFSZ, SIG_IGN); setrlimit(RLIMIT_FSIZE, &limit); errno = 0;'
    for i in $(seq 2 60); do echo "    f$i(); if (errno != 0) { return $i; }"; done
    echo '    return 0;'
    echo '}'
} >error.c
build error.c
fresh
./error || fail "errno is changed by call $?"

# a session in which functions are only counted
cat >counted.c <<'C'
#include <time.h>
#include <tka/tka.h>

static volatile long sink;

TKA_PROFILE static void io(long us)
{
    struct timespec wait = {0, us * 1000};

    nanosleep(&wait, NULL);
}

TKA_PROFILE static void tiny(long x)
{
    sink += x;
}

int main(void)
{
    for (int i = 0; i < 300; i++) {
        io(1000);
    }
    for (int i = 0; i < 5000000; i++) {
        tiny(i);
    }
    if (tka_control("mode count") != 0 || tka_session_start("quiet") != 0) {
        return 1;
    }
    for (int i = 0; i < 100; i++) {
        io(0);
        tiny(i);
    }
    return tka_session_stop();
}
C
build counted.c
fresh
TKA_PROFILING_OVERHEAD_THRESHOLD=20 ./counted || fail "counted: $?"
fold
expect "calls of the session, untimed" "100|0|1" "$(query "SELECT m.calls, m.samples,
    m.total_ns BETWEEN 0 AND 100000 FROM measurement m JOIN session s ON s.id=m.session_id
    JOIN function f ON f.id=m.function_id WHERE s.name='quiet' AND f.name='io'")"

# calls longer than an interval are in the interval that they end in
cat >long.c <<'C'
#include <time.h>
#include <tka/tka.h>

static void wait_ms(long ms)
{
    struct timespec wait = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&wait, NULL);
}

TKA_PROFILE static void job(void)
{
    wait_ms(700);
}

TKA_PROFILE static void tick(void)
{
    wait_ms(1);
}

int main(void)
{
    for (int i = 0; i < 3; i++) {
        for (int n = 0; n < 300; n++) {
            tick();
        }
        job();
    }
    return 0;
}
C
build long.c
fresh
TKA_MONITORING_INTERVAL=200 ./long || fail "long: $?"
"$TKA" show job --format json >show.json || fail "tka show"
# id, calls, samples, ... of the first function of each blob that is not tick's
expect "samples of job in its intervals" 3 "$(sqlite3 :memory: "SELECT sum(value->>'samples')
    FROM json_each(readfile('show.json'), '\$.over_time')")"

# the database goes away: the next has what is idle, too
cat >gone.c <<'C'
#include <time.h>
#include <tka/tka.h>
#include <unistd.h>

TKA_PROFILE static void once(void)
{
}

TKA_PROFILE static void often(void)
{
    struct timespec wait = {0, 1000000};

    nanosleep(&wait, NULL);
}

int main(int argc, char **argv)
{
    for (int i = 0; i < 50; i++) {
        once();
    }
    for (int i = 0; i < 1500; i++) {
        often();
    }
    unlink(argv[argc - 1]);
    for (int i = 0; i < 1500; i++) {
        often();
    }
    _exit(0);
}
C
build gone.c
fresh
TKA_MONITORING_INTERVAL=100 ./gone "$database" || fail "gone: $?"
# what the process itself had stored, before anybody folds what it left
expect "rows of what is idle" 50 "$(query "SELECT sum(calls) FROM measurement JOIN function ON id=function_id WHERE name='once'")"
exit 0
