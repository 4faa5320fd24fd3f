#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "returntext.h"
#include "roletext.h"

/* Reads the first return in the text; `end`: where libclang sees its end, 0 for none. */
static bool read_return(ReturnText *parts, Arena *arena, const char *text, size_t end)
{
    SourceFile source = {.content = {.length = strlen(text)}};

    source.content.data = arena_strdup(arena, text);
    return returntext_read(parts, arena, &source, (size_t)(strstr(text, "return") - text),
                           end);
}

static void test_returns(void **state)
{
    static const struct {
        const char *text, *value;
    } cases[] = {
        {"return x;", "x"},
        {"return(x);", "x"},
        {"return /* ; */ ( (x) ) // x\n;", "( (x) )"},
        {"return /* a */ ((x)) /* b */;", "x"},
        {"return (x)(y);", "(x)(y)"},
        {"return (x) + (y);", "(x) + (y)"},
        {"return f(\";\", ';', '\\'', \"\\\";\") ;", "f(\";\", ';', '\\'', \"\\\";\")"},
        {"return a /* ; */ + b // ;\n;", "a /* ; */ + b"},
        {"return R\"x(a;)\" b;)x\";", "R\"x(a;)\" b;)x\""},
        {"return 1'000;", "1'000"},
        {"return [](int k) { return k; }(3);", "[](int k) { return k; }(3)"},
        {"return {1, 2};", "{1, 2}"},
        {"return a ? b :\n  c;", "a ? b :\n  c"},
    };
    Arena arena = {0};
    ReturnText parts;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(read_return(&parts, &arena, cases[i].text, 0));
        assert_string_equal(parts.value, cases[i].value);
        assert_int_equal(cases[i].text[parts.semicolon], ';');
        assert_int_equal(parts.is_name, strcmp(cases[i].value, "x") == 0);
        assert_int_equal(parts.is_braced, cases[i].value[0] == '{');
    }
    arena_release(&arena);
}

static void test_no_returns(void **state)
{
    Arena arena = {0};
    ReturnText parts;

    (void)state;
    assert_false(read_return(&parts, &arena, "returned;", 0));
    assert_false(read_return(&parts, &arena, "my_return x;", 0));
    assert_false(read_return(&parts, &arena, "return;", 0));
    assert_false(read_return(&parts, &arena, "return x)", 0));
    assert_false(read_return(&parts, &arena, "return x", 0));
    assert_false(read_return(&parts, &arena, "return \"a", 0));
    /* libclang sees another end: something is not as it looks. */
    assert_true(read_return(&parts, &arena, "return x /**/ ;", 8));
    assert_false(read_return(&parts, &arena, "return x; y;", 11));
    assert_false(read_return(&parts, &arena, "return x + y;", 8));
    arena_release(&arena);
}

static void test_count(void **state)
{
    static char text[] = "return a; // return\n#if 0\nreturn b;\n#endif\n"
                         "/* return */ \"return\" returned; 1'000; return R\"(return)\";";
    Arena arena = {0};
    SourceFile source = {.content = {.data = text, .length = sizeof text - 1}};

    (void)state;
    assert_int_equal(returntext_count(&arena, &source, 0, sizeof text - 1), 3);
    assert_int_equal(returntext_count(&arena, &source, 1, sizeof text - 1), 2);
    arena_release(&arena);
}

static void test_lines(void **state)
{
    Arena arena = {0};
    Role role = {.enumerators = ";1=ONE"};
    const char **lines;
    size_t count;

    (void)state;
    assert_null(roletext_lines(&arena, NULL, &count));
    assert_false(roletext_has_any(&role));
    role.has[ROLEKIND_LOOKUP] = role.has[ROLEKIND_RESOLVER] = true;
    role.has[ROLEKIND_MEMORY] = true;
    role.name[ROLEKIND_LOOKUP] = "pages";
    role.edit_count = 3;
    roletext_refuse(&arena, &role, "cache key", "why");
    lines = roletext_lines(&arena, &role, &count);
    assert_int_equal(count, 4);
    assert_string_equal(lines[0], "lookup:pages");
    assert_string_equal(lines[1], "resolver;1=ONE");
    assert_string_equal(lines[2], "memory");
    assert_string_equal(lines[3], "refused:cache key: why");
    roletext_drop_edits(&arena, &role, "lost");
    assert_int_equal(role.edit_count, 0);
    lines = roletext_lines(&arena, &role, &count);
    assert_int_equal(count, 4);
    assert_string_equal(lines[0], "memory");
    assert_string_equal(lines[3], "refused:resolver: lost");
    assert_true(roletext_has_any(&role));
    arena_release(&arena);
}

static void test_number(void **state)
{
    Arena arena = {0};

    (void)state;
    assert_string_equal(
        roletext_number(&arena, "f(&a" ROLE_DIGITS "_, b" ROLE_DIGITS ")", 12),
        "f(&a12_, b12)");
    assert_string_equal(roletext_number(&arena, "", 1), "");
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_returns),
        cmocka_unit_test(test_no_returns),
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
