#include "unit.h"

#include "coverage_summary.h"

static char kind[] = "function";

static void add(Coverage *coverage, const char *name, const char *reason,
                const char *module)
{
    char *text = (char *)name;
    Function function = {.name = text, .function = text, .file = text, .kind = kind};

    coverage_add(coverage, &function, reason, module, 0);
}

static void module_is(const CoverageModule *module, const char *name, size_t instrumented,
                      size_t skipped)
{
    assert_string_equal(module->name, name);
    assert_int_equal(module->instrumented, instrumented);
    assert_int_equal(module->skipped, skipped);
}

static void places_count_once_in_a_module_and_once_in_all(void **state)
{
    Coverage coverage = {0};
    CoverageSummary summary = {0};

    (void)state;
    add(&coverage, "inline", "", "a.o");
    add(&coverage, "bad", "naked", "a.o");
    add(&coverage, "inline", "", "b.o");
    add(&coverage, "worse", "constexpr", "app");
    add(&coverage, "inline", "", "app");
    add(&coverage, "bad", "naked", "app");
    add(&coverage, "inline", "", "app");
    add(&coverage, "ugly", "naked", "app");
    coverage_summarize(&summary, &coverage);
    coverage_finish(&coverage);
    coverage_release(&coverage);
    assert_int_equal(summary.count, 3);
    module_is(&summary.modules[0], "app", 1, 3);
    module_is(&summary.modules[1], "a.o", 1, 1);
    module_is(&summary.modules[2], "b.o", 1, 0);
    module_is(&summary.all, "", 1, 3);
    assert_int_equal(summary.all.reason_count, 2);
    assert_string_equal(summary.all.reasons[0].text, "naked");
    assert_int_equal(summary.all.reasons[0].places, 2);
    assert_string_equal(summary.all.reasons[1].text, "constexpr");
    assert_int_equal(summary.modules[2].reason_count, 0);
    coverage_summary_release(&summary);
}

static void nothing_is_a_summary_too(void **state)
{
    Coverage coverage = {0};
    CoverageSummary summary = {0};

    (void)state;
    coverage_summarize(&summary, &coverage);
    assert_int_equal(summary.count, 0);
    module_is(&summary.all, "", 0, 0);
    coverage_summary_release(&summary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_count_once_in_a_module_and_once_in_all),
        cmocka_unit_test(nothing_is_a_summary_too)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
