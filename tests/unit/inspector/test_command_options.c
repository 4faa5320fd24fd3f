#include "unit.h"

#include "command_options.h"

static bool flag;
static const char *string;
static uint64_t count;
static double real;

static const Option table[] = {{"flag", 'f', OPTION_FLAG, &flag, NULL, "a flag"},
                               {"string", 's', OPTION_STRING, &string, "TEXT", "a text"},
                               {"count", 'n', OPTION_COUNT, &count, "N", "a number"},
                               {"real", 0, OPTION_REAL, &real, "X", "a real\nnumber"},
                               {0}};
static const Option none[] = {{0}};

/* Parse words separated by blanks. */
static bool parse(char *words, OperandOrder order, CommandLine *line, Error *error)
{
    static char *arguments[32];

    *line = (CommandLine){.arguments = arguments};
    flag = false;
    string = NULL;
    count = 0;
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) {
        arguments[line->count++] = word;
    }
    return options_parse(table, none, order, line, error);
}

static void all_spellings(void **state)
{
    char words[] = "--flag one --string=a=b -n12 --real 0.5 two -- --count";
    char letters[] = "-fn 3 -sx";
    CommandLine line;
    Error error;

    (void)state;
    assert_true(parse(words, ORDER_ANY, &line, &error));
    assert_true(flag);
    assert_string_equal(string, "a=b");
    assert_int_equal(count, 12);
    assert_true(real > 0.49 && real < 0.51);
    assert_int_equal(line.count, 3);
    assert_string_equal(line.arguments[0], "one");
    assert_string_equal(line.arguments[2], "--count");
    assert_true(parse(letters, ORDER_ANY, &line, &error));
    assert_true(flag && count == 3);
    assert_string_equal(string, "x");
}

static void a_program_keeps_its_options(void **state)
{
    char words[] = "-f prog --flag -n";
    char dashes[] = "-n 2 -- -prog -n";
    CommandLine line;
    Error error;

    (void)state;
    assert_true(parse(words, ORDER_OPTIONS_FIRST, &line, &error));
    assert_int_equal(line.count, 3);
    assert_string_equal(line.arguments[2], "-n");
    assert_true(parse(dashes, ORDER_OPTIONS_FIRST, &line, &error));
    assert_int_equal(line.count, 2);
    assert_string_equal(line.arguments[0], "-prog");
}

static void mistakes_are_usage_errors(void **state)
{
    static const char *const wrong[] = {"--nope",   "-x",
                                        "--count",  "--count -3",
                                        "-n 3x",    "--flag=1",
                                        "--real x", "--real -1",
                                        "--count=", "--count 99999999999999999999"};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char words[64];
        CommandLine line;
        Error error = {0};

        strcpy(words, wrong[i]);
        assert_false(parse(words, ORDER_ANY, &line, &error));
        assert_int_equal(error.status, STATUS_USAGE);
        assert_true(strlen(error.text) > 5);
    }
}

static void help_is_noticed_and_printed(void **state)
{
    char words[] = "a --help";
    CommandLine line;
    Error error;
    Text out = {0};

    (void)state;
    assert_true(parse(words, ORDER_ANY, &line, &error));
    assert_true(line.help);
    options_help(table, &out);
    assert_non_null(strstr(out.data, "  -n, --count N           a number\n"));
    assert_non_null(strstr(out.data, "  --real X                a real\n"
                                     "                          number\n"));
    text_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_spellings),
                                       cmocka_unit_test(a_program_keeps_its_options),
                                       cmocka_unit_test(mistakes_are_usage_errors),
                                       cmocka_unit_test(help_is_noticed_and_printed)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
