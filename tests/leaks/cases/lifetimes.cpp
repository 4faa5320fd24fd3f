// Threads, thread_local objects, singletons, futures.
#include "../leak.h"

#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

struct Service {
    std::string name = std::string(99, 's');
    long number = 0;
};

template <typename Body> LEAK_NOINLINE static void run(Body body)
{
    std::thread thread([body] {
        body();
        LEAK_CLOBBER_STACK();
    });
    thread.join();
}

/* LEAK lost_in_thread definite=1 bytes=40 indirect=1 indirect_bytes=100 */
static void lost_in_thread()
{
    run([] { LEAK_ESCAPE(new Service); });
}

/* CLEAN deleted_in_thread */
static void deleted_in_thread()
{
    auto service = std::make_shared<Service>();
    run([service] { LEAK_ESCAPE(service.get()); });
}

static thread_local std::vector<std::string> names;
static thread_local Service *raw;
static thread_local std::map<int, Service *> cache;

/* CLEAN thread_local_container */
static void thread_local_container()
{
    names.emplace_back(100, 'm');
    run([] { names.assign(10, std::string(100, 't')); });
}

/* LEAK thread_local_raw_of_ended definite=1 bytes=40 indirect=1 indirect_bytes=100 */
static void thread_local_raw_of_ended()
{
    run([] {
        raw = new Service;
        LEAK_ESCAPE(&raw);
    });
}

/* CLEAN thread_local_raw_of_main reachable=2 reachable_bytes=140 */
static void thread_local_raw_of_main()
{
    raw = new Service;
    LEAK_ESCAPE(&raw);
}

// The map goes with its thread, what it points to stays.
/* LEAK thread_local_cache_of_ended definite=5 bytes=200 indirect=5 indirect_bytes=500 */
static void thread_local_cache_of_ended()
{
    run([] {
        for (int i = 0; i < 5; i++) {
            cache[i] = new Service;
        }
    });
}

// The main thread's thread_local objects are destroyed at exit, too.
/* LEAK thread_local_cache_of_main definite=5 bytes=200 indirect=5 indirect_bytes=500 */
static void thread_local_cache_of_main()
{
    for (int i = 0; i < 5; i++) {
        cache[i] = new Service;
    }
}

static Service &singleton()
{
    static Service *service = new Service;
    return *service;
}

/* CLEAN singleton_never_destroyed reachable=2 reachable_bytes=140 */
static void singleton_never_destroyed()
{
    LEAK_ESCAPE(&singleton());
}

/* CLEAN singleton_from_threads reachable=2 reachable_bytes=140 */
static void singleton_from_threads()
{
    std::thread one([] { LEAK_ESCAPE(&singleton()); });
    std::thread two([] { LEAK_ESCAPE(&singleton()); });
    one.join();
    two.join();
}

/* CLEAN singleton_destroyed */
static void singleton_destroyed()
{
    static Service service;
    LEAK_ESCAPE(&service);
}

/* CLEAN made_once reachable=2 reachable_bytes=140 */
static void made_once()
{
    static std::once_flag once;
    for (int i = 0; i < 5; i++) {
        std::call_once(once, [] { raw = new Service; });
    }
    LEAK_ESCAPE(&raw);
}

// Checked by nobody whether there is one already.
/* LEAK made_again definite=4 bytes=160 indirect=4 indirect_bytes=400 */
static void made_again()
{
    for (int i = 0; i < 5; i++) {
        raw = new Service;
        LEAK_ESCAPE(&raw);
    }
}

/* CLEAN future_taken */
static void future_taken()
{
    auto future =
        std::async(std::launch::async, [] { return std::make_unique<Service>(); });
    LEAK_ESCAPE(future.get().get());
}

/* CLEAN future_dropped */
static void future_dropped()
{
    std::promise<std::unique_ptr<Service>> promise;
    auto future = promise.get_future();
    promise.set_value(std::make_unique<Service>());
}

// A future whose value is a raw pointer, not taken.
/* LEAK future_of_raw definite=1 bytes=40 indirect=1 indirect_bytes=100 */
static void future_of_raw()
{
    std::promise<Service *> promise;
    auto future = promise.get_future();
    promise.set_value(new Service);
}

struct Session {
    std::shared_ptr<Session> partner;
    std::string log = std::string(199, 'l');
};

// Two threads made each other's partner.
/* LEAK partners_across_threads definite=1 indirect=3 */
static void partners_across_threads()
{
    auto one = std::make_shared<Session>(), two = std::make_shared<Session>();
    run([one, two] { one->partner = two; });
    run([one, two] { two->partner = one; });
}

// exit() destroys statics, but not the locals of frames: they still hold theirs.
/* CLEAN exit_over_locals reachable=2 reachable_bytes=140 */
static void exit_over_locals()
{
    auto local = std::make_unique<Service>();
    LEAK_ESCAPE(&local);
    exit(0);
}

LEAK_MAIN(SCENE(lost_in_thread), SCENE(deleted_in_thread), SCENE(thread_local_container),
          SCENE(thread_local_raw_of_ended), SCENE(thread_local_raw_of_main),
          SCENE(thread_local_cache_of_ended), SCENE(thread_local_cache_of_main),
          SCENE(singleton_never_destroyed), SCENE(singleton_from_threads),
          SCENE(singleton_destroyed), SCENE(made_once), SCENE(made_again),
          SCENE(future_taken), SCENE(future_dropped), SCENE(future_of_raw),
          SCENE(partners_across_threads), SCENE(exit_over_locals))
