# Several instrumented modules in one process: shared libraries linked and loaded
# by dlopen, a static executable; paths go through all of them, and a program
# that was linked without the runtime runs.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >lib.h <<'C'
int library(int x, int (*back)(int));
C
cat >lib.c <<'C'
#include "lib.h"
#include <tka/tka.h>
TKA_PROFILE int library(int x, int (*back)(int))
{
    return back(x) + 1;
}
C
cat >plugin.c <<'C'
#include <tka/tka.h>
TKA_PROFILE int plugin(int x, int (*back)(int))
{
    return back(x) + 2;
}
C
cat >app.c <<'C'
#include <dlfcn.h>
#include <stdio.h>
#include <tka/tka.h>
#include "lib.h"

TKA_PROFILE static int callback(int x)
{
    return x * 2;
}

int main(void)
{
    int sum = 0;

    for (int i = 0; i < 1000; i++) {
        sum += library(i, callback);
    }
    for (int round = 0; round < 3; round++) {
        void *handle = dlopen("./libplugin.so", RTLD_NOW | RTLD_LOCAL);
        int (*plugin)(int, int (*)(int));

        if (handle == NULL) {
            puts(dlerror());
            return 1;
        }
        *(void **)&plugin = dlsym(handle, "plugin");
        for (int i = 0; i < 1000; i++) {
            sum += plugin(i, callback);
        }
        dlclose(handle);
    }
    printf("%d\n", sum);
    return 0;
}
C
shared()
{
    "$TKA_CC" "$CC" ${OPT:--O2} -fPIC -shared "$1.c" -o "lib$1.so" || fail "lib$1.so"
}
shared lib
mv liblib.so libside.so
shared plugin
build app.c -L. -lside -ldl -Wl,-rpath,"$WORK"
fresh
expect "output" 4003000 "$(TKA_PROFILING_MODE=exact ./app)"
expect_calls library 1000
expect_calls plugin 3000
expect_calls callback 4000
expect "paths through modules" "callback|library
callback|plugin" "$(query "SELECT f.name, g.name FROM callpath c JOIN callpath p ON p.id=c.parent_id JOIN function f ON f.id=c.function_id JOIN function g ON g.id=p.function_id ORDER BY 2")"
expect "builds" 3 "$(query 'SELECT count(*) FROM build')"

cat >alone.c <<'C'
#include <tka/tka.h>
static volatile int sink;
TKA_PROFILE static void leaf(int x)
{
    sink = x;
}
int main(void)
{
    for (int i = 0; i < 1000; i++) {
        leaf(i);
    }
    return 11;
}
C
build alone.c -static
file -L alone 2>/dev/null | grep -q 'dynamically' && fail "not a static executable"
fresh
./alone
expect "status of the static executable" 11 $?
expect_calls leaf 1000

# objects of tka-cc, linked by the compiler alone: no runtime, no harm
"$TKA_CC" "$CC" ${OPT:--O2} -c alone.c -o alone.o
"$CC" alone.o -o bare || fail "the link without the runtime"
fresh
./bare
expect "status without the runtime" 11 $?
[ ! -e data ] || fail "a program without the runtime made a data folder"

# the only instrumented module is a plug-in that is unloaded: the runtime stays, and
# forks and ends without it
cat >host.c <<'C'
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

static int id(int x)
{
    return x;
}

int main(void)
{
    for (int round = 0; round < 20; round++) {
        void *handle = dlopen("./libplugin.so", RTLD_NOW | RTLD_LOCAL);
        int (*plugin)(int, int (*)(int));

        if (handle == NULL) {
            return 1;
        }
        *(void **)&plugin = dlsym(handle, "plugin");
        for (int i = 0; i < 1000; i++) {
            plugin(i, id);
        }
        dlclose(handle);
        if (fork() == 0) {
            return 0;
        }
        wait(NULL);
    }
    usleep(1200000);
    return 12;
}
C
"$CC" ${OPT:--O2} host.c -o host -ldl
fresh
./host
expect "status of the host of plug-ins" 12 $?
expect_calls plugin 20000

# a program that has its own memset, strlen, read and close keeps them to itself
cat >own.c <<'C'
#include <stddef.h>
#include <stdlib.h>
#include <tka/tka.h>

void *memset(void *to, int value, size_t size)
{
    (void)to;
    (void)value;
    if (size > 0) {
        abort();
    }
    return to;
}

size_t strlen(const char *s)
{
    (void)s;
    abort();
}

int close(int fd)
{
    (void)fd;
    abort();
}

long read(int fd, void *to, size_t size)
{
    (void)fd;
    (void)to;
    (void)size;
    abort();
}

long write(int fd, const void *from, size_t size)
{
    return read(fd, (void *)(size_t)from, size);
}

int open(const char *path, int flags, ...)
{
    (void)path;
    return close(flags);
}

static volatile int sink;

TKA_PROFILE static void leaf(int x)
{
    sink = x;
}

int main(void)
{
    for (int i = 0; i < 1000; i++) {
        leaf(i);
    }
    return 13;
}
C
build own.c -fno-builtin
fresh
./own
expect "status of a program with its own memset" 13 $?
expect_calls leaf 1000

# only the public names are visible
escaped=$(nm -D --defined-only "$TKA_PREFIX/lib/libtka.so" | awk '{print $3}' |
    grep -v -E '^tka_(enter_due|leave_slow|top|(rt|store|live|memory|resolution)_[a-z_]+)$' |
    grep -v -E '^tka_(cache_seen|cache_hit|construction_enter)$')
expect "other symbols of libtka.so" "" "$escaped"
escaped=$(nm -g --defined-only "$TKA_PREFIX/lib/libtka.a" | awk 'NF==3 {print $3}' | grep -v '^tka_')
expect "other symbols of libtka.a" "" "$escaped"
