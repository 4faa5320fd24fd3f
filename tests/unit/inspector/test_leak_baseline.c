#include "unit.h"

#include "leak_baseline.h"

static void keys_forget_the_line_and_folder(void **state)
{
    char *a = leak_key("definite", "main > load", "copy", "/src/app/load.c:12");
    char *b = leak_key("definite", "main > load", "copy", "/home/x/load.c:99");
    char *c = leak_key("definite", "main > load", "copy", "/src/app/other.c:12");
    char *d = leak_key("indirect", "main > load", "copy", "/src/app/load.c:12");
    char *e = leak_key("definite", "", "", "app+0x12");
    char *f = leak_key("definite", "", "", "app+0x13");

    (void)state;
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    assert_string_not_equal(a, d);
    assert_string_not_equal(e, f);
    free(a);
    free(b);
    free(c);
    free(d);
    free(e);
    free(f);
}

static void one_key_is_added_up(void **state)
{
    LeakBaseline baseline = {0};
    const KnownLeak *known;

    (void)state;
    assert_null(leak_baseline_find(&baseline, "a"));
    leak_baseline_add(&baseline, "b", &(KnownLeak){NULL, 1, 10, 0});
    leak_baseline_add(&baseline, "a", &(KnownLeak){NULL, 2, 20, 0});
    leak_baseline_add(&baseline, "b", &(KnownLeak){NULL, 3, 30, 5});
    known = leak_baseline_find(&baseline, "b");
    assert_true(known->blocks == 4 && known->bytes == 40 && known->rate == 5);
    assert_true(leak_baseline_find(&baseline, "a")->bytes == 20);
    assert_null(leak_baseline_find(&baseline, "c"));
    leak_baseline_release(&baseline);
}

static bool parses(LeakBaseline *baseline, const char *text)
{
    Error error;

    return leak_baseline_parse(baseline, text, strlen(text), "file", &error);
}

static void files_are_read(void **state)
{
    LeakBaseline baseline = {0};
    char *key = leak_key("growth", "p", "c", "f.c:1");

    (void)state;
    assert_false(parses(&baseline, "nonsense"));
    assert_false(parses(&baseline, "{}"));
    assert_false(parses(&baseline, "{\"findings\": 3}"));
    assert_true(parses(&baseline,
                       "{\"findings\": [1, {}, {\"kind\": \"growth\", \"path\": "
                       "\"p\", \"code\": \"c\", \"place\": \"/x/f.c:7\", "
                       "\"blocks\": null, \"bytes\": 5, \"bytes_per_hour\": "
                       "2.5}]}"));
    assert_true(leak_baseline_find(&baseline, key)->rate == 2.5);
    assert_true(leak_baseline_find(&baseline, key)->blocks == 0);
    free(key);
    leak_baseline_release(&baseline);
}

/* A profile of one item without path and place, and a list of one leak of it. */
static size_t kept_of(LeakKind kind, double bytes, Growth growth, const char *known)
{
    MemoryItem item = {.id = 1, .node = NO_NODE, .place = NO_PLACE};
    MemoryProfile profile = {.items = &item, .count = 1};
    Leak leak = {
        .kind = kind, .item = &item, .blocks = 1, .bytes = bytes, .growth = growth};
    LeakList list = {.profile = &profile, .items = &leak, .count = 1, .capacity = 1};
    LeakBaseline baseline = {0};

    if (known) {
        assert_true(parses(&baseline, known));
    }
    leak_baseline_subtract(&baseline, &list);
    leak_baseline_release(&baseline);
    assert_int_equal(list.known.findings, 1 - list.count);
    return list.count;
}

static void larger_leaks_stay(void **state)
{
    static const char known[] =
        "{\"findings\": [{\"kind\": \"definite\", \"path\": "
        "\"(no profiled function)\", \"blocks\": 1, \"bytes\": 100}]}";
    static const char grew[] =
        "{\"findings\": [{\"kind\": \"growth\", \"path\": \"(no profiled "
        "function)\", \"blocks\": null, \"bytes\": 100, \"bytes_per_hour\": 50}]}";
    Growth steady = {.slope = 60, .slope_interval = {45, 75}};
    Growth faster = {.slope = 60, .slope_interval = {55, 65}};

    (void)state;
    assert_int_equal(kept_of(LEAK_DEFINITE, 100, steady, NULL), 1);
    assert_int_equal(kept_of(LEAK_DEFINITE, 100, steady, known), 0);
    assert_int_equal(kept_of(LEAK_DEFINITE, 90, steady, known), 0);
    assert_int_equal(kept_of(LEAK_DEFINITE, 101, steady, known), 1);
    assert_int_equal(kept_of(LEAK_INDIRECT, 100, steady, known), 1);
    assert_int_equal(kept_of(LEAK_GROWTH, 500, steady, grew), 0);
    assert_int_equal(kept_of(LEAK_GROWTH, 50, faster, grew), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys_forget_the_line_and_folder),
                                       cmocka_unit_test(one_key_is_added_up),
                                       cmocka_unit_test(files_are_read),
                                       cmocka_unit_test(larger_leaks_stay)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
