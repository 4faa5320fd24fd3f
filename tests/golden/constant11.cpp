/* golden: flags=-std=c++11 */
#include <tka/tka.h>
/* C++11 allows a return statement only. */
TKA_PROFILE constexpr int square(int x) { return x * x; }
static_assert(square(3) == 9, "");
int main()
{
    auto lambda = [](int x) TKA_PROFILE { return x - 4; };
    return lambda(square(2));
}
