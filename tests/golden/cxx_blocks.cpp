/* Blocks in methods, templates and lambdas, left by exceptions. */
#include <cstdio>
#include <tka/tka.h>

struct Parser {
    int parse(int x)
    {
        TKA_BLOCK("Parser.parse") {
            int y = x;
            if (y > 1) {
                throw y;
            }
        }
        return x;
    }
};

template <typename T> T add(T a)
{
    TKA_BLOCK("in a template") { a += 1; }
    return a;
}

int main()
{
    Parser parser;
    auto lambda = [](int x) {
        TKA_BLOCK("in a lambda") { x++; }
        return x;
    };

    for (int i = 0; i < 3; i++) {
        try {
            std::printf("%d\n", parser.parse(i));
        } catch (int y) {
            std::printf("thrown %d\n", y);
        }
    }
    std::printf("%d %.1f %d\n", add(1), add(1.5), lambda(1));
    return 0;
}
