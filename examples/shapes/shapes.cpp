#include "shapes.h"
#include <sstream>

namespace shapes
{

Circle::Circle(double radius) : radius_(radius)
{
    if (radius < 0) {
        throw ParseError("negative radius");
    }
}

double Circle::area() const
{
    return 3.14159265358979 * radius_ * radius_;
}

Rectangle::Rectangle(double width, double height) : width_(width), height_(height) {}

double Rectangle::area() const
{
    return width_ * height_;
}

std::unique_ptr<Shape> parse(const std::string &line)
{
    std::istringstream in(line);
    std::string kind;
    double a = 0, b = 0;

    in >> kind >> a;
    if (kind == "circle") {
        return std::make_unique<Circle>(a);
    }
    if (kind == "rectangle" && in >> b) {
        return std::make_unique<Rectangle>(a, b);
    }
    throw ParseError("cannot read '" + line + "'");
}

} // namespace shapes
