#include "unit.h"

#include <locale.h>

#include "table.h"

static const Column columns[] = {{"N", ALIGN_RIGHT, 0, 0},
                                 {"Extra", ALIGN_LEFT, 2, 0},
                                 {"More", ALIGN_LEFT, 1, 0},
                                 {"Name", ALIGN_LEFT, 0, 6}};

static char *print(Terminal terminal, const char *name)
{
    Table *table = table_new(columns, 4);
    Text out = {0};

    table_cell(table, STYLE_PLAIN, "1");
    table_cell(table, STYLE_PLAIN, "extra");
    table_cell(table, STYLE_PLAIN, "more");
    table_cell(table, STYLE_HOT, name);
    table_print(table, &terminal, &out);
    table_free(table);
    return out.data;
}

static void expect(Terminal terminal, const char *name, const char *expected)
{
    char *text = print(terminal, name);

    assert_string_equal(text, expected);
    free(text);
}

static void without_a_limit_nothing_is_cut(void **state)
{
    (void)state;
    expect((Terminal){0}, "a_rather_long_function_name",
           "N  Extra  More  Name\n1  extra  more  a_rather_long_function_name\n");
}

static void columns_go_then_names_are_shortened(void **state)
{
    (void)state;
    expect((Terminal){.width = 22}, "a_long_name",
           "N  Extra  More  Name\n1  extra  more  a_..me\n");
    expect((Terminal){.width = 21}, "a_long_name",
           "N  More  Name\n1  more  a_long_name\n");
    expect((Terminal){.width = 9}, "a_long_name", "N  Name\n1  a_..me\n");
    expect((Terminal){.width = 3}, "a_long_name", "N  Name\n1  a..e\n");
}

static void control_characters_do_not_get_through(void **state)
{
    (void)state;
    expect((Terminal){0}, "a\033[31mb\n",
           "N  Extra  More  Name\n1  extra  more  a?[31mb?\n");
}

static void colour_surrounds_the_text_only(void **state)
{
    (void)state;
    expect((Terminal){.width = 9, .color = true}, "x",
           "\033[1mN\033[0m  \033[1mName\033[0m\n1  \033[1;31mx\033[0m\n");
}

static void utf8_is_measured_in_columns(void **state)
{
    Terminal terminal = {.width = 9, .utf8 = true};

    (void)state;
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        skip();
    }
    expect(terminal, "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9",
           "N  Name\n1  \u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\n");
    expect(terminal, "\u6f22\u5b57\u6f22\u5b57", "N  Name\n1  \u6f22\u2026\u5b57\n");
    expect(terminal,
           "a\xff"
           "b",
           "N  Name\n1  a?b\n");
    setlocale(LC_CTYPE, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_limit_nothing_is_cut),
        cmocka_unit_test(columns_go_then_names_are_shortened),
        cmocka_unit_test(control_characters_do_not_get_through),
        cmocka_unit_test(colour_surrounds_the_text_only),
        cmocka_unit_test(utf8_is_measured_in_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
