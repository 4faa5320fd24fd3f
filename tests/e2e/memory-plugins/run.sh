# Plug-ins in C and C++ that are loaded and unloaded again and again, into a C program:
# blocks are counted by the place in the plug-in that took them.
. "$(dirname "$0")/../../lib/memory_case.sh"

cat >plugin_c.c <<'C'
#include <stdlib.h>
#include <string.h>
void run(int n)
{
    for (int i = 0; i < n; i++) {
        char *volatile text = strdup("plug-in");
        free(text);
        free(malloc(40));
    }
}
C
cat >plugin_cpp.cpp <<'C'
#include <stdexcept>
#include <string>
#include <vector>
static std::vector<int> global(100, 1);
extern "C" void run(int n)
{
    for (int i = 0; i < n; i++) {
        int *volatile many = new int[10 + global[0]];
        delete[] many;
        try {
            throw std::runtime_error("a text that is longer than what fits into a string");
        } catch (const std::exception &error) {
            std::string copy(error.what());
            global[0] = copy.empty();
        }
    }
}
C
cat >host.c <<'C'
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <tka/tka.h>

TKA_PROFILE static int use(const char *path)
{
    void (*run)(int);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (library == NULL) {
        fputs(dlerror(), stderr);
        return 1;
    }
    run = (void (*)(int))dlsym(library, "run");
    run(100);
    return dlclose(library);
}

int main(void)
{
    int failed = 0;

    for (int i = 0; i < 20; i++) {
        failed += use("./plugin_c.so") + use("./plugin_cpp.so");
    }
    return failed;
}
C
"$CC" -w -O2 -g -fPIC -fno-builtin -shared plugin_c.c -o plugin_c.so || fail plugin_c
"$CXX" -w -O2 -g -fPIC -fno-builtin -shared plugin_cpp.cpp -o plugin_cpp.so || fail plugin_cpp
compile host.c -ldl

at_plugin()
{
    query "SELECT coalesce(sum($1), 0) FROM memory_measurement JOIN allocation a ON a.id = allocation_id
        JOIN place p ON p.id = place_id JOIN callpath c ON c.id = callpath_id
        JOIN function f ON f.id = function_id WHERE f.name = 'use' AND path GLOB '*/$2'"
}
for mode in false sampled exact; do
    fresh
    hooked $mode ./host || fail "host fails, $mode"
    [ $mode != false ] || continue
    fold
    expect "malloc in the C plug-in, $mode" "2000|80000" "$(at_plugin allocations plugin_c.so)|$(at_plugin bytes plugin_c.so)"
    [ "$(at_plugin allocations plugin_cpp.so)" -ge 2000 ] || fail "new in the C++ plug-in: $(at_plugin allocations plugin_cpp.so)"
    expect_nothing_lost
done
