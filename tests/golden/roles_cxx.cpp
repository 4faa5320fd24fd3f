/* golden: flags=-std=c++17,-Wall,-Wextra */
#include <tka/tka.h>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

namespace {
struct Log {
    int value = 1;
};
}

template <class K, class V> class Cache {
    struct Entry {
        V value;
    };
    std::map<K, Entry> entries_;

public:
    TKA_CACHE("entries") Entry *find(TKA_CACHE_KEY const K &key);
    TKA_CACHE_PUT("entries") void put(K key, V value) { entries_[key].value = value; }
    V get(const K &key) { Entry *e = find(key); return e ? e->value : V(); }
};

template <class K, class V> auto Cache<K, V>::find(const K &key) -> Entry *
{
    auto it = entries_.find(key);
    return it == entries_.end() ? nullptr : &it->second;
}

struct Container {
    template <class T> TKA_RESOLVES std::shared_ptr<T> resolve()
    {
        static std::shared_ptr<T> one = std::make_shared<T>();
        return one;
    }
    TKA_RESOLVES Log &log(TKA_SERVICE_KEY const std::string &name)
    {
        static Log first, other;
        if (name.empty()) throw 1;
        return name == "first" ? first : other;
    }
    TKA_RESOLVES std::unique_ptr<Log> make(int kind)
    {
        auto count = [](int x) { return x + 1; };
        if (kind == 0) return nullptr;
        if (kind == 1)
            return std::make_unique<Log>();
        auto log = std::make_unique<Log>();
        log->value = count(kind);
        return log;
    }
    TKA_RESOLVES std::string text(int kind) { return std::string("text", kind); }
};

int main()
{
    Cache<std::string, int> cache;
    Container c;
    cache.put("a", 2);
    printf("%d %d\n", cache.get("a"), cache.get("b"));
    printf("%d %d\n", c.resolve<Log>()->value, c.log("x").value);
    try { c.log(""); } catch (int x) { printf("%d\n", x); }
    printf("%d %d %d\n", !c.make(0), c.make(1)->value, c.make(2)->value);
    printf("%s\n", c.text(3).c_str());
    return 0;
}
