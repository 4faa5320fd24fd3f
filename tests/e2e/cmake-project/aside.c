#include "area.h"

int main(void)
{
    return 0;
}
