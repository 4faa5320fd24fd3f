#include "unit.h"

#include "advice.h"

static char function_kind[] = "function", critical_kind[] = "critical";
static char file[] = "/src/a.c", other_file[] = "/src/b.c";

static ProfileRow row(const char *name, char *path, uint64_t calls)
{
    return (ProfileRow){.function = {.name = (char *)name,
                                     .function = (char *)name,
                                     .file = path,
                                     .kind = function_kind,
                                     .line = 10},
                        .timing = {.calls = calls},
                        .overhead_ns = (double)calls};
}

static Profile profile_of(ProfileRow *rows, size_t count)
{
    Profile profile = {.rows = rows, .count = count, .overhead = {.cpu_ns = 1e6}};

    for (size_t i = 0; i < count; i++) {
        profile.overhead.counting_ns += rows[i].overhead_ns;
    }
    return profile;
}

/* The pattern of each row that is left out, in order, with blanks between. */
static void leaves_out(ProfileRow *rows, size_t count, const char *expected,
                       uint64_t calls_left)
{
    Profile profile = profile_of(rows, count);
    AdviceTerms terms = {.budget = 0.01};
    Advice advice = {0};
    const AdviceRow *one;
    char text[500] = "";
    size_t place = 0, excluded = 0;

    advice_make(&advice, &profile, &terms);
    while ((one = advice_next_excluded(&advice, &place))) {
        strcat(strcat(text, advice.patterns[one->item]), " ");
        excluded++;
    }
    assert_string_equal(text, expected);
    assert_int_equal(advice.excluded_rows, excluded);
    assert_int_equal(advice.predicted.calls, calls_left);
    assert_true(advice_self_left(&advice) < 0);
    advice_release(&advice);
}

/* Two files: one rule for each, and only the costly one is needed. */
static void static_functions_of_one_name_are_told_apart(void **state)
{
    ProfileRow rows[] = {row("hash", file, 50000), row("parse", file, 70),
                         row("hash", other_file, 90)};

    (void)state;
    leaves_out(rows, 3, "hash IN FILE /src/a.c ", 160);
}

/* Without a file a rule cannot tell: both go, and both are forecast. */
static void functions_of_unknown_files_go_together(void **state)
{
    char unknown[] = "";
    ProfileRow rows[] = {row("hash", unknown, 50000), row("parse", file, 70),
                         row("hash", other_file, 90)};

    (void)state;
    leaves_out(rows, 3, "hash hash ", 70);
}

static void overloads_are_told_apart(void **state)
{
    ProfileRow rows[] = {row("A::at(int)", file, 50000), row("A::at(int) const", file, 9),
                         row("at(int *)", file, 8)};

    (void)state;
    leaves_out(rows, 3, "A::at(int) ", 17);
}

/* A C function's rule matches bare names of C++. */
static void a_plain_name_takes_the_methods_along(void **state)
{
    ProfileRow rows[] = {row("A::size() const", file, 40), row("size", file, 50000),
                         row("A::resize(int)", file, 5)};

    (void)state;
    leaves_out(rows, 3, "size size ", 5);
}

static void critical_paths_stay(void **state)
{
    ProfileRow rows[] = {row("checkout", file, 60000), row("hash", file, 50000)};

    (void)state;
    rows[0].function.kind = critical_kind;
    leaves_out(rows, 2, "hash ", 60000);
}

static void an_empty_profile_needs_no_advice(void **state)
{
    (void)state;
    leaves_out(NULL, 0, "", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(static_functions_of_one_name_are_told_apart),
        cmocka_unit_test(functions_of_unknown_files_go_together),
        cmocka_unit_test(overloads_are_told_apart),
        cmocka_unit_test(a_plain_name_takes_the_methods_along),
        cmocka_unit_test(critical_paths_stay),
        cmocka_unit_test(an_empty_profile_needs_no_advice)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
