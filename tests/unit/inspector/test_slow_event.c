#include "unit.h"

#include <stdio.h>

#include "slow_event.h"

static void events_are_read_and_nested(void **state)
{
    SlowEvents events = {0};
    const char text[] = "[[3,-100,null],[5,-90,40],[9,10,20],[7, 5 ,30],[8,0,100]]";
    const struct {
        int64_t callpath;
        double start, end;
        size_t depth;
    } expected[] = {{3, -100, 100, 0}, {5, -90, -50, 1}, {8, 0, 100, 1},
                    {7, 5, 35, 2},     {9, 10, 30, 3}};

    (void)state;
    assert_true(slow_events_parse(&events, text, 100));
    assert_int_equal(events.count, 5);
    slow_events_nest(&events);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(events.items[i].callpath, expected[i].callpath);
        assert_true(events.items[i].start_ns == expected[i].start);
        assert_true(events.items[i].end_ns == expected[i].end);
        assert_int_equal(events.items[i].depth, expected[i].depth);
        assert_int_equal(events.items[i].open, i == 0);
    }
    slow_events_release(&events);
}

/* Probes' cost is taken out of durations: a callee may end after its caller. */
static void a_call_that_ends_after_its_caller_is_cut(void **state)
{
    SlowEvents events = {0};

    (void)state;
    assert_true(slow_events_parse(&events, "[[2,50,60],[1,0,100]]", 100));
    slow_events_nest(&events);
    assert_true(events.items[1].end_ns == 100);
    assert_int_equal(events.items[1].depth, 1);
    slow_events_release(&events);
}

static void of_equal_starts_the_caller_is_first(void **state)
{
    SlowEvents events = {0};

    (void)state;
    assert_true(slow_events_parse(&events, "[[2,0,100],[1,0,90]]", 100));
    events.items[0].level = 2;
    events.items[1].level = 1;
    slow_events_nest(&events);
    assert_int_equal(events.items[0].callpath, 1);
    assert_true(events.items[1].end_ns == 90);
    slow_events_release(&events);
}

static void malformed_text_gives_what_came_before(void **state)
{
    static const char *const texts[] = {
        "",        "[",          "[[",           "[[1,2,3]",    "[[1,2,3],",  "[[1,2,3],[4",
        "[1,2,3]", "[[1,2,nul]", "[[1,2]]",      "{}",          "[[1,nan,3]]", "[[1,inf,3]]",
        "[[0x1,2,3]]", "[[1,1e99,3]]", "[[1,2,3,4]]", "[[\"1\",2,3]]", "[[,,]]"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        SlowEvents events = {0};

        assert_false(slow_events_parse(&events, texts[i], 10));
        assert_true(events.count <= 1);
        slow_events_nest(&events);
        slow_events_release(&events);
    }
}

static void random_events_nest(void **state)
{
    uint64_t random = 88172645463325252u;

    (void)state;
    for (int round = 0; round < 200; round++) {
        char text[4096] = "[", *to = text + 1;
        SlowEvents events = {0};

        for (int i = 0; i < 60; i++) {
            to += sprintf(to, "%s[%d,%d,%d]", i ? "," : "", (int)(unit_random(&random) % 9),
                          (int)(unit_random(&random) % 1000) - 500,
                          (int)(unit_random(&random) % 300));
        }
        strcpy(to, "]");
        assert_true(slow_events_parse(&events, text, 500));
        slow_events_nest(&events);
        for (size_t i = 1; i < events.count; i++) {
            const SlowEvent *event = &events.items[i], *before = &events.items[i - 1];
            size_t around = i;

            assert_true(event->start_ns >= before->start_ns);
            assert_true(event->end_ns >= event->start_ns);
            assert_true(event->depth <= before->depth + 1);
            while (around > 0 && events.items[around - 1].depth >= event->depth) {
                around--;
            }
            if (event->depth > 0) {
                assert_true(events.items[around - 1].end_ns >= event->end_ns);
            }
        }
        slow_events_release(&events);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_read_and_nested),
        cmocka_unit_test(a_call_that_ends_after_its_caller_is_cut),
        cmocka_unit_test(of_equal_starts_the_caller_is_first),
        cmocka_unit_test(malformed_text_gives_what_came_before),
        cmocka_unit_test(random_events_nest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
