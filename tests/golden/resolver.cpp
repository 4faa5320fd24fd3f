/* golden: options=--all */
/* A resolver named by a mangled or by a C name runs before the program can count. */
#include <cstdio>
extern "C" {
static int seven() { return 7; }
int (*choose())() { return seven; }
}
namespace app {
static int eight(int) { return 8; }
int (*choose_eight())(int) { return eight; }
int other(int x) { return x; }
int number(int) __attribute__((ifunc("_ZN3app12choose_eightEv")));
}
int number() __attribute__ ((ifunc ("choose")));
int main()
{
    std::printf("%d %d %d\n", number(), app::number(1), app::other(9));
}
