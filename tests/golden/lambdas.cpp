/* golden: flags=-std=c++17,-Wall,-Wextra */
#include <cstdio>
#include <tka/tka.h>
/* Annotated lambdas, and one that is not. */
static auto at_file_scope = [](int x) TKA_PROFILE { return x + 1; };
struct Holder {
    int (*member)(int) = [](int x) TKA_PROFILE_AS("member.call") { return x + 2; };
};
template <class T> static T in_template(T x)
{
    auto twice = [&](auto y) /* TKA_CRITICAL_PATH("no") { */ TKA_PROFILE mutable
    {
        x += y;
        return x;
    };
    return twice(x);
}
TKA_PROFILE static int outer(int x)
{
    auto plain = [x] { return x; };
    auto nested = [&plain](int y = []() TKA_CRITICAL_PATH("default.argument") { return 4; }()) -> int {
        return [y, &plain]() TKA_PROFILE noexcept { return y + plain(); }();
    };
    return nested();
}
int main()
{
    struct Local {
        int get() { return [this]() TKA_PROFILE { return value; }(); }
        int value = 5;
    } local;
    constexpr auto in_compiler = [](int x) TKA_PROFILE { return x * x; };
    static_assert(in_compiler(3) == 9, "");

    std::printf("%d %d %d %d %d %d\n", at_file_scope(1), Holder().member(1), in_template(2),
                outer(3), local.get(), in_compiler(local.value));
    return 0;
}
