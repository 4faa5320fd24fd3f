// shared_ptr, unique_ptr, weak_ptr and function. Sizes are libstdc++'s on 64-bit systems.
#include "../leak.h"

#include <functional>
#include <memory>
#include <vector>

struct Node {
    std::shared_ptr<Node> other;
    std::weak_ptr<Node> weak;
    std::unique_ptr<Node> child;
    long numbers[2] = {};
};

template <typename T> static void escape(const T &object)
{
    LEAK_ESCAPE(&object);
}

// A node with its counts is one block: 16 + 56.
/* LEAK shared_cycle definite=1 bytes=72 indirect=1 indirect_bytes=72 */
static void shared_cycle()
{
    auto one = std::make_shared<Node>(), two = std::make_shared<Node>();
    one->other = two;
    two->other = one;
    escape(one);
}

/* LEAK shared_to_itself definite=1 bytes=72 */
static void shared_to_itself()
{
    auto one = std::make_shared<Node>();
    one->other = one;
    escape(one);
}

/* CLEAN weak_breaks_cycle */
static void weak_breaks_cycle()
{
    auto one = std::make_shared<Node>(), two = std::make_shared<Node>();
    one->other = two;
    two->weak = one;
    escape(one);
}

/* CLEAN cycle_reset */
static void cycle_reset()
{
    auto one = std::make_shared<Node>(), two = std::make_shared<Node>();
    one->other = two;
    two->other = one;
    escape(one);
    two->other.reset();
}

// The object and its counts in two blocks: 56, and 24 for the counts.
/* LEAK shared_cycle_of_new definite=1 indirect=3 */
static void shared_cycle_of_new()
{
    std::shared_ptr<Node> one(new Node), two(new Node);
    one->other = two;
    two->other = one;
    escape(one);
}

/* LEAK unique_released definite=1 bytes=56 */
static void unique_released()
{
    auto one = std::make_unique<Node>();
    LEAK_ESCAPE(one.release());
}

/* LEAK unique_released_with_child definite=1 bytes=56 indirect=2 indirect_bytes=112 */
static void unique_released_with_child()
{
    auto one = std::make_unique<Node>();
    one->child = std::make_unique<Node>();
    one->child->child = std::make_unique<Node>();
    LEAK_ESCAPE(one.release());
}

/* CLEAN unique_chain */
static void unique_chain()
{
    auto one = std::make_unique<Node>();
    for (int i = 0; i < 50; i++) {
        auto next = std::make_unique<Node>();
        next->child = std::move(one);
        one = std::move(next);
    }
    escape(one);
}

/* CLEAN unique_moved_and_reset */
static void unique_moved_and_reset()
{
    auto one = std::make_unique<Node>();
    auto two = std::move(one);
    one = std::make_unique<Node>();
    two.reset(new Node);
    escape(two);
    delete one.release();
}

/* CLEAN own_deleter */
static void own_deleter()
{
    std::unique_ptr<void, void (*)(void *)> one(leak_block(33), free);
    std::shared_ptr<void> two(leak_block(34), free);
    escape(one);
    escape(two);
}

// The deleter does not delete.
/* LEAK deleter_does_nothing definite=1 bytes=34 */
static void deleter_does_nothing()
{
    std::shared_ptr<void> one(leak_block(34), [](void *block) { LEAK_ESCAPE(block); });
    escape(one);
}

/* LEAK function_captures_itself definite=1 indirect=1 */
static void function_captures_itself()
{
    auto call = std::make_shared<std::function<void()>>();
    std::shared_ptr<Node> none;
    *call = [call, none] { escape(call); };
    escape(call);
    (*call)();
}

/* CLEAN function_captures_weakly */
static void function_captures_weakly()
{
    auto call = std::make_shared<std::function<void()>>();
    std::weak_ptr<std::function<void()>> weak = call;
    auto owned = std::make_shared<Node>();
    *call = [weak, owned] { escape(owned); };
    (*call)();
}

struct Subject {
    std::vector<std::function<void()>> handlers;
    long state = 0;
};

// A handler registered with an object holds that object.
/* LEAK observer_cycle definite=1 indirect=2 */
static void observer_cycle()
{
    auto subject = std::make_shared<Subject>();
    std::shared_ptr<Subject> other;
    subject->handlers.push_back([subject, other] { subject->state++; });
    subject->handlers[0]();
    escape(subject);
}

struct Shares : std::enable_shared_from_this<Shares> {
    std::shared_ptr<Shares> self;
    void keep()
    {
        self = shared_from_this();
    }
};

/* LEAK shared_from_this_kept definite=1 */
static void shared_from_this_kept()
{
    auto one = std::make_shared<Shares>();
    one->keep();
    escape(one);
}

static std::weak_ptr<Node> &never_destroyed_weak()
{
    static auto &weak = *new std::weak_ptr<Node>;
    return weak;
}

// The object is destroyed; its block, one with the counts, stays for the weak pointer.
/* CLEAN weak_keeps_block reachable=2 reachable_bytes=88 */
static void weak_keeps_block()
{
    never_destroyed_weak() = std::make_shared<Node>();
}

static std::shared_ptr<Node> global;

// The global's destructor runs at exit and frees the node.
/* CLEAN global_shared */
static void global_shared()
{
    global = std::make_shared<Node>();
}

// The global's destructor gives up its share and leaves its words as they are: they point
// to the cycle, and to a scanner a global is a global.
/* UNDECIDABLE global_shared_cycle */
static void global_shared_cycle()
{
    global = std::make_shared<Node>();
    global->other = std::make_shared<Node>();
    global->other->other = global;
    escape(global);
}

// A shared_ptr that is itself on the heap, and lost.
/* LEAK shared_ptr_lost definite=1 bytes=16 indirect=1 indirect_bytes=72 */
static void shared_ptr_lost()
{
    LEAK_ESCAPE(new std::shared_ptr<Node>(std::make_shared<Node>()));
}

// An alias points into the middle of the object, and to the counts.
/* CLEAN alias_kept reachable=2 reachable_bytes=88 */
static void alias_kept()
{
    static auto &alias = *new std::shared_ptr<long>;
    auto node = std::make_shared<Node>();
    alias = std::shared_ptr<long>(node, &node->numbers[1]);
    escape(alias);
}

LEAK_MAIN(SCENE(shared_cycle), SCENE(shared_to_itself), SCENE(weak_breaks_cycle),
          SCENE(cycle_reset), SCENE(shared_cycle_of_new), SCENE(unique_released),
          SCENE(unique_released_with_child), SCENE(unique_chain),
          SCENE(unique_moved_and_reset), SCENE(own_deleter), SCENE(deleter_does_nothing),
          SCENE(function_captures_itself), SCENE(function_captures_weakly),
          SCENE(observer_cycle), SCENE(shared_from_this_kept), SCENE(weak_keeps_block),
          SCENE(global_shared), SCENE(global_shared_cycle), SCENE(shared_ptr_lost),
          SCENE(alias_kept))
