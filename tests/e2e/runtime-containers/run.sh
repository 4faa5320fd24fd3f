# From the annotation to the report: containers in C++ with keys of all kinds, and what
# `tka services` tells of them.
. "$(dirname "$0")/../../lib/runtime_case.sh"

cat >containers.cpp <<'C'
#include <tka/tka.h>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

struct Service {
    virtual ~Service() {}
    int value = 1;
};
struct Logger : Service {};
struct Mailer : Service {
    explicit Mailer(std::shared_ptr<Logger> l) : logger(l) {}
    std::shared_ptr<Logger> logger;
};

/* By type: the template's argument is the key. */
class ByType {
public:
    template <class T> TKA_RESOLVES std::shared_ptr<T> resolve();

private:
    std::map<std::string, std::shared_ptr<Service>> made;
};

TKA_CONSTRUCTS static std::shared_ptr<Logger> make(ByType &, Logger *)
{
    return std::make_shared<Logger>();
}

TKA_CONSTRUCTS static std::shared_ptr<Mailer> make(ByType &types, Mailer *)
{
    return std::make_shared<Mailer>(types.resolve<Logger>());
}

template <class T> std::shared_ptr<T> ByType::resolve()
{
    std::shared_ptr<Service> &kept = made[typeid(T).name()];

    if (!kept) {
        kept = make(*this, static_cast<T *>(nullptr));
    }
    return std::static_pointer_cast<T>(kept);
}

enum class Part { engine, wheel = 7, door };

static Service engine, wheel;

TKA_RESOLVES Service *part(TKA_SERVICE_KEY Part which)
{
    return which == Part::engine ? &engine : which == Part::wheel ? &wheel : nullptr;
}

struct Request {
    const char *service;
    int priority;
};

TKA_RESOLVES Service &by_request(TKA_SERVICE_KEY_FIELD(service) const Request &request)
{
    if (request.priority < 0) {
        throw std::runtime_error("refused");
    }
    return engine;
}

TKA_CONSTRUCTS static Service *make_session()
{
    return new Service;
}

static std::unique_ptr<Service> session;

TKA_RESOLVES Service *by_name(TKA_SERVICE_KEY const std::string &name)
{
    if (name != "session") {
        return nullptr;
    }
    if (!session) {
        session.reset(make_session());
    }
    return session.get();
}

TKA_RESOLVES Service *only_one()
{
    return &engine;
}

int main()
{
    ByType types;
    long sum = 0;

    for (int i = 0; i < 100; i++) {
        TKA_SCOPE_BEGIN("round");
        session.reset();
        sum += types.resolve<Mailer>()->logger->value + types.resolve<Logger>()->value;
        sum += part(Part::engine)->value + part(Part::wheel)->value;
        sum += by_request({"billing", i})->value + by_name("session")->value;
        sum += by_name("session")->value + only_one()->value;
        TKA_SCOPE_END();
    }
    for (int i = 0; i < 10; i++) {
        try {
            by_request({"billing", -1});
        } catch (std::exception &) {
            sum++;
        }
    }
    return part(Part::door) || by_name("nobody") || sum != 810;
}
C
sed -i 's/by_request({"billing", i})->value/by_request({"billing", i}).value/' containers.cpp
build containers.cpp -std=c++17
fresh
./containers || fail "status of containers"
"$TKA" services --sort name --format csv >services 2>errors || { cat errors; fail "tka services"; }
cut -d, -f1-7 services >told
cat >expected <<'T'
Logger,type,singleton,false,101,1,0
Mailer,type,singleton,false,100,1,0
billing,text,singleton,true,110,,10
door,number,not known,true,1,,1
engine,number,singleton,true,100,,0
nobody,text,not known,true,1,,1
only_one(),none,singleton,true,100,,0
session,text,scoped,false,200,100,0
wheel,number,singleton,true,100,,0
T
sed 1d told | sed 's/^only_one[^,]*/only_one()/; s/^Part::\([a-z]*\)/\1/' | diff expected - ||
    { cat services; fail "what services tells"; }
"$TKA" services --tree --format csv | grep -q '^Mailer,Logger,1,1,0,' || fail "what the mailer needs"
"$TKA" services --check >findings
expect "status of --check" 1 $?
[ "$(grep -c '^failure' findings)" = 3 ] && ! grep -q '^captive\|^cycle\|^transient' findings ||
    { cat findings; fail "findings"; }
