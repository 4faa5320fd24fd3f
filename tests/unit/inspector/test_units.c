#include "unit.h"

#include "units.h"

static void times(void **state)
{
    static const struct {
        double ns;
        const char *text;
    } cases[] = {
        {-1, "-"},         {0, "0 ns"},        {5.24, "5.2 ns"},    {5, "5 ns"},
        {9.97, "10 ns"},   {999.4, "999 ns"},  {999.6, "1.00 us"},  {1234, "1.23 us"},
        {99960, "100 us"}, {999499, "999 us"}, {999500, "1.00 ms"}, {12345678, "12.3 ms"},
        {1e9, "1.00 s"},   {123.4e9, "123 s"}, {7200e9, "7200 s"},  {36000e9, "10.0 h"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(units_time(cases[i].ns, false).text, cases[i].text);
    }
    assert_string_equal(units_time(1234, true).text, "1.23 \u00b5s");
}

static void counts(void **state)
{
    (void)state;
    assert_string_equal(units_count(0).text, "0");
    assert_string_equal(units_count(999).text, "999");
    assert_string_equal(units_count(1000).text, "1,000");
    assert_string_equal(units_count(UINT64_MAX).text, "18,446,744,073,709,551,615");
    assert_string_equal(units_short_count(999).text, "999");
    assert_string_equal(units_short_count(999.6).text, "1.00 k");
    assert_string_equal(units_short_count(12.34e6).text, "12.3 M");
}

static void sizes(void **state)
{
    (void)state;
    assert_string_equal(units_bytes(0).text, "0 B");
    assert_string_equal(units_bytes(999).text, "999 B");
    assert_string_equal(units_bytes(999.6).text, "1.00 kB");
    assert_string_equal(units_bytes(3.14e6).text, "3.14 MB");
    assert_string_equal(units_bytes(-12.34e9).text, "-12.3 GB");
    assert_string_equal(units_bytes(-0.1).text, "0 B");
    assert_string_equal(units_bytes(NAN).text, "-");
    assert_string_equal(units_bytes(INFINITY).text, "inf EB");
}

static void percents(void **state)
{
    (void)state;
    assert_string_equal(units_percent(-1).text, "-");
    assert_string_equal(units_percent(NAN).text, "-");
    assert_string_equal(units_percent(0).text, "0.00%");
    assert_string_equal(units_percent(0.00001).text, "<0.01%");
    assert_string_equal(units_percent(0.0123).text, "1.23%");
    assert_string_equal(units_percent(0.9996).text, "100%");
}

static void dates(void **state)
{
    (void)state;
    assert_string_equal(units_iso_date(1750000000000000000).text, "2025-06-15T15:06:40Z");
    assert_string_equal(units_iso_date(0).text, "");
    assert_string_equal(units_date(0).text, "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(times), cmocka_unit_test(counts),
                                       cmocka_unit_test(sizes), cmocka_unit_test(percents),
                                       cmocka_unit_test(dates)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
