/* golden: options=--all flags=-std=c++17,-Wall,-Wextra,-Wshadow */
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace outer {
namespace {
int hidden(int x)
{
    return x + 1;
}
} // namespace
inline namespace v1 {
class Shape {
public:
    Shape() : sides_(3) {}
    explicit Shape(int sides);
    Shape(const Shape &other) : sides_(other.sides_) { copies++; }
    virtual ~Shape() { copies--; }
    virtual int area(double scale, const std::string &unit) const
    {
        return static_cast<int>(scale) * sides_ + static_cast<int>(unit.size());
    }
    static int count() { return copies; }
    operator int() const { return sides_; }
    bool operator==(const Shape &other) const { return sides_ == other.sides_; }
    int operator()(int x) { return x * sides_; }
    friend int twice(const Shape &shape) { return 2 * shape.sides_; }
    Shape &operator=(const Shape &) = default;
    template <typename T> T scaled(T by) const { return by * sides_; }

private:
    int sides_;
    static int copies;
};
int Shape::copies = 0;
Shape::Shape(int sides)
try : sides_(sides) {
    if (sides < 0) {
        throw sides;
    }
} catch (int) {
}
} // namespace v1
template <typename T> T largest(T a, T b)
{
    return a < b ? b : a;
}
template <> const char *largest(const char *a, const char *b)
{
    return *a < *b ? b : a;
}
template <typename T, int N> struct Box {
    T items[N];
    T sum() const;
    struct Inner {
        int get() { return N; }
    };
};
template <typename T, int N> T Box<T, N>::sum() const
{
    T total{};
    for (const T &item : items) {
        total += item;
    }
    return total;
}
template <typename T> struct Box<T, 0> {
    T sum() const { return T{}; }
};
} // namespace outer

extern "C" int c_function(int x)
{
    return x;
}

auto deduced(int x) { return x * 2.5; }
decltype(auto) forwarded(int &x) { return (x); }
std::pair<int, int> both() { return {1, 2}; }
int operator""_km(unsigned long long x) { return static_cast<int>(x) * 1000; }
struct Immovable {
    Immovable() = default;
    Immovable(const Immovable &) = delete;
    int value = 4;
};
Immovable make() { return Immovable{}; }

int function_try(int x)
try {
    if (x) {
        throw x;
    }
    return 0;
} catch (int y) {
    return y;
}

int locals(int x)
{
    struct Local {
        int method(int y) { return y + 1; }
    };
    auto lambda = [x](int tka) { return tka + x; };
    return Local().method(x) + lambda(1);
}

int main()
{
    using namespace outer;
    Shape shape, other(4), copy(other);
    Box<int, 3> box{{1, 2, 3}};
    int x = 5;

    std::printf("%d %d %d %d %d %d %d\n", hidden(1), shape.area(2, "cm"), Shape::count(),
                int(other), copy == other, shape(3), twice(shape));
    std::printf("%d %s %d %d %d\n", largest(1, 2), largest("a", "b"), box.sum(),
                Box<int, 0>().sum(), Box<int, 3>::Inner().get());
    std::printf("%d %.1f %d %d %d %d %d %d %d\n", c_function(1), deduced(2), forwarded(x),
                both().first, 3_km, make().value, function_try(0) + function_try(6),
                locals(3), shape.scaled(2));
    return 0;
}
