/* golden: flags=-std=c++17 */
#include <cstdio>
#include <tka/tka.h>
/* Annotated, but not to be instrumented. */
TKA_PROFILE constexpr int square(int x) { return x * x; }
static_assert(square(3) == 9, "");

struct Plain {
    TKA_PROFILE Plain() = default;
    TKA_PROFILE Plain(const Plain &) = delete;
    TKA_PROFILE int method() { return 1; }
    int value = 2;
};

int main()
{
    auto lambda = [](int x) TKA_PROFILE { return x + 1; };
    Plain plain;

    std::printf("%d %d %d\n", square(2), lambda(1), plain.method() + plain.value);
    return 0;
}
