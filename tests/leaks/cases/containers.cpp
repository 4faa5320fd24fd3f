// Containers of pointers, lost containers, containers that live to the end. Node sizes
// are libstdc++'s on 64-bit systems. A static container is destroyed at exit, and then
// what its raw pointers point to is lost; one that is never destroyed keeps it.
#include "../leak.h"

#include <any>
#include <array>
#include <deque>
#include <forward_list>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

template <typename T> static void escape(const T &object)
{
    LEAK_ESCAPE(&object);
}

static char *item()
{
    return static_cast<char *>(leak_block(20));
}

/* LEAK vector_of_raw definite=10 bytes=200 */
static void vector_of_raw()
{
    std::vector<char *> items;
    for (int i = 0; i < 10; i++) {
        items.push_back(item());
    }
    escape(items);
}

/* CLEAN vector_of_raw_freed */
static void vector_of_raw_freed()
{
    std::vector<char *> items;
    for (int i = 0; i < 10; i++) {
        items.push_back(item());
    }
    for (char *each : items) {
        free(each);
    }
}

/* LEAK vector_cleared definite=10 bytes=200 */
static void vector_cleared()
{
    static auto &items = *new std::vector<char *>;
    for (int i = 0; i < 10; i++) {
        items.push_back(item());
    }
    items.clear();
    items.shrink_to_fit();
    escape(items);
}

// clear() leaves the buffer as it is: the pointers are behind the vector's end, in live
// memory. Nobody may read them, but a scanner must.
/* UNDECIDABLE vector_cleared_buffer_kept */
static void vector_cleared_buffer_kept()
{
    static auto &items = *new std::vector<char *>;
    for (int i = 0; i < 10; i++) {
        items.push_back(item());
    }
    items.clear();
    escape(items);
}

/* LEAK map_of_raw definite=10 bytes=200 */
static void map_of_raw()
{
    std::map<int, char *> items;
    for (int i = 0; i < 10; i++) {
        items[i] = item();
    }
    escape(items);
}

// operator[] is used to replace, and frees nothing.
/* LEAK map_entry_replaced definite=9 bytes=180 */
static void map_entry_replaced()
{
    static auto &items = *new std::map<int, char *>;
    for (int i = 0; i < 10; i++) {
        items[7] = item();
        escape(items);
    }
}

/* LEAK map_erased definite=1 bytes=20 */
static void map_erased()
{
    static auto &items = *new std::map<int, char *>;
    for (int i = 0; i < 10; i++) {
        items[i] = item();
    }
    items.erase(4);
    escape(items);
}

/* LEAK unordered_map_of_raw definite=10 bytes=200 */
static void unordered_map_of_raw()
{
    std::unordered_map<std::string, char *> items;
    for (int i = 0; i < 10; i++) {
        items["a long key that needs memory " + std::to_string(i)] = item();
    }
    escape(items);
}

/* LEAK list_of_raw definite=10 bytes=200 */
static void list_of_raw()
{
    std::list<char *> items;
    for (int i = 0; i < 10; i++) {
        items.push_back(item());
    }
    escape(items);
}

/* LEAK deque_of_raw definite=1000 bytes=20000 */
static void deque_of_raw()
{
    std::deque<char *> items;
    for (int i = 0; i < 1000; i++) {
        items.push_back(item());
    }
    escape(items);
}

/* LEAK set_of_raw definite=10 bytes=200 */
static void set_of_raw()
{
    std::set<char *> items;
    for (int i = 0; i < 10; i++) {
        items.insert(item());
    }
    escape(items);
}

/* CLEAN containers_of_unique */
static void containers_of_unique()
{
    std::vector<std::unique_ptr<std::string>> one;
    std::map<int, std::unique_ptr<std::string>> two;
    std::deque<std::unique_ptr<std::string>> three;
    std::unordered_map<int, std::unique_ptr<std::string>> four;
    for (int i = 0; i < 100; i++) {
        one.push_back(std::make_unique<std::string>(100, 'a'));
        two[i] = std::make_unique<std::string>(100, 'b');
        three.push_front(std::make_unique<std::string>(100, 'c'));
        four[i] = std::make_unique<std::string>(100, 'd');
    }
    one.erase(one.begin() + 5, one.begin() + 50);
    two.erase(7);
    three.pop_back();
    four.clear();
    escape(one);
}

struct Named {
    std::string name;
    long number = 0;
};

// 40 for the struct, 101 for the text.
/* LEAK string_in_lost_struct definite=1 bytes=40 indirect=1 indirect_bytes=101 */
static void string_in_lost_struct()
{
    LEAK_ESCAPE((new Named{std::string(100, 'x'), 1}));
}

// The text is short, and in the struct itself: the string points to itself.
/* LEAK short_string_in_lost_struct definite=1 bytes=40 */
static void short_string_in_lost_struct()
{
    LEAK_ESCAPE((new Named{"short", 1}));
}

/* LEAK vector_of_vectors_lost definite=1 bytes=24 indirect=6 indirect_bytes=320 */
static void vector_of_vectors_lost()
{
    auto *rows = new std::vector<std::vector<int>>(5, std::vector<int>(10, 3));
    LEAK_ESCAPE(rows);
}

// 48 for the map, 40 for a node.
/* LEAK map_lost definite=1 bytes=48 indirect=10 indirect_bytes=400 */
static void map_lost()
{
    auto *numbers = new std::map<int, int>;
    for (int i = 0; i < 10; i++) {
        (*numbers)[i] = i;
    }
    LEAK_ESCAPE(numbers);
}

/* LEAK list_lost definite=1 bytes=24 indirect=10 indirect_bytes=240 */
static void list_lost()
{
    LEAK_ESCAPE(new std::list<int>(10, 3));
}

/* LEAK forward_list_lost definite=1 bytes=8 indirect=10 indirect_bytes=160 */
static void forward_list_lost()
{
    LEAK_ESCAPE(new std::forward_list<int>(10, 3));
}

/* LEAK unordered_map_lost definite=1 indirect=11 */
static void unordered_map_lost()
{
    auto *numbers = new std::unordered_map<int, int>;
    for (int i = 0; i < 10; i++) {
        (*numbers)[i] = i;
    }
    LEAK_ESCAPE(numbers);
}

/* LEAK deque_lost definite=1 indirect=3 */
static void deque_lost()
{
    LEAK_ESCAPE(new std::deque<long>(100, 3L));
}

/* CLEAN never_destroyed_vector reachable=12 */
static void never_destroyed_vector()
{
    static auto &items = *new std::vector<char *>;
    items.reserve(10);
    for (int i = 0; i < 10; i++) {
        items.push_back(item());
    }
}

/* CLEAN never_destroyed_map reachable=21 reachable_bytes=728 */
static void never_destroyed_map()
{
    static auto &items = *new std::map<int, char *>;
    for (int i = 0; i < 10; i++) {
        items[i] = item();
    }
}

/* CLEAN never_destroyed_list reachable=21 reachable_bytes=464 */
static void never_destroyed_list()
{
    static auto &items = *new std::list<char *>;
    for (int i = 0; i < 10; i++) {
        items.push_back(item());
    }
}

/* CLEAN never_destroyed_unordered_map reachable=22 */
static void never_destroyed_unordered_map()
{
    static auto &items = *new std::unordered_map<int, char *>;
    for (int i = 0; i < 10; i++) {
        items[i] = item();
    }
}

/* CLEAN never_destroyed_deque */
static void never_destroyed_deque()
{
    static auto &items = *new std::deque<char *>;
    for (int i = 0; i < 300; i++) {
        items.push_front(item());
    }
}

static std::vector<std::string> global_names;
static std::map<std::string, std::vector<int>> global_index;

/* CLEAN static_containers_destroyed */
static void static_containers_destroyed()
{
    static std::unordered_map<int, std::string> numbers;
    for (int i = 0; i < 50; i++) {
        global_names.push_back(std::string(50, 'y'));
        global_index[std::string(40, 'z') + std::to_string(i)].push_back(i);
        numbers[i] = std::string(60, 'n');
    }
}

static std::vector<char *> global_items;
static std::map<int, char *> global_map;

// The vector's destructor runs at exit and frees the buffer, not the items.
/* LEAK static_vector_of_raw definite=10 bytes=200 */
static void static_vector_of_raw()
{
    for (int i = 0; i < 10; i++) {
        global_items.push_back(item());
    }
}

/* LEAK static_map_of_raw definite=10 bytes=200 */
static void static_map_of_raw()
{
    for (int i = 0; i < 10; i++) {
        global_map[i] = item();
    }
}

// An array is not destroyed: it has no memory of its own.
/* CLEAN static_array_of_raw reachable=3 reachable_bytes=60 */
static void static_array_of_raw()
{
    static std::array<char *, 3> items;
    items = {item(), item(), item()};
    escape(items);
}

struct Registry {
    std::vector<char *> items;
    ~Registry()
    {
        for (char *each : items) {
            free(each);
        }
    }
};

/* CLEAN registry_frees_at_exit */
static void registry_frees_at_exit()
{
    static Registry registry;
    for (int i = 0; i < 10; i++) {
        registry.items.push_back(item());
    }
}

/* LEAK resized_smaller definite=5 bytes=100 */
static void resized_smaller()
{
    static auto &items = *new std::vector<char *>;
    for (int i = 0; i < 10; i++) {
        items.push_back(item());
    }
    items.resize(5);
    items.shrink_to_fit();
    escape(items);
}

/* CLEAN buffer_moved reachable=66 */
static void buffer_moved()
{
    static auto &items = *new std::vector<char *>;
    std::vector<char *> grown;
    for (int i = 0; i < 64; i++) {
        grown.push_back(item());
    }
    items = std::move(grown);
}

// Self-pointing list heads: an empty list on the heap.
/* LEAK empty_list_lost definite=1 bytes=24 */
static void empty_list_lost()
{
    LEAK_ESCAPE(new std::list<int>);
}

/* LEAK any_of_raw definite=1 bytes=20 */
static void any_of_raw()
{
    std::any value = item();
    escape(value);
    value = 42;
    escape(value);
}

/* CLEAN optional_and_any_reset */
static void optional_and_any_reset()
{
    std::optional<std::string> text(std::string(200, 'o'));
    std::any value = std::string(200, 'a');
    escape(text);
    escape(value);
    text.reset();
    value.reset();
}

// The struct is freed as memory: the string in it is not destroyed.
/* LEAK freed_not_destroyed definite=1 bytes=101 */
static void freed_not_destroyed()
{
    auto *named = new (leak_block(sizeof(Named))) Named{std::string(100, 'x'), 1};
    LEAK_ESCAPE(named);
    free(static_cast<void *>(named));
}

LEAK_MAIN(SCENE(vector_of_raw), SCENE(vector_of_raw_freed), SCENE(vector_cleared),
          SCENE(vector_cleared_buffer_kept), SCENE(map_of_raw), SCENE(map_entry_replaced),
          SCENE(map_erased), SCENE(unordered_map_of_raw), SCENE(list_of_raw),
          SCENE(deque_of_raw), SCENE(set_of_raw), SCENE(containers_of_unique),
          SCENE(string_in_lost_struct), SCENE(short_string_in_lost_struct),
          SCENE(vector_of_vectors_lost), SCENE(map_lost), SCENE(list_lost),
          SCENE(forward_list_lost), SCENE(unordered_map_lost), SCENE(deque_lost),
          SCENE(never_destroyed_vector), SCENE(never_destroyed_map),
          SCENE(never_destroyed_list), SCENE(never_destroyed_unordered_map),
          SCENE(never_destroyed_deque), SCENE(static_containers_destroyed),
          SCENE(static_vector_of_raw), SCENE(static_map_of_raw),
          SCENE(static_array_of_raw), SCENE(registry_frees_at_exit),
          SCENE(resized_smaller), SCENE(buffer_moved), SCENE(empty_list_lost),
          SCENE(any_of_raw), SCENE(optional_and_any_reset), SCENE(freed_not_destroyed))
