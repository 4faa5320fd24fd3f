// operator new in its forms.
#include "../leak.h"

#include <memory>
#include <new>

struct Plain {
    long numbers[5];
};

struct Counted {
    static int living;
    char text[24] = {};
    Counted()
    {
        living++;
    }
    ~Counted()
    {
        living--;
    }
};
int Counted::living;

struct alignas(64) Aligned {
    char text[128] = {};
};

template <typename T> static T *escape(T *pointer)
{
    LEAK_ESCAPE(pointer);
    return pointer;
}

/* LEAK new_lost definite=1 bytes=40 */
static void new_lost()
{
    escape(new Plain());
}

/* LEAK new_array_lost definite=1 bytes=400 */
static void new_array_lost()
{
    escape(new Plain[10]());
}

// The array has its length in front: 8 + 10 * 24.
/* LEAK new_array_with_length_lost definite=1 bytes=248 */
static void new_array_with_length_lost()
{
    escape(new Counted[10]);
}

/* LEAK new_aligned_lost definite=1 bytes=128 */
static void new_aligned_lost()
{
    escape(new Aligned);
}

/* LEAK new_aligned_array_lost definite=1 bytes=384 */
static void new_aligned_array_lost()
{
    escape(new Aligned[3]);
}

/* LEAK new_nothrow_lost definite=1 bytes=40 */
static void new_nothrow_lost()
{
    escape(new (std::nothrow) Plain());
}

/* LEAK new_array_nothrow_lost definite=1 bytes=80 */
static void new_array_nothrow_lost()
{
    escape(new (std::nothrow) Plain[2]());
}

/* LEAK operator_new_lost definite=1 bytes=77 */
static void operator_new_lost()
{
    escape(::operator new(77));
}

/* LEAK new_of_no_elements definite=1 bytes=0 */
static void new_of_no_elements()
{
    volatile size_t none = 0;
    escape(new int[none]);
}

// The object is destroyed, its memory is not given back.
/* LEAK placement_lost definite=1 bytes=24 */
static void placement_lost()
{
    auto *object = new (leak_block(sizeof(Counted))) Counted;
    escape(object);
    object->~Counted();
}

/* CLEAN placement_freed */
static void placement_freed()
{
    void *memory = leak_block(sizeof(Counted));
    auto *object = escape(new (memory) Counted);
    object->~Counted();
    free(memory);
}

// An object in static storage owns memory, and is never destroyed.
/* CLEAN placement_in_static reachable=1 reachable_bytes=40 */
static void placement_in_static()
{
    alignas(std::unique_ptr<Plain>) static char room[sizeof(std::unique_ptr<Plain>)];
    escape(new (room) std::unique_ptr<Plain>(new Plain()));
}

struct Pooled {
    long number = 0;
    static void *operator new(size_t bytes)
    {
        auto *block = static_cast<char *>(leak_block(bytes + 16));
        return block + 16;
    }
    static void operator delete(void *object)
    {
        free(static_cast<char *>(object) - 16);
    }
};

/* LEAK own_operator_lost definite=1 bytes=24 */
static void own_operator_lost()
{
    escape(new Pooled);
}

static Pooled *pooled;

/* CLEAN own_operator_kept reachable=1 reachable_bytes=24 */
static void own_operator_kept()
{
    pooled = new Pooled;
    LEAK_ESCAPE(&pooled);
}

/* CLEAN all_deleted */
static void all_deleted()
{
    delete escape(new Plain());
    delete[] escape(new Plain[10]());
    delete[] escape(new Counted[10]);
    delete escape(new Aligned);
    delete[] escape(new Aligned[3]);
    delete escape(new (std::nothrow) Plain());
    delete escape(new Pooled);
    ::operator delete(escape(::operator new(77)));
    delete escape(static_cast<Plain *>(nullptr));
}

static Counted *array;

// The pointer that new[] gives is 8 bytes into the block.
/* CLEAN new_array_kept reachable=1 reachable_bytes=248 */
static void new_array_kept()
{
    array = new Counted[10];
    LEAK_ESCAPE(&array);
}

/* LEAK array_overwritten definite=1 bytes=248 */
static void array_overwritten()
{
    array = new Counted[10];
    LEAK_ESCAPE(&array);
    array = new Counted[20];
    LEAK_ESCAPE(&array);
}

struct First {
    virtual ~First() = default;
    long one = 1;
};
struct Second {
    virtual ~Second() = default;
    long two = 2;
};
struct Both : First, Second {
    std::unique_ptr<Plain> owned = std::make_unique<Plain>();
};
static Second *second;

// The pointer to the second base is 16 bytes into the object.
/* CLEAN second_base_kept reachable=2 reachable_bytes=80 */
static void second_base_kept()
{
    second = new Both;
    LEAK_ESCAPE(&second);
}

/* CLEAN second_base_deleted */
static void second_base_deleted()
{
    second = new Both;
    LEAK_ESCAPE(&second);
    delete second;
}

/* LEAK second_base_overwritten definite=1 bytes=40 indirect=1 indirect_bytes=40 */
static void second_base_overwritten()
{
    second_base_kept();
    second = nullptr;
    LEAK_ESCAPE(&second);
}

struct Virtual : virtual First {
    long three = 3;
};
static First *virtual_base;

/* CLEAN virtual_base_kept reachable=1 reachable_bytes=32 */
static void virtual_base_kept()
{
    virtual_base = new Virtual;
    LEAK_ESCAPE(&virtual_base);
}

struct NoVirtual {
    long number = 0;
};
struct Owning : NoVirtual {
    ~Owning()
    {
        free(memory);
    }
    void *memory = leak_block(500);
};

// Deleted as its base, which has no virtual destructor: the member is not freed.
/* LEAK destructor_not_virtual definite=1 bytes=500 */
static void destructor_not_virtual()
{
    NoVirtual *object = escape<NoVirtual>(new Owning);
    ::operator delete(object);
}

struct Base {
    virtual ~Base() = default;
};
struct Derived : Base {
    ~Derived() override
    {
        free(memory);
    }
    void *memory = leak_block(500);
};

/* CLEAN destructor_virtual */
static void destructor_virtual()
{
    Base *object = escape<Base>(new Derived);
    delete object;
}

struct Copied {
    char *text = static_cast<char *>(leak_block(12));
    Copied &operator=(const Copied &)
    {
        text = static_cast<char *>(leak_block(13));
        LEAK_ESCAPE(text);
        return *this;
    }
    ~Copied()
    {
        free(text);
    }
};

// Assignment that does not free what it replaces.
/* LEAK assignment_overwrites definite=1 bytes=12 */
static void assignment_overwrites()
{
    Copied one, two;
    LEAK_ESCAPE(&one);
    two = one;
    LEAK_ESCAPE(&two);
}

LEAK_MAIN(SCENE(new_lost), SCENE(new_array_lost), SCENE(new_array_with_length_lost),
          SCENE(new_aligned_lost), SCENE(new_aligned_array_lost), SCENE(new_nothrow_lost),
          SCENE(new_array_nothrow_lost), SCENE(operator_new_lost),
          SCENE(new_of_no_elements), SCENE(placement_lost), SCENE(placement_freed),
          SCENE(placement_in_static), SCENE(own_operator_lost), SCENE(own_operator_kept),
          SCENE(all_deleted), SCENE(new_array_kept), SCENE(array_overwritten),
          SCENE(second_base_kept), SCENE(second_base_deleted),
          SCENE(second_base_overwritten), SCENE(virtual_base_kept),
          SCENE(destructor_not_virtual), SCENE(destructor_virtual),
          SCENE(assignment_overwrites))
