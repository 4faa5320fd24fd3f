// Exceptions over what would have freed, in constructors, kept and dropped.
#include "../leak.h"

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

static volatile bool yes = true;

LEAK_NOINLINE static void fails()
{
    if (yes) {
        throw std::runtime_error("a message too long to be kept in the object itself");
    }
}

LEAK_NOINLINE static void fails_over_free()
{
    void *block = leak_block(60);
    fails();
    free(block);
}

/* LEAK thrown_over_free definite=1 bytes=60 */
static void thrown_over_free()
{
    try {
        fails_over_free();
    } catch (const std::exception &) {
    }
}

LEAK_NOINLINE static void fails_over_guard()
{
    std::unique_ptr<void, void (*)(void *)> block(leak_block(60), free);
    std::vector<std::string> names(10, std::string(50, 'n'));
    LEAK_ESCAPE(&names);
    fails();
}

/* CLEAN thrown_over_guard */
static void thrown_over_guard()
{
    try {
        fails_over_guard();
    } catch (const std::exception &) {
    }
}

/* CLEAN caught_freed_and_thrown_on */
static void caught_freed_and_thrown_on()
{
    try {
        void *block = leak_block(61);
        try {
            fails();
        } catch (...) {
            free(block);
            throw;
        }
    } catch (const std::exception &) {
    }
}

struct Half {
    void *first = leak_block(70);
    void *second = leak_block(71);
    Half()
    {
        fails();
    }
    ~Half()
    {
        free(first);
        free(second);
    }
};

// The constructor throws: no destructor, the object's own memory is freed.
/* LEAK constructor_throws definite=2 bytes=141 */
static void constructor_throws()
{
    try {
        LEAK_ESCAPE(new Half);
    } catch (const std::exception &) {
    }
}

struct Whole {
    std::unique_ptr<char[]> first{new char[70]()};
    std::string second = std::string(71, 's');
    Whole()
    {
        fails();
    }
};

/* CLEAN constructor_throws_members_own */
static void constructor_throws_members_own()
{
    try {
        LEAK_ESCAPE(new Whole);
    } catch (const std::exception &) {
    }
}

struct Third {
    static int made;
    void *block = leak_block(72);
    Third()
    {
        if (++made == 3) {
            free(block);
            fails();
        }
    }
    ~Third()
    {
        free(block);
    }
};
int Third::made;

// The third of five: two are destroyed, the array is freed.
/* CLEAN array_element_throws */
static void array_element_throws()
{
    try {
        LEAK_ESCAPE(new Third[5]);
    } catch (const std::exception &) {
    }
}

struct Problem {
    char text[80] = {};
};

/* LEAK thrown_pointer definite=1 bytes=80 */
static void thrown_pointer()
{
    try {
        throw new Problem;
    } catch (Problem *problem) {
        LEAK_ESCAPE(problem);
    }
}

/* CLEAN thrown_pointer_deleted */
static void thrown_pointer_deleted()
{
    try {
        throw new Problem;
    } catch (Problem *problem) {
        LEAK_ESCAPE(problem);
        delete problem;
    }
}

LEAK_NOINLINE static std::exception_ptr failure()
{
    try {
        fails();
    } catch (...) {
        return std::current_exception();
    }
    return nullptr;
}

// The pointer to the exception is behind the header of its block.
/* CLEAN exception_kept */
static void exception_kept()
{
    static auto &kept = *new std::exception_ptr;
    kept = failure();
}

// The exception_ptr, the exception, its message.
/* LEAK exception_pointer_lost definite=1 bytes=8 indirect=2 */
static void exception_pointer_lost()
{
    LEAK_ESCAPE(new std::exception_ptr(failure()));
}

/* CLEAN exceptions_nested */
static void exceptions_nested()
{
    try {
        try {
            fails();
        } catch (...) {
            std::throw_with_nested(std::logic_error(std::string(100, 'n')));
        }
    } catch (const std::exception &) {
    }
}

LEAK_NOINLINE static void two_arguments(void *one, int)
{
    free(one);
}

LEAK_NOINLINE static int fails_as_argument(void *block)
{
    LEAK_ESCAPE(block);
    fails();
    return 0;
}

// The block is there when the second argument's evaluation throws.
/* LEAK argument_throws definite=1 bytes=62 */
static void argument_throws()
{
    try {
        void *block = leak_block(62);
        two_arguments(block, fails_as_argument(block));
    } catch (const std::exception &) {
    }
}

/* LEAK loop_of_exceptions definite=20 bytes=1200 */
static void loop_of_exceptions()
{
    for (int i = 0; i < 20; i++) {
        thrown_over_free();
    }
}

LEAK_MAIN(SCENE(thrown_over_free), SCENE(thrown_over_guard),
          SCENE(caught_freed_and_thrown_on), SCENE(constructor_throws),
          SCENE(constructor_throws_members_own), SCENE(array_element_throws),
          SCENE(thrown_pointer), SCENE(thrown_pointer_deleted), SCENE(exception_kept),
          SCENE(exception_pointer_lost), SCENE(exceptions_nested), SCENE(argument_throws),
          SCENE(loop_of_exceptions))
