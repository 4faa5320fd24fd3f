#include "unit.h"

#include "csv_writer.h"
#include "json_writer.h"

static void values_and_nesting(void **state)
{
    Text out = {0};
    Json json = {.out = &out};

    (void)state;
    json_object(&json, NULL);
    json_integer(&json, "a", -5);
    json_array(&json, "list");
    json_object(&json, NULL);
    json_bool(&json, "x", true);
    json_null(&json, "y");
    json_end(&json);
    json_end(&json);
    json_array(&json, "none");
    json_end(&json);
    json_end(&json);
    assert_string_equal(out.data, "{\n  \"a\": -5,\n  \"list\": [\n    {\"x\": true, "
                                  "\"y\": null}\n  ],\n  \"none\": []\n}\n");
    text_release(&out);
}

static void numbers_survive_every_reader(void **state)
{
    Text out = {0};
    Json json = {.out = &out};

    (void)state;
    json_array(&json, NULL);
    json_count(&json, NULL, 9007199254740992u);
    json_count(&json, NULL, 9007199254740993u);
    json_integer(&json, NULL, -9007199254740993);
    json_real(&json, NULL, NAN);
    json_real(&json, NULL, 0.5);
    json_ns(&json, NULL, -1);
    json_ns(&json, NULL, 2.6);
    json_end(&json);
    assert_string_equal(out.data,
                        "[\n  9007199254740992,\n  \"9007199254740993\",\n  "
                        "\"-9007199254740993\",\n  null,\n  0.5,\n  null,\n  3\n]\n");
    text_release(&out);
}

static void text_is_escaped(void **state)
{
    Text out = {0};
    Json json = {.out = &out};

    (void)state;
    json_array(&json, NULL);
    json_text(&json, NULL, "q\"b\\n\n\t\x7f \u00e9 \xff\xc3 \xed\xa0\x80 \U0001f600");
    json_optional_text(&json, NULL, "");
    json_end(&json);
    assert_string_equal(out.data,
                        "[\n  \"q\\\"b\\\\n\\u000a\\u0009\\u007f \u00e9 \\ufffd\\ufffd "
                        "\\ufffd\\ufffd\\ufffd \U0001f600\",\n  null\n]\n");
    text_release(&out);
}

static void csv_quotes_what_needs_it(void **state)
{
    Text out = {0};
    Csv csv = {.out = &out};

    (void)state;
    csv_text(&csv, "f(int, \"x\")");
    csv_count(&csv, 7);
    csv_ns(&csv, -1);
    csv_real(&csv, 0.25);
    csv_end_row(&csv);
    csv_text(&csv, "plain");
    csv_end_row(&csv);
    assert_string_equal(out.data, "\"f(int, \"\"x\"\")\",7,,0.25\nplain\n");
    text_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_and_nesting),
                                       cmocka_unit_test(numbers_survive_every_reader),
                                       cmocka_unit_test(text_is_escaped),
                                       cmocka_unit_test(csv_quotes_what_needs_it)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
