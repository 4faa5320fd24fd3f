# Probed functions that run before main and after it: constructors with and without a
# priority, static and thread-local objects of C++, exit handlers that register others,
# in the program, in a library that it is linked with and in a plug-in. All are
# counted, once, also in a static executable and when another thread calls exit.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >part.h <<'C'
#include <stdlib.h>
#include <tka/tka.h>

/* PART names what each part of the program counts for itself. */
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define N(name) JOIN(PART, name)

static volatile int sink;

TKA_PROFILE static void N(_leaf)(int x)
{
    sink = x;
}

TKA_PROFILE static void N(_nested)(void)
{
    N(_leaf)(1);
}

__attribute__((constructor(101))) static void N(_first)(void)
{
    N(_leaf)(101);
}

__attribute__((constructor(65535))) static void N(_last)(void)
{
    N(_nested)();
}

__attribute__((constructor)) static void N(_plain)(void)
{
    N(_leaf)(0);
}

__attribute__((destructor(101))) static void N(_very_last)(void)
{
    N(_leaf)(101);
}

__attribute__((destructor)) static void N(_end)(void)
{
    N(_nested)();
}

TKA_PROFILE static void N(_second_handler)(void)
{
    N(_leaf)(3);
}

TKA_PROFILE static void N(_handler)(void)
{
    N(_leaf)(2);
    atexit(N(_second_handler));
}
C
cat >liblinked.c <<'C'
#define PART linked
#include "part.h"
void linked_start(void) { atexit(linked_handler); }
C
cat >libplugin.c <<'C'
#define PART plugin
#include "part.h"
void plugin_start(void) { atexit(plugin_handler); }
C
cat >main.cpp <<'C'
#include <cstdio>
#include <cstring>
#include <pthread.h>
#include <unistd.h>
#ifdef PLUGIN
#include <dlfcn.h>
#endif
#define PART main
#include "part.h"

extern "C" void linked_start(void);

struct Static {
    int x;
    TKA_PROFILE Static(int x) : x(x) { main_leaf(x); }
    TKA_PROFILE ~Static() { main_leaf(x); }
};

struct Local {
    int x = 0;
    TKA_PROFILE Local() { main_leaf(0); }
    TKA_PROFILE ~Local() { main_leaf(x); }
};

static Static early(1);
static Static later __attribute__((init_priority(200)))(2);
static thread_local Local local;

TKA_PROFILE static Static &on_first_use()
{
    static Static object(3);
    return object;
}

TKA_PROFILE static void *work(void *argument)
{
    local.x = 1;
    on_first_use().x++;
    return argument;
}

TKA_PROFILE static void *exits(void *argument)
{
    local.x = 2;
    std::exit(46);
    return argument;
}

TKA_PROFILE int main(int argc, char **argv)
{
    pthread_t thread;

    atexit(main_handler);
    linked_start();
    local.x = 3;
    for (int i = 0; i < 3; i++) {
        pthread_create(&thread, nullptr, work, nullptr);
        pthread_join(thread, nullptr);
    }
#ifdef PLUGIN
    void *handle = dlopen("./libplugin.so", RTLD_NOW);
    if (handle == nullptr) {
        return 1;
    }
    reinterpret_cast<void (*)()>(dlsym(handle, "plugin_start"))();
    if (argc > 2) {
        dlclose(handle);
    }
#endif
    if (argc > 1 && std::strcmp(argv[1], "thread") == 0) {
        pthread_create(&thread, nullptr, exits, nullptr);
        for (;;) {
            pause();
        }
    }
    if (argc > 1 && std::strcmp(argv[1], "pthread_exit") == 0) {
        pthread_exit(nullptr);
    }
    return 45;
}
C
library()
{
    "$TKA_CC" "$CC" ${OPT:--O2} -fPIC -shared lib$1.c -o lib$1.so || fail "lib$1.so"
}
library linked
library plugin

# expect_lifetime MADE: thread-local objects; all but main's, if another thread calls
# exit, are destroyed
expect_lifetime()
{
    expect_calls 'Local::Local()' "$1"
    expect_calls 'Local::~Local()' 4
    expect_calls 'main_leaf(int)' $((5 + 2 + 2 * 3 + $1 + 4))
    expect_calls 'main_nested()' 2
    expect_calls 'main_handler()' 1
    expect_calls 'main_second_handler()' 1
    expect_calls 'Static::Static(int)' 3
    expect_calls 'Static::~Static()' 3
    expect_calls 'work(void *)' 3
    expect_calls linked_leaf 7
    expect "lost calls" 0 "$(query 'SELECT sum(lost_calls) FROM process')"
    expect "live files left" "" "$(ls data/live)"
}

build_both main.cpp -pthread -DPLUGIN -ldl -L. -llinked -Wl,-rpath,"$WORK"
for mode in sampled exact; do
    export TKA_PROFILING_MODE=$mode
    for unload in "" unload; do
        same 45 main return $unload
        expect_lifetime 4
        expect_calls plugin_leaf 7
        expect_calls plugin_second_handler 1
        same 46 main thread $unload
        expect_lifetime 5
        expect_calls plugin_leaf 7
        same 0 main pthread_exit $unload
        expect_lifetime 4
        expect_calls plugin_leaf 7
    done
done

# all in one static executable
"$TKA_CC" "$CC" ${OPT:--O2} -c liblinked.c -o linked.o || fail "linked.o"
"$CC" ${OPT:--O2} -w -I "$TKA_PREFIX/include" -c liblinked.c -o linked.plain.o || fail "linked.plain.o"
"$TKA_CC" "$CXX" ${OPT:--O2} -static main.cpp linked.o -o main -pthread &&
    "$CXX" ${OPT:--O2} -w -static -I "$TKA_PREFIX/include" main.cpp linked.plain.o -o main.plain \
        -pthread || fail "the static executable"
for mode in sampled exact; do
    export TKA_PROFILING_MODE=$mode
    same 45 main return
    expect_lifetime 4
    same 46 main thread
    expect_lifetime 5
done
