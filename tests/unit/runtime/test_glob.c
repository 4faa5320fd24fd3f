/* Patterns of functions, and the fields of a site's text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "glob.h"

static int matches(const char *glob, const char *text)
{
    return tkai_glob_matches(glob, text, strlen(text));
}

static void whole_texts_match(void **state)
{
    (void)state;
    assert_true(matches("", ""));
    assert_true(matches("parse", "parse"));
    assert_false(matches("parse", "parser"));
    assert_false(matches("parser", "parse"));
    assert_true(matches("p?rse", "parse"));
    assert_false(matches("?", ""));
}

static void stars_stand_for_anything(void **state)
{
    (void)state;
    assert_true(matches("*", ""));
    assert_true(matches("*", "parse"));
    assert_true(matches("p*", "parse"));
    assert_true(matches("*se", "parse"));
    assert_true(matches("*a*s*", "parse"));
    assert_true(matches("a*b*c", "aXbXbXc"));
    assert_false(matches("a*b*c", "aXbXb"));
    assert_true(matches("**x**", "x"));
    assert_true(matches("*::step(*)", "Parser::step(int)"));
}

/* A text need not end where its length does. */
static void the_length_decides(void **state)
{
    (void)state;
    assert_true(tkai_glob_matches("par", "parse", 3));
    assert_false(tkai_glob_matches("parse", "parse", 3));
    assert_true(tkai_glob_matches("*", "parse", 0));
}

static void long_patterns_end(void **state)
{
    char text[5000], glob[2001];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 1000; i++) {
        glob[2 * i] = '*';
        glob[2 * i + 1] = 'a';
    }
    glob[2000] = '\0';
    assert_true(matches(glob, text));
    glob[1999] = 'b';
    assert_false(matches(glob, text));
}

static void fields_of_a_text(void **state)
{
    const char *text = "1\tf\tshown\tinner\t/src/a.c\t12\t3\t";
    int length;

    (void)state;
    assert_memory_equal(tkai_site_field(text, TKAI_SITE_NAME, &length), "shown", 5);
    assert_int_equal(length, 5);
    assert_memory_equal(tkai_site_field(text, TKAI_SITE_FILE, &length), "/src/a.c", 8);
    assert_int_equal(length, 8);
    tkai_site_field(text, TKAI_SITE_REASON, &length);
    assert_int_equal(length, 0);
    tkai_site_field("cut", TKAI_SITE_FILE, &length);
    assert_int_equal(length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_texts_match),
        cmocka_unit_test(stars_stand_for_anything),
        cmocka_unit_test(the_length_decides),
        cmocka_unit_test(long_patterns_end),
        cmocka_unit_test(fields_of_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
