#include "unit.h"

#include "console.h"
#include "sparkline.h"
#include "top_view.h"

static void keys_are_wishes(void **state)
{
    TopView view = {.interval = 1};

    (void)state;
    assert_int_equal(top_view_key(&view, 'q', 3), WISH_QUIT);
    assert_int_equal(top_view_key(&view, KEY_END, 3), WISH_QUIT);
    assert_int_equal(top_view_key(&view, 'o', 3), WISH_TOGGLE);
    assert_int_equal(top_view_key(&view, 'e', 3), WISH_EXACT);
    assert_int_equal(top_view_key(&view, KEY_REDRAW, 3), WISH_DRAW);
    assert_int_equal(top_view_key(&view, 'x', 3), WISH_NOTHING);
    assert_int_equal(top_view_key(&view, KEY_NONE, 3), WISH_NOTHING);
    assert_int_equal(top_view_key(&view, 'p', 3), WISH_DRAW);
    assert_true(view.paused);
}

static void sorts_come_round(void **state)
{
    TopView view = {.sort = TOP_SELF};

    (void)state;
    for (int i = 0; i < TOP_SORTS; i++) {
        assert_non_null(top_sort_name(view.sort));
        top_view_key(&view, 's', 3);
    }
    assert_int_equal(view.sort, TOP_SELF);
    assert_null(top_sort_name(TOP_SORTS));
}

static void the_selection_stays_among_the_rows(void **state)
{
    TopView view = {.selected = 0};

    (void)state;
    top_view_key(&view, KEY_UP, 3);
    assert_int_equal(view.selected, 0);
    assert_int_equal(top_view_key(&view, KEY_DOWN, 3), WISH_SELECT);
    assert_int_equal(view.selected, 1);
    top_view_key(&view, KEY_PAGE_DOWN, 3);
    assert_int_equal(view.selected, 2);
    top_view_key(&view, KEY_DOWN, 0);
    assert_int_equal(view.selected, 0);
}

static void the_interval_has_bounds(void **state)
{
    TopView view = {.interval = 1};

    (void)state;
    for (int i = 0; i < 50; i++) {
        top_view_key(&view, '-', 3);
    }
    assert_float_equal(view.interval, TOP_LEAST_INTERVAL, 1e-9);
    for (int i = 0; i < 50; i++) {
        top_view_key(&view, '+', 3);
    }
    assert_float_equal(view.interval, TOP_MOST_INTERVAL, 1e-9);
}

static void a_filter_is_typed(void **state)
{
    TopView view = {.interval = 1};
    char line[256];

    (void)state;
    for (const char *c = "/qs"; *c; c++) {
        top_view_key(&view, *c, 3);
    }
    assert_string_equal(view.filter, "qs");
    top_view_footer(&view, line, sizeof line);
    assert_non_null(strstr(line, "Filter: qs_"));
    for (int i = 0; i < 3; i++) {
        top_view_key(&view, KEY_BACKSPACE, 3);
    }
    assert_string_equal(view.filter, "");
    for (int i = 0; i < 500; i++) {
        top_view_key(&view, 'a', 3);
    }
    assert_int_equal(strlen(view.filter), sizeof view.filter - 1);
    top_view_key(&view, KEY_ENTER, 3);
    assert_false(view.typing);
    top_view_key(&view, '/', 3);
    top_view_key(&view, KEY_ESCAPE, 3);
    assert_string_equal(view.filter, "");
    assert_int_equal(top_view_key(&view, 'q', 3), WISH_QUIT);
}

static void bars(void **state)
{
    const double values[] = {-1, 0, 0.001, 4, 8}, none[] = {-1, -1}, zero[] = {0, 0};
    Text out = {0};

    (void)state;
    sparkline_add(values, 5, false, &out);
    assert_string_equal(out.data, " _.=#");
    out.size = 0;
    sparkline_add(values, 5, true, &out);
    assert_string_equal(out.data, " \u2581\u2582\u2585\u2588");
    out.size = 0;
    sparkline_add(none, 2, false, &out);
    sparkline_add(zero, 2, false, &out);
    assert_string_equal(out.data, "  __");
    text_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_wishes),
        cmocka_unit_test(sorts_come_round),
        cmocka_unit_test(the_selection_stays_among_the_rows),
        cmocka_unit_test(the_interval_has_bounds),
        cmocka_unit_test(a_filter_is_typed),
        cmocka_unit_test(bars)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
