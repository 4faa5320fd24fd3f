/* TKA_PROFILE_FILE behind the functions, in an included file, in C++. */
#include <cstdio>
#include <tka/tka.h>
#include "inc/whole.h"
namespace {
int not_in_it(int x) { return x; }
}
int main()
{
    Whole whole;
    std::printf("%d %d\n", whole.get(1), not_in_it(2));
    return 0;
}
