/* golden: compilers=gcc flags=-std=c++20 */
#include <coroutine>
#include <cstdio>
#include <tka/tka.h>

struct Task {
    struct promise_type {
        Task get_return_object() { return {}; }
        std::suspend_never initial_suspend() { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() {}
    };
};

TKA_PROFILE Task run(int x)
{
    std::printf("%d\n", x);
    co_return;
}

TKA_PROFILE consteval int early(int x) { return x + 1; }

TKA_PROFILE auto generic(auto x) { return x; }

int main()
{
    run(early(1));
    return generic(0);
}
