#include "unit.h"

#include "suppressions.h"

static const char *functions[] = {"__strdup", "ns::Map<int>::copy(char const*)", "load",
                                  "main"};
static const char *files[] = {"/src/vendor/copy.cpp", "/src/app/map.hpp"};

/* strdup() called in Map::copy() on the path main > load. */
static const LeakSite site = {.path = "main > load",
                              .module = "/usr/lib/libmap.so.2",
                              .functions = functions,
                              .function_count = 4,
                              .own_count = 3,
                              .files = files,
                              .file_count = 2};

/* The line of the rule that matches; 0: none, -1: not parsed. */
static int matched_line(const char *text)
{
    Suppressions rules = {0};
    Suppression *found;
    Error error;
    int line = -1;

    if (suppressions_parse(&rules, text, "rules", &error)) {
        found = suppressions_find(&rules, &site);
        line = found ? (int)found->line : 0;
    }
    suppressions_release(&rules);
    return line;
}

static void rules_match_what_they_name(void **state)
{
    static const char *const match[] = {
        "function:strdup",
        "function:__strdup",
        "function:*Map<int>*",
        "function:copy",
        "function:load",
        "path:main>load",
        "path:main > lo*",
        "path: main > load",
        "file:*/vendor/*",
        "file:map.hpp",
        "module:libmap.so*",
        "module:/usr/lib/*",
        "leak:strdu",
        "leak:Map<",
        "leak:^main$",
        "leak:vendor*cpp",
        "leak:libmap",
        "  function:strdup  # comment",
        ("{\n a name\n Memcheck:Leak\n match-leak-kinds: definite\n fun:malloc\n "
         "fun:strdup\n ...\n fun:main\n obj:*/libmap.so*\n}")};

    (void)state;
    for (size_t i = 0; i < sizeof match / sizeof *match; i++) {
        assert_int_equal(matched_line(match[i]), 1);
    }
}

static void other_rules_do_not(void **state)
{
    static const char *const no_match[] = {
        "function:main", /* on the path only */
        "function:Map",
        "function:str",
        "path:load",
        "path:main",
        "file:vendor",
        "module:libmap",
        "leak:^load2",
        "leak:main$x",
        "leak:[sm]",
        "# function:strdup",
        "",
        "{\n name\n Memcheck:Leak\n fun:strdup\n fun:other\n}",
        "{\n name\n Memcheck:Cond\n fun:strdup\n}",
        "{\n name\n Memcheck:Leak\n fun:malloc\n ...\n}",
        "{\n}"};

    (void)state;
    for (size_t i = 0; i < sizeof no_match / sizeof *no_match; i++) {
        assert_int_equal(matched_line(no_match[i]), 0);
    }
}

static void first_rule_counts(void **state)
{
    (void)state;
    assert_int_equal(matched_line("\n# one\nfunction:none\nleak:load\npath:*"), 4);
}

static void errors_tell_the_line(void **state)
{
    static const char *const wrong[] = {"function:", "strdup", "fun:strdup", "a\n{\n}",
                                        "{\n name\n"};
    Suppressions rules = {0};
    Error error;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(matched_line(wrong[i]), -1);
    }
    assert_false(suppressions_parse(&rules, "path:a\n\nnonsense", "my.supp", &error));
    assert_non_null(strstr(error.text, "my.supp:3: "));
    suppressions_release(&rules);
}

static void texts_are_as_written(void **state)
{
    Suppressions rules = {0};
    Error error;
    char *path, *block;

    (void)state;
    assert_true(suppressions_parse(&rules, "path:a > b\n{\n of old\n X:Leak\n fun:f\n}\n",
                                   "rules", &error));
    path = suppression_text(&rules.items[0]);
    block = suppression_text(&rules.items[1]);
    assert_string_equal(path, "path:a>b");
    assert_string_equal(block, "{ of old }");
    free(path);
    free(block);
    suppressions_release(&rules);
}

static void random_bytes(void **state)
{
    static const char *const words[] = {
        "function:", "path:",    "leak:", "file:", "module:", "{\n", "}\n",
        "\n",        "X:Leak\n", "fun:",  "obj:",  "*",       "[",   "\\",
        "#",         " > ",      "^",     "$",     "\xff",    "main"};
    uint64_t seed = 11;
    char text[128];

    (void)state;
    for (int i = 0; i < 100000; i++) {
        text[0] = '\0';
        for (uint64_t k = unit_random(&seed) % 12; k > 0; k--) {
            strcat(text, words[unit_random(&seed) % (sizeof words / sizeof *words)]);
        }
        matched_line(text);
    }
    for (int i = 0; i < 100000; i++) {
        size_t length = unit_random(&seed) % (sizeof text - 1);

        for (size_t k = 0; k < length; k++) {
            text[k] = (char)(1 + unit_random(&seed) % 255);
        }
        text[length] = '\0';
        matched_line(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules_match_what_they_name),
                                       cmocka_unit_test(other_rules_do_not),
                                       cmocka_unit_test(first_rule_counts),
                                       cmocka_unit_test(errors_tell_the_line),
                                       cmocka_unit_test(texts_are_as_written),
                                       cmocka_unit_test(random_bytes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
