#include <tka/tka.h>
#include <cstdio>
#include <map>
#include <memory>
#if __cplusplus >= 201703L
#include <optional>
using std::nullopt;
#endif

struct Log { int v = 1; };

/* Moved out of, so that it is not handed on. */
#define THE(x) x
TKA_RESOLVES std::unique_ptr<Log> unique(int k)
{
    auto p = std::unique_ptr<Log>(new Log);

    if (k == 0) return (p);
    if (k == 1) return THE(p);
    return /* the one; */ p; // not another
}
TKA_RESOLVES const std::unique_ptr<Log> fixed(int k)
{
    if (k) return std::unique_ptr<Log>(new Log);
    return nullptr;
}
struct Holder {
    std::shared_ptr<Log> log_ = std::make_shared<Log>();
    TKA_RESOLVES const std::shared_ptr<Log> &by_reference() { return log_; }
    TKA_RESOLVES std::shared_ptr<Log> member() { return log_; }
    TKA_CACHE("members") std::shared_ptr<Log> looked_up() const { return log_; }
};

/* Keys of any type. */
template <class K> struct Table {
    TKA_CACHE("table") int *find(TKA_CACHE_KEY K key) { return reinterpret_cast<int *>(sizeof key - 1); }
};
struct Text {
    const char *s;
    operator const char *() const { return s; }
};
struct Number {
    operator int() const { throw 1; }
};

/* Results of any type. What converts to all is not asked. */
struct Json {
    int kind;
    explicit Json(int k) : kind(k) {}
    template <class T> operator T() const { throw 3; }
};
struct Member { int m; };
typedef float Vector __attribute__((vector_size(16)));
template <class T> TKA_RESOLVES T value(const T &x) { T y(x); return y; }

/* A deleter that sees each move. */
static int moves;
struct Deleter {
    Deleter() {}
    Deleter(Deleter &&) noexcept { moves++; }
    void operator()(int *p) const { delete p; }
};
TKA_RESOLVES std::unique_ptr<int, Deleter> deleted(int k)
{
    return std::unique_ptr<int, Deleter>(new int(k));
}

/* Names that cannot be read, or that mean another thing. */
class Hiding {
    int kind_;
public:
    explicit Hiding(int k) : kind_(k) {}
    int kind() const { return kind_; }
};
TKA_RESOLVES Log *hidden(const Hiding &k TKA_SERVICE_KEY_FIELD(kind_))
{
    static Log one;
    return k.kind() ? &one : nullptr;
}
struct Bits { volatile unsigned b : 3; };
TKA_RESOLVES Log *bits(const Bits &k TKA_SERVICE_KEY_FIELD(b))
{
    static Log one;
    return k.b ? &one : nullptr;
}
template <class... A> TKA_RESOLVES Log *pack(TKA_SERVICE_KEY A... a)
{
    static Log one;
    return sizeof...(a) ? &one : nullptr;
}

TKA_CACHE("named") static Log *named(struct Log *Log) { return Log; }

#if __cplusplus >= 201703L
TKA_CACHE("optional") std::optional<int> maybe(int k)
{
    if (k == 0) return nullopt;
    return k;
}
#endif

int main()
{
    Holder h;
    char text[] = "x";

    printf("%d %d %d %d\n", unique(0)->v, unique(1)->v, unique(2)->v, fixed(1)->v);
    printf("%ld %ld %ld\n", h.by_reference().use_count(), h.member().use_count(), h.looked_up().use_count());
    printf("%d\n", Table<char *>().find(text) != nullptr);
    printf("%d\n", Table<const char *>().find(text) != nullptr);
    printf("%d\n", Table<Text>().find(Text{text}) != nullptr);
    printf("%d\n", Table<Number>().find(Number()) != nullptr);
    printf("%d\n", Table<decltype(nullptr)>().find(nullptr) != nullptr);
    printf("%d %d\n", value(Json(3)).kind, value(&Member::m) == &Member::m);
    printf("%g %g %d\n", static_cast<double>(value(Vector{1, 2, 3, 4})[1]), value(-2.5), value(false));
    value(nullptr);
    printf("%d %d %d\n", hidden(Hiding(1)) != nullptr, bits(Bits{1}) != nullptr, pack(1, 2) != nullptr);
    printf("%d\n", named(nullptr) == nullptr);
    deleted(3);
    printf("%d moves\n", moves);
#if __cplusplus >= 201703L
    printf("%d %d\n", maybe(0).has_value(), maybe(2).has_value());
#endif
    return 0;
}
