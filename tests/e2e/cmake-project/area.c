#include "area.h"

int area(int width, int height)
{
    return width * height;
}

int not_annotated(int n)
{
    return n + 1;
}
