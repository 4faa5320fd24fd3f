#include "unit.h"

#include <fnmatch.h>

#include "rule_pattern.h"

static void patterns_match_their_names_only(void **state)
{
    static const char *const names[] = {"parse",
                                        "ns::Map<int>::at(const char *, int) const",
                                        "operator*(const M &)",
                                        "V::operator[](int)",
                                        "f(int (*)[3], ...)",
                                        "back\\slash",
                                        "",
                                        "f(int *)",
                                        "f(int **)",
                                        "f(int &)"};
    size_t count = sizeof names / sizeof *names;

    (void)state;
    for (size_t i = 0; i < count; i++) {
        char *pattern = rule_pattern_new(names[i]);

        for (size_t k = 0; k < count; k++) {
            assert_int_equal(fnmatch(pattern, names[k], 0), i == k ? 0 : FNM_NOMATCH);
        }
        free(pattern);
    }
}

static void patterns_fit_on_a_line(void **state)
{
    static const char *const names[] = {"a#b", "a\nb", " blank ", "tab\there", "#"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *pattern = rule_pattern_new(names[i]);

        assert_int_equal(fnmatch(pattern, names[i], 0), 0);
        assert_null(strpbrk(pattern, "#\n\t"));
        assert_true(pattern[0] != ' ' && pattern[strlen(pattern) - 1] != ' ');
        free(pattern);
    }
}

static void bare_names(void **state)
{
    static const char *const cases[][2] = {
        {"parse", "parse"},
        {"parse(int)", "parse"},
        {"ns::Map<a::b>::size() const", "size"},
        {"(anonymous namespace)::f(void (*)(int))", "f"},
        {"f<std::pair<int, int>>(int)", "f"},
        {"M::operator()(int)", ""},
        {"M::operator*(int)", ""},
        {"))((", ""},
        {"", ""}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *bare = rule_pattern_bare(cases[i][0]);

        assert_string_equal(bare, cases[i][1]);
        free(bare);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(patterns_match_their_names_only),
                                       cmocka_unit_test(patterns_fit_on_a_line),
                                       cmocka_unit_test(bare_names)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
