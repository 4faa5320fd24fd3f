/* golden: options=--all */
#include <cstdio>
#include <stdexcept>

struct Guard {
    explicit Guard(bool fail)
    {
        if (fail) {
            throw std::runtime_error("constructor");
        }
    }
    ~Guard() { std::puts("~Guard"); }
};

static void inner(int how)
{
    Guard guard(how == 1);

    if (how == 2) {
        throw how;
    }
}

static void middle(int how)
{
    try {
        inner(how);
    } catch (const std::exception &error) {
        std::puts(error.what());
        throw;
    }
}

int main()
{
    for (int how = 0; how < 3; how++) {
        try {
            middle(how);
        } catch (...) {
            std::printf("caught %d\n", how);
        }
    }
    return 0;
}
