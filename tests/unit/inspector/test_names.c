#include "unit.h"

#include "function_page.h"
#include "id_index.h"
#include "profile.h"
#include "report_groups.h"

static void classes_of_cpp_names(void **state)
{
    static const char *const cases[][2] = {
        {"main", ""},
        {"ns::f(std::vector<int> const&)", "ns"},
        {"ns::Parser<a::b>::step(unsigned long)", "ns::Parser<a::b>"},
        {"Big::operator<(Big const&) const", "Big"},
        {"Big::operator()(std::string)", "Big"},
        {"(anonymous namespace)::f()", "(anonymous namespace)"},
        {"f(a::b)::Local::get(c::d) const", "f(a::b)::Local"},
        {"operators::f()::(lambda)", "operators::f()"},
        {"Big::operator bool() const", "Big"},
        {"f<a::b>(c::d)", ""}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *group = groups_class(cases[i][0]);

        assert_string_equal(group, cases[i][1]);
        free(group);
    }
}

static void namespaces_of_cpp_names(void **state)
{
    static const char *const cases[][2] = {
        {"main", ""},
        {"app::net::Socket::read(std::string)", "app"},
        {"Parser<a::b>::step()", "Parser<a::b>"},
        {"(anonymous namespace)::f()", "(anonymous namespace)"},
        {"f(a::b)::Local::get()", ""},
        {"operator==(a::b, a::b)", ""}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *group = groups_namespace(cases[i][0]);

        assert_string_equal(group, cases[i][1]);
        free(group);
    }
}

static int rank(const char *name, const char *wanted)
{
    char function_name[] = "enclosing", file[] = "/src/app/parse.c", kind[] = "function";
    Function function = {.name = (char *)name,
                         .function = function_name,
                         .file = file,
                         .kind = kind,
                         .line = 20};

    return function_page_rank(&function, wanted);
}

static void functions_answer_to_names(void **state)
{
    static const char name[] = "ns::Parser<int>::step(unsigned)";

    (void)state;
    assert_int_equal(rank(name, name), 4);
    assert_int_equal(rank(name, "parse.c:20"), 4);
    assert_int_equal(rank(name, "app/parse.c:20"), 4);
    assert_int_equal(rank(name, "se.c:20"), 0);
    assert_int_equal(rank(name, "enclosing"), 3);
    assert_int_equal(rank(name, "step"), 2);
    assert_int_equal(rank(name, "Parser<int>::step"), 2);
    assert_int_equal(rank(name, "tep"), 1);
    assert_int_equal(rank(name, "*Parser*"), 1);
    assert_int_equal(rank(name, "none"), 0);
}

static void an_index_finds_what_was_put_in(void **state)
{
    IdIndex index = {0};
    bool is_new;

    (void)state;
    assert_null(id_index_find(&index, 1));
    for (int64_t id = -5000; id < 5000; id++) {
        *id_index_slot(&index, id * 977, &is_new) = (size_t)(id + 5000);
        assert_true(is_new);
    }
    for (int64_t id = -5000; id < 5000; id++) {
        assert_int_equal(*id_index_find(&index, id * 977), id + 5000);
    }
    assert_null(id_index_find(&index, 1));
    id_index_release(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(classes_of_cpp_names),
                                       cmocka_unit_test(namespaces_of_cpp_names),
                                       cmocka_unit_test(functions_answer_to_names),
                                       cmocka_unit_test(an_index_finds_what_was_put_in)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
