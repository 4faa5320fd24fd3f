// places TIMES: some 110 places that allocate, by turns: what finding the place costs.
#include <cstdio>
#include <cstdlib>
#include <memory>

template <int N> struct Place {
    static void visit(std::unique_ptr<char[]> *kept)
    {
        Place<N - 1>::visit(kept);
        kept[N % 64].reset(new char[16 + N % 200]);
        asm volatile("" : : : "memory");
    }
};
template <> struct Place<0> {
    static void visit(std::unique_ptr<char[]> *) {}
};

template <int N> struct Blocks {
    static void visit(std::unique_ptr<char[]> *kept)
    {
        Blocks<N - 1>::visit(kept);
        Place<100 + N>::visit(kept);
    }
};
template <> struct Blocks<0> {
    static void visit(std::unique_ptr<char[]> *) {}
};

int main(int argc, char **argv)
{
    long times = argc > 1 ? atol(argv[1]) : 1000;
    std::unique_ptr<char[]> kept[64];

    for (long i = 0; i < times; i++) {
        Blocks<10>::visit(kept);
    }
    std::puts("done");
    return 0;
}
