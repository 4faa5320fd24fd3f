#include "shapes.h"
#include <cstdio>

int main()
{
    const std::vector<std::string> lines = {"circle 1", "rectangle 2 3", "triangle 1",
                                            "circle -1", "rectangle 4 0.5"};
    std::vector<std::unique_ptr<shapes::Shape>> drawing;
    int refused = 0;

    for (int round = 0; round < 1000; round++) {
        for (const std::string &line : lines) {
            try {
                drawing.push_back(shapes::parse(line));
            } catch (const shapes::ParseError &) {
                refused++;
            }
        }
    }
    const double area = shapes::sum(drawing, [](const auto &shape) { return shape->area(); });
    const std::vector<int> sides = {3, 4, 5};
    const double count = shapes::sum(sides, [](int n) { return n; });
    std::printf("shapes: %zu drawn, %d refused, area %.1f, %.0f sides\n", drawing.size(),
                refused, area, count);
    return 0;
}
