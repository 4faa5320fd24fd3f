#include <tka/tka.h>

TKA_PROFILE int later(int n)
{
    return n + 1;
}
