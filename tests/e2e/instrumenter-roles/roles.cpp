#include <tka/tka.h>

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>
#if __cplusplus >= 201703L
#include <optional>
#include <string_view>
#endif

namespace app {
namespace {

int moves, copies;

struct Log {
    int value;
    explicit Log(int x = 1) : value(x) {}
    virtual ~Log() {}
};

struct FileLog : Log {
    FileLog() : Log(9) {}
};

/* Says whenever it is moved or copied. */
struct Counted {
    int value;
    explicit Counted(int x) : value(x) {}
    Counted(Counted &&other) noexcept : value(other.value) { moves++; }
    Counted(const Counted &other) : value(other.value) { copies++; }
    explicit operator bool() const { return value != 0; }
};

} // namespace

enum class Kind : int { first = 1, second, bad = -1 };

class Cache {
    struct Entry {
        int x;
    };
    typedef std::map<int, Entry> Map;
    Map entries_;

public:
    TKA_CACHE("entries") Entry *find(TKA_CACHE_KEY const int &k)
    {
        auto it = entries_.find(k);

        if (it == entries_.end()) return nullptr;
        return &it->second;
    }
    TKA_CACHE("iterators") Map::iterator look(int k)
    {
        auto it = entries_.find(k);
        auto hit = [&] { TKA_CACHE_HIT(); return it; };

        if (it != entries_.end()) return hit();
        return entries_.end();
    }
    TKA_CACHE("shared") std::shared_ptr<Log> shared(TKA_CACHE_KEY Kind k) const
    {
        if (k == Kind::first) { auto found = std::make_shared<FileLog>(); return found; }
        if (k == Kind::second) return std::make_shared<Log>(2);
        return k == Kind::bad ? nullptr : std::shared_ptr<Log>();
    }
    TKA_CACHE("counted") Counted counted(int k)
    {
        Counted c(k);
        return c;
    }
    TKA_CACHE_PUT("entries") void put(int k) { entries_[k] = Entry{k}; }
    int value(int k) { Entry *e = find(k); return e ? e->x : -1; }
    bool has(int k) { return look(k) != entries_.end(); }
};

template <class K, class V> class Table {
    std::map<K, V> map_;

public:
    TKA_CACHE("table") V *find(TKA_CACHE_KEY const K &key)
    {
        auto i = map_.find(key);
        return i == map_.end() ? nullptr : &i->second;
    }
    TKA_CACHE_PUT("table") void put(K key, V value) { map_[key] = value; }
};

struct Key {
    Kind kind;
    std::string name;
};

struct Container {
    int made = 0;

    TKA_RESOLVES Log &get(TKA_SERVICE_KEY Kind k)
    {
        static Log first(1), other(2);

        if (k == Kind::bad) throw std::runtime_error("bad");
        return k == Kind::first ? first : other;
    }
    TKA_RESOLVES const std::string &name(const Key &k TKA_SERVICE_KEY_FIELD(name)) { return k.name; }
    TKA_RESOLVES Kind kind_of(const Key *k TKA_SERVICE_KEY_FIELD(kind)) { return k ? k->kind : Kind::bad; }
    TKA_RESOLVES std::unique_ptr<Log> take(TKA_SERVICE_KEY const std::string &k)
    {
        if (k == "file") { auto log = std::unique_ptr<FileLog>(new FileLog); return log; }
        if (k == "log") { std::unique_ptr<Log> log(new Log(3)); return log; }
        if (k == "none") return nullptr;
        if (k == "brace")
            return {};
        else
            return std::unique_ptr<Log>(new Log(4));
    }
    TKA_RESOLVES std::shared_ptr<Log> share(TKA_SERVICE_KEY const char *k)
    {
        if (*k == 0) throw 1;
        return std::make_shared<FileLog>();
    }
    template <class T> TKA_RESOLVES std::shared_ptr<T> resolve()
    {
        static std::shared_ptr<T> one = std::make_shared<T>();
        return one;
    }
    template <class T> TKA_RESOLVES T value() { T t{}; return t; }
    template <class T> TKA_RESOLVES T other() { if (made == 7) throw 3; return T(); }
    template <class K> TKA_RESOLVES Log *any(TKA_SERVICE_KEY const K &key);
    template <class T> TKA_RESOLVES T *pointer() { static T t{}; return &t; }
    TKA_RESOLVES void out(TKA_SERVICE_KEY const char *name, int &x)
    {
        x = *name;
        if (x == 'z') throw 2;
    }
    TKA_CONSTRUCTS std::unique_ptr<Log> build()
    {
        made++;
        auto f = [&]() -> int { return made; };
        return std::unique_ptr<Log>(new Log(f()));
    }
    TKA_RESOLVES int code(TKA_SERVICE_KEY int k)
    {
        auto f = [](int x) { if (x) return x; return -3; };
        struct Local { int five() { return 5; } } l;

        return k == 1 ? f(0) : (l.five(), f(k));
    }
    TKA_RESOLVES void (*function(int k))(int)
    {
        if (k) return nullptr;
        return [](int) {};
    }
    TKA_RESOLVES Counted counted(int k)
    {
        if (k == 1) { Counted c(k); return c; }
        return Counted(k);
    }
    TKA_RESOLVES std::vector<int> list(int k) { return {k, k + 1}; }
    TKA_RESOLVES auto deduced(int k) -> decltype(k) { return k; }
};

template <class K> Log *Container::any(const K &key)
{
    static Log one;
    return sizeof key ? &one : nullptr;
}

struct Pinned {
    explicit Pinned(int) {}
    Pinned(const Pinned &) = delete;
};

TKA_RESOLVES const Pinned &pinned()
{
    static const Pinned p(1);
    return p;
}

#if __cplusplus >= 201703L
TKA_RESOLVES Pinned elided() { return Pinned(3); }

TKA_CACHE("optional") std::optional<int> get(std::string_view k TKA_CACHE_KEY)
{
    std::optional<int> result;

    if (k.empty()) return std::nullopt;
    if (k.size() > 1) result = 3;
    return result;
}

TKA_CACHE("held") std::optional<std::string> held(const std::map<int, std::string> &map, int k)
{
    auto it = map.find(k);

    if (k < 0) return {};
    if (it == map.end()) return std::nullopt;
    else return it->second;
}
#endif

/* The macro uses what it is given twice. */
#define BOTH(first, then) if (first) then else if (!first) then
TKA_RESOLVES int *twice(int k)
{
    static int x;

    BOTH(k, return &x;)
    return nullptr;
}

} // namespace app

template <class F> static int throws(F f)
{
    try {
        f();
    } catch (...) {
        return 1;
    }
    return 0;
}

int main()
{
    app::Cache cache;
    app::Container k;
    app::Table<std::string, int> table;
    app::Table<double, int> by_double;
    app::Key key = {app::Kind::second, "a name"};
    int x;

    cache.put(1);
    printf("%d %d %d %d\n", cache.value(1), cache.value(2), cache.has(1), cache.has(5));
    printf("%d %d %d %d\n", cache.shared(app::Kind::first)->value,
           cache.shared(app::Kind::second)->value, cache.shared(app::Kind::bad) == nullptr,
           cache.shared(static_cast<app::Kind>(7)) == nullptr);
    printf("%d %d\n", cache.counted(3).value, cache.counted(0).value);
    table.put("k", 2);
    printf("%d %d %d\n", *table.find("k"), table.find("j") == nullptr,
           by_double.find(1.5) == nullptr);
    printf("%d %d %s %d\n", k.get(app::Kind::first).value,
           throws([&] { k.get(app::Kind::bad); }), k.name(key).c_str(),
           k.kind_of(nullptr) == app::Kind::bad);
    for (const char *n : {"file", "log", "none", "brace", "x"}) {
        auto p = k.take(n);
        printf("%d\n", p ? p->value : -1);
    }
    printf("%ld %d\n", k.share("a").use_count(), throws([&] { k.share(""); }));
    printf("%ld %ld\n", k.resolve<app::Log>().use_count(), k.resolve<int>().use_count());
    printf("%d %d\n", k.value<int>(), *k.pointer<int>());
    printf("%d %d %d %d\n", k.any(7)->value, k.any(std::string("s"))->value,
           k.any("text")->value, k.any(1.5)->value + k.any(app::Kind::bad)->value);
    k.out("a", x);
    printf("%d %d\n", x, throws([&] { k.out("z", x); }));
    printf("%d %d %d\n", k.build()->value, k.code(1), k.code(2));
    printf("%d ", k.other<int>());
    k.made = 7;
    printf("%d\n", throws([&] { k.other<int>(); }));
    printf("%d %d\n", k.function(1) == nullptr, k.function(0) == nullptr);
    printf("%d %d %zu %d\n", k.counted(1).value, k.counted(0).value, k.list(2).size(),
           k.deduced(4));
    printf("%d\n", &app::pinned() == &app::pinned());
#if __cplusplus >= 201703L
    app::elided();
    printf("%d %d %d\n", app::get("abc").has_value(), app::get("").has_value(),
           app::get("a").has_value());
    printf("%s %d %d\n", app::held({{1, "one"}}, 1)->c_str(), app::held({}, 1).has_value(),
           app::held({}, -1).has_value());
#endif
    printf("%d\n", app::twice(1) == app::twice(0));
    printf("%d moves, %d copies\n", app::moves, app::copies);
    return 0;
}
