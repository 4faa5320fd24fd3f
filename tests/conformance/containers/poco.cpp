/* A program with parts of Poco: a factory by name, and subsystems by type. */
#include <Poco/DynamicFactory.h>
#include <Poco/Util/Application.h>
#include <Poco/Util/Subsystem.h>
#include <iostream>
#include <memory>

struct Shape {
    virtual ~Shape() {}
    virtual int sides() const = 0;
};
struct Triangle : Shape {
    int sides() const override { return 3; }
};
struct Square : Shape {
    int sides() const override { return 4; }
};

struct Cache : Poco::Util::Subsystem {
    long hits = 0;
    const char *name() const override { return "cache"; }
    void initialize(Poco::Util::Application &) override {}
    void uninitialize() override {}
};
struct Mail : Cache {
    const char *name() const override { return "mail"; }
};
struct Absent : Cache {};

class Server : public Poco::Util::Application {
public:
    Server()
    {
        addSubsystem(new Cache);
        addSubsystem(new Mail);
    }
    int main(const std::vector<std::string> &) override
    {
        Poco::DynamicFactory<Shape> shapes;
        long sides = 0;

        shapes.registerClass<Triangle>("triangle");
        shapes.registerClass<Square>("square");
        for (int i = 0; i < 1000; i++) {
            sides += std::unique_ptr<Shape>(shapes.createInstance("triangle"))->sides();
            sides += std::unique_ptr<Shape>(shapes.createInstance(i % 2 ? "square" : "triangle"))
                         ->sides();
            getSubsystem<Cache>().hits++;
            getSubsystem<Mail>().hits++;
        }
        try {
            shapes.createInstance("circle");
        } catch (Poco::NotFoundException &) {
            sides++;
        }
        try {
            getSubsystem<Absent>();
        } catch (Poco::NotFoundException &) {
            sides++;
        }
        std::cout << sides << " " << getSubsystem<Cache>().hits << std::endl;
        return EXIT_OK;
    }
};

int main(int argc, char **argv)
{
    Poco::AutoPtr<Server> server = new Server;

    server->init(argc, argv);
    return server->run();
}
