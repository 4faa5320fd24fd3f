#include "unit.h"

#include "repeats.h"
#include "validation.h"
#include "verdict.h"

static Repeats repeats_of(size_t count, const double *values)
{
    Repeats repeats = {0};

    for (size_t i = 0; i < count; i++) {
        repeats_add(&repeats, values[i]);
    }
    return repeats;
}

static void medians(void **state)
{
    const double values[] = {5, 1, 4, 2, 3};
    Repeats odd = repeats_of(5, values), even = repeats_of(4, values);
    Repeats none = {0};

    (void)state;
    assert_true(repeats_median(&odd) == 3);
    assert_true(repeats_median(&even) == 3);
    assert_true(repeats_quantile(&odd, 0) == 1);
    assert_true(repeats_quantile(&odd, 1) == 5);
    assert_true(odd.values[0] == 5);
    assert_true(isnan(repeats_median(&none)));
    for (int i = 0; i < 2 * REPEATS_MOST; i++) {
        repeats_add(&none, i);
    }
    assert_int_equal(none.count, REPEATS_MOST);
}

static void spreads(void **state)
{
    const double same[] = {7, 7, 7}, values[] = {1, 2, 3, 4, 100};
    Repeats two = repeats_of(2, values), equal = repeats_of(3, same);
    Repeats five = repeats_of(5, values);

    (void)state;
    assert_true(isnan(repeats_spread(&two)));
    assert_true(repeats_spread(&equal) == 0);
    assert_true(fabs(repeats_spread(&five) - 1.57 * 2 / sqrt(5)) < 1e-9);
}

static void verdicts(void **state)
{
    static const struct {
        double value, spread;
        Bound bound;
        double limit;
        Verdict verdict;
    } cases[] = {
        {0.5, 0.1, AT_MOST, 1, VERDICT_OK},    {0.9, 0.3, AT_MOST, 1, VERDICT_OK},
        {0.5, 1.5, AT_MOST, 1, VERDICT_NOISY}, {1.1, 0.05, AT_MOST, 1, VERDICT_FAIL},
        {1.1, 0.2, AT_MOST, 1, VERDICT_NOISY}, {1.1, NAN, AT_MOST, 1, VERDICT_FAIL},
        {-0.2, 0.1, AT_MOST, 1, VERDICT_OK},   {0, NAN, AT_MOST, 0, VERDICT_OK},
        {1, NAN, AT_MOST, 0, VERDICT_FAIL},    {60, 5, AT_LEAST, 50, VERDICT_OK},
        {200, 60, AT_LEAST, 50, VERDICT_OK},   {40, 5, AT_LEAST, 50, VERDICT_FAIL},
        {40, 15, AT_LEAST, 50, VERDICT_NOISY}, {NAN, NAN, AT_MOST, 1, VERDICT_FAIL}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(verdict_judge(cases[i].value, cases[i].spread, cases[i].bound,
                                       cases[i].limit),
                         cases[i].verdict);
    }
}

static void findings(void **state)
{
    const double slow[] = {2, 2.1, 1.9};
    Repeats repeats = repeats_of(3, slow);
    Validation list = {0};
    Finding *finding = validation_add(&list, "cost", "a call");

    (void)state;
    assert_int_equal(finding->verdict, VERDICT_OK);
    assert_true(isnan(finding->value));
    finding_judge(finding, UNIT_NS, &repeats, AT_MOST, 1);
    finding_note(finding, "%d", 1);
    finding_note(finding, "%d", 2);
    assert_string_equal(finding->note, "2");
    validation_tell(&list, "memory", "tracking", VERDICT_SKIPPED, "not built yet");
    assert_int_equal(validation_count(&list, VERDICT_FAIL), 1);
    assert_int_equal(validation_count(&list, VERDICT_SKIPPED), 1);
    assert_int_equal(validation_count(&list, VERDICT_OK), 0);
    assert_string_equal(verdict_word(VERDICT_NOISY), "noisy");
    assert_string_equal(unit_word(UNIT_ROWS), "rows/s");
    validation_release(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(medians), cmocka_unit_test(spreads), cmocka_unit_test(verdicts),
        cmocka_unit_test(findings)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
