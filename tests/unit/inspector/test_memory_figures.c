#include "unit.h"

#include "memory_figures.h"
#include "memory_series.h"

static void live_is_exact_or_estimated(void **state)
{
    MemoryFigures figures = {{0}, 0, false, {0}};

    (void)state;
    assert_true(memory_live_error(&figures) == 0);
    assert_true(memory_mean_size(&figures) == -1);
    assert_true(memory_temporary_share(&figures) == -1);

    figures.n[MEMORY_ALLOCATIONS] = figures.n[MEMORY_TRACKED] = 4;
    figures.n[MEMORY_BYTES] = 400;
    figures.n[MEMORY_TRACKED_BYTES] = 416;
    figures.n[MEMORY_FREED] = 1;
    figures.n[MEMORY_FREED_BYTES] = 104;
    figures.n[MEMORY_TEMPORARY] = 1;
    assert_true(memory_live(&figures) == 312);
    assert_true(memory_live_blocks(&figures) == 3);
    assert_true(memory_live_error(&figures) == 0);
    assert_true(memory_mean_size(&figures) == 100);
    assert_true(memory_temporary_share(&figures) == 0.25);

    figures.n[MEMORY_ALLOCATIONS] = 1000; /* most of them not tracked, none sampled */
    assert_true(memory_live_error(&figures) == -1);
    figures.n[MEMORY_SAMPLES] = 16;
    figures.n[MEMORY_SAMPLED_BYTES] = 8000;
    figures.sampled_blocks = 80;
    assert_true(memory_live_error(&figures) == 2000); /* a quarter: 1 / sqrt(16) */
    assert_true(memory_live(&figures) == 8312);
    assert_true(memory_live_blocks(&figures) == 83);
}

static void sums_add_up(void **state)
{
    MemoryFigures sum = {{0}, 0, false, {0}}, one = {{0}, 1.5, true, {0}};

    (void)state;
    one.n[MEMORY_BYTES] = 7;
    one.n[MEMORY_FREED_BYTES] = INT64_MAX;
    one.sizes[2] = 3;
    memory_figures_add(&sum, &one);
    memory_figures_add(&sum, &one); /* wraps around, without a fault */
    assert_int_equal(sum.n[MEMORY_BYTES], 14);
    assert_int_equal(sum.sizes[2], 6);
    assert_true(sum.sampled_blocks == 3);
    assert_true(sum.has_verdict);
    assert_string_equal(memory_figure_name(MEMORY_ALLOCATIONS), "allocations");
    assert_string_equal(memory_figure_name(MEMORY_REACHABLE_BYTES), "reachable_bytes");
}

/* Two processes, one of which ends before the other: what it had goes with it. */
static void columns_add_processes(void **state)
{
    int64_t at1[] = {1000, 2000, 5000}, at2[] = {2000, 3000};
    double bytes1[] = {10, 20, 30}, bytes2[] = {100, 200};
    MemorySeries series[] = {{1, at1, bytes1, 3, 3, 3}, {2, at2, bytes2, 2, 2, 2}};
    MemorySeriesList list = {series, 2, 2, 1}, none = {NULL, 0, 0, 1};
    static const double expected[] = {10, 120, 220, 20, 30};
    MemoryColumns columns;

    (void)state;
    memory_columns_make(&columns, &list, 4);
    assert_int_equal(columns.started_at, 1000);
    assert_int_equal(columns.length_ns, 1001);
    memory_columns_release(&columns);

    memory_columns_make(&columns, &list, 5);
    assert_int_equal(columns.count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_true(columns.bytes[i] == expected[i]);
    }
    memory_columns_release(&columns);
    memory_columns_make(&columns, &none, 5);
    assert_int_equal(columns.count, 0);
    memory_columns_release(&columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(live_is_exact_or_estimated),
                                       cmocka_unit_test(sums_add_up),
                                       cmocka_unit_test(columns_add_processes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
