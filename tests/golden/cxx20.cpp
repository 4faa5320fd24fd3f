/* golden: flags=-std=c++20,-w */
#include <compare>
#include <concepts>
#include <coroutine>
#include <cstdio>
#include <vector>
#include <tka/tka.h>
template <class T>
concept Num = std::integral<T> || requires(T t)
{
    t + t;
};
struct P {
    int x, y;
    TKA_PROFILE auto operator<=>(const P &) const = default;
    TKA_PROFILE bool operator==(const P &) const = default;
};
struct Q {
    int x;
    TKA_PROFILE std::strong_ordering operator<=>(const Q &o) const
    {
        return x <=> o.x;
    }
};
template <Num T> TKA_PROFILE T twice(T t)
{
    return t + t;
}
TKA_PROFILE auto abbreviated(Num auto a, auto b) requires(sizeof(b) > 1)
{
    return a + b;
}
TKA_PROFILE consteval int ce(int x)
{
    return x * 2;
}
TKA_PROFILE constexpr int cx(int x)
{
    int s = 0;
    for (int i = 0; i < x; i++)
        s += i;
    return s;
}
static_assert(cx(4) == 6);
struct Task {
    struct promise_type {
        Task get_return_object()
        {
            return {};
        }
        std::suspend_never initial_suspend()
        {
            return {};
        }
        std::suspend_never final_suspend() noexcept
        {
            return {};
        }
        void return_void()
        {
        }
        void unhandled_exception()
        {
        }
    };
};
TKA_PROFILE Task co(int x)
{
    std::printf("co %d\n", x);
    co_return;
}
template <class T> TKA_PROFILE int in_lambda(T t)
{
    auto l = [&]<class U>(U u) TKA_PROFILE { return u + t; };
    return l(1);
}
constinit static int ci = 4;
namespace a::inline b::c
{
TKA_PROFILE int deep()
{
    struct L {
        TKA_PROFILE int m() const
        {
            return 3;
        }
    };
    return L{}.m();
}
} // namespace a::inline b::c
TKA_PROFILE int designated()
{
    P p{.x = 1, .y = 2};
    if (auto q = p; q == p) [[likely]]
        return q.x;
    return 0;
}
enum class E { A };
TKA_PROFILE int use()
{
    using enum E;
    return A == E::A;
}
template <int N> struct V {
    TKA_PROFILE explicit(N > 2) V(int x) : v(x)
    {
    }
    TKA_PROFILE operator int() const noexcept
    {
        return v;
    }
    TKA_PROFILE ~V()
    {
    }
    int v;
};
TKA_PROFILE long double operator""_km(long double d)
{
    return d;
}
int main()
{
    co(1);
    std::printf("%d %d %d %d %d %d %d %d %d\n", P{1, 2} == P{1, 2},
                (P{1, 2} <=> P{1, 3}) < 0, (Q{1} <=> Q{2}) < 0, twice(3),
                abbreviated(1, 2), ce(2), cx(ci), in_lambda(2), a::c::deep());
    return (int)V<3>(0) + designated() - use() + (int)1.0_km - 1;
}
