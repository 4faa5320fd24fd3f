/* golden: flags=-std=c++20,-Wall,-Wextra */
#include <cstdio>
#include <tka/tka.h>
/* constexpr functions: probed when they run, not when the compiler runs them. */
TKA_PROFILE constexpr int loop(int x)
{
    for (int i = 0; i < 3; i++) {
        if (x > 100) {
            return 100;
        }
        x += i;
    }
    return x;
}
struct Pair {
    int first, second;
    TKA_PROFILE constexpr Pair(int a, int b) : first(a), second(b) { first++; }
    TKA_PROFILE constexpr int sum() const { return first + second; }
};
template <class T> TKA_PROFILE constexpr T larger(T a, T b) { return a < b ? b : a; }
TKA_PROFILE constexpr int with_block(int x)
{
    TKA_BLOCK("in constexpr") {
        x++;
    }
    return x;
}
static_assert(loop(2) == 5 && loop(200) == 100, "");
static_assert(Pair(1, 2).sum() == 4, "");
static_assert(larger(2, 3) == 3, "");
static_assert(with_block(1) == 2, "");
static int array[loop(1)];
template <int N> struct Number { static constexpr int value = N; };

int main(int argc, char **)
{
    Pair pair(argc, 2);

    std::printf("%d %d %d %d %d %d\n", loop(argc), pair.sum(), larger(argc, 0),
                with_block(argc), (int)sizeof array, Number<loop(0)>::value);
    return 0;
}
