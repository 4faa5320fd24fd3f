// Classes with virtual functions, a template, and a function that throws.
#pragma once
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>
#include <tka/tka.h>

namespace shapes
{

class Shape
{
  public:
    virtual ~Shape() = default;
    virtual double area() const = 0;
};

class Circle : public Shape
{
  public:
    TKA_PROFILE explicit Circle(double radius);
    TKA_PROFILE double area() const override;

  private:
    double radius_;
};

class Rectangle : public Shape
{
  public:
    TKA_PROFILE Rectangle(double width, double height);
    TKA_PROFILE double area() const override;

  private:
    double width_, height_;
};

struct ParseError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// "circle 2" or "rectangle 3 4"; throws ParseError.
TKA_PROFILE std::unique_ptr<Shape> parse(const std::string &line);

// One site for the template; its calls are counted together.
template <typename T, typename Get>
TKA_PROFILE double sum(const std::vector<T> &items, Get get)
{
    double total = 0;
    for (const T &item : items) {
        total += get(item);
    }
    return total;
}

} // namespace shapes
