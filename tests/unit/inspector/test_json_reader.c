#include "unit.h"

#include "json_reader.h"
#include "json_writer.h"

static JsonValue *read_text(const char *text)
{
    Error error;
    size_t size = strlen(text);
    uint8_t *copy = unit_exact_copy(text, size);
    JsonValue *value = json_read((const char *)copy, size, &error);

    free(copy);
    return value;
}

static void values_are_read(void **state)
{
    JsonValue *root =
        read_text(" {\"a\": [1, -2.5e3, true, false, null, \"x\\n\\u00e9\"],"
                  " \"b\": {\"c\": {}}, \"n\": \"12345678901234567\"} ");
    const JsonValue *list = json_member(root, "a");

    (void)state;
    assert_non_null(list);
    assert_int_equal(list->count, 6);
    assert_true(json_number_of(&list->items[0]) == 1);
    assert_true(json_number_of(&list->items[1]) == -2500);
    assert_int_equal(list->items[2].kind, JSON_TRUE);
    assert_int_equal(list->items[3].kind, JSON_FALSE);
    assert_int_equal(list->items[4].kind, JSON_NULL);
    assert_string_equal(json_text_of(&list->items[5]), "x\n\xc3\xa9");
    assert_int_equal(json_member(json_member(root, "b"), "c")->kind, JSON_OBJECT);
    assert_true(json_number_of(json_member(root, "n")) == 12345678901234567.0);
    assert_null(json_member(root, "none"));
    assert_null(json_member(NULL, "a"));
    assert_string_equal(json_text_of(NULL), "");
    assert_true(json_number_of(list) == 0);
    json_free(root);
    json_free(NULL);
}

static void surrogates_are_joined(void **state)
{
    JsonValue *root = read_text("[\"\\ud83d\\ude00\", \"\\ud83dx\", \"\\ud83d\\u0041\"]");

    (void)state;
    assert_string_equal(root->items[0].text, "\xf0\x9f\x98\x80");
    assert_string_equal(root->items[1].text, "\xef\xbf\xbdx");
    assert_string_equal(root->items[2].text, "\xef\xbf\xbd");
    json_free(root);
}

static void other_texts_are_refused(void **state)
{
    static const char *const wrong[] = {
        "",       "{",         "[1,]",    "{\"a\"}",   "{\"a\":}", "{a:1}", "nul",
        "1 2",    "\"open",    "\"\\x\"", "\"\\u12\"", "[1 2]",    "-",     "1e",
        "\"\n\"", "[\"a\":1]", "{1:2}",   "]",         "1.2.3"};
    char deep[400];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_null(read_text(wrong[i]));
    }
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    assert_null(read_text(deep));
}

static void what_is_written_is_read(void **state)
{
    static const char odd[] = "\"quoted\" \\ \t\x01 \xc3\xa9";
    Text out = {0};
    Json json = {.out = &out};
    JsonValue *root;

    (void)state;
    json_object(&json, NULL);
    json_text(&json, "odd", odd);
    json_integer(&json, "n", -7);
    json_end(&json);
    root = read_text(out.data);
    assert_string_equal(json_text_of(json_member(root, "odd")), odd);
    assert_true(json_number_of(json_member(root, "n")) == -7);
    json_free(root);
    text_release(&out);
}

/* Of characters that JSON is made of: no fault, and nothing lost. */
static void random_bytes(void **state)
{
    static const char alphabet[] = "{}[]:,\"\\u0e1-.tfn \xff";
    uint64_t seed = 7;
    char text[48];

    (void)state;
    for (int i = 0; i < 200000; i++) {
        size_t length = unit_random(&seed) % (sizeof text - 1);

        for (size_t k = 0; k < length; k++) {
            text[k] = alphabet[unit_random(&seed) % (sizeof alphabet - 1)];
        }
        text[length] = '\0';
        json_free(read_text(text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read), cmocka_unit_test(surrogates_are_joined),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(what_is_written_is_read), cmocka_unit_test(random_bytes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
