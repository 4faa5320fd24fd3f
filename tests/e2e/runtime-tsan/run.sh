# Probed programs under ThreadSanitizer: no finding that is not the program's own, with
# many threads, the store thread, flushes, sessions, plug-ins, handlers, and forks as
# docs/building.md says.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >plugin.c <<'C'
#include <tka/tka.h>
TKA_PROFILE int entry(int x)
{
    return x + 1;
}
C
cat >program.cpp <<'C'
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <mutex>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>
#include <tka/tka.h>

static std::mutex mutex;
static std::atomic<long> total;
static long guarded;

TKA_PROFILE static void leaf(int x)
{
    total += x & 1;
}

TKA_PROFILE static int fails(int x)
{
    leaf(x);
    if (x % 16 == 0) {
        throw std::runtime_error("x");
    }
    return x;
}

TKA_PROFILE static void locked(int x)
{
    std::lock_guard<std::mutex> guard(mutex);
    guarded += x & 1;
}

struct Local {
    TKA_PROFILE ~Local() { leaf(0); }
};
static thread_local Local local;

TKA_PROFILE static void work(int n)
{
    (void)&local;
    for (int i = 0; i < n; i++) {
        try {
            fails(i);
        } catch (const std::exception &) {
        }
        if (i % 8 == 0) {
            locked(i);
        }
    }
}

TKA_PROFILE static void handle(int)
{
    leaf(0);
}

int main(int argc, char **)
{
    int status = 0;
    std::vector<std::thread> threads;

    std::signal(SIGUSR1, handle);
    work(1);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 6; i++) {
            threads.emplace_back(work, 800);
        }
        std::raise(SIGUSR1);
        if (round % 4 == 0) {
            tka_session_start("round");
            work(16);
            tka_session_stop();
        } else {
            tka_flush();
        }
        for (auto &thread : threads) {
            thread.join();
        }
        threads.clear();
        void *handle = dlopen("./libplugin.so", RTLD_NOW);
        if (handle == nullptr) {
            return 1;
        }
        std::thread([&] {
            total += reinterpret_cast<int (*)(int)>(dlsym(handle, "entry"))(1) - 2;
        }).join();
        dlclose(handle);
        if (argc > 1 && fork() == 0) {
            work(16);
            std::exit(0);
        }
        if (argc > 1 && (wait(&status) < 0 || status != 0)) {
            return 2;
        }
    }
    std::printf("%ld %ld\n", total.load(), guarded);
    return 51;
}
C
echo 'int main(void) { return 0; }' >empty.c
"$CC" -fsanitize=thread empty.c -o empty 2>/dev/null && ./empty || {
    echo "no ThreadSanitizer"
    exit 77
}
# run_clean [fork]: no findings, and all calls
run_clean()
{
    local forks=$#
    same 51 program "$@"
    [ ! -s truth.err ] || { head -60 truth.err; fail "findings"; }
    fold || fail "the report"
    expect_calls 'work(int)' $((1 + 30 + 2 + 5 * forks))
    expect_calls 'fails(int)' $((1 + 30 * 800 + 2 * 16 + 5 * 16 * forks))
    expect_calls 'locked(int)' $((1 + 30 * 100 + 2 * 2 + 5 * 2 * forks))
    expect_calls 'handle(int)' 5
    expect_calls entry 5
    expect "lost calls" 0 "$(query 'SELECT sum(lost_calls) FROM process')"
}

"$TKA_CC" "$CC" ${OPT:--O2} -g -fsanitize=thread -fPIC -shared plugin.c -o libplugin.so ||
    fail "libplugin.so"
build_both program.cpp -fsanitize=thread -pthread -ldl
for mode in sampled exact count; do
    export TKA_PROFILING_MODE=$mode
    TKA_MONITORING_INTERVAL=10 run_clean
    # the sanitizer lets no child of a process with several threads start one
    TKA_MONITORING_ENABLED=false run_clean fork
done
