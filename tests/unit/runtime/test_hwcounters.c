/* Counters of the system, opened and read by one thread for all others: here the CPU time
 * of threads, which every machine has, and one that none has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "hwcounters.h"

static const struct tkai_counter_event events[] = {
    {"task_clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK},
    {"none", PERF_TYPE_HARDWARE, 4711}};

static volatile int step;

static void reach(int wanted)
{
    struct timespec pause = {0, 1000000};

    while (step != wanted) {
        nanosleep(&pause, NULL);
    }
}

static void burn(int ms)
{
    struct timespec now;
    int64_t end;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    end = now.tv_sec * 1000000000ll + now.tv_nsec + ms * 1000000ll;
    do {
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    } while (now.tv_sec * 1000000000ll + now.tv_nsec < end);
}

static void *burns(void *unused)
{
    burn(40);
    return unused;
}

/* The store thread. */
static void *stores(void *unused)
{
    tkai_counters_open(events, 2);
    step = 1;
    reach(2);
    burn(200); /* its own time does not count */
    tkai_counters_read();
    step = 3;
    reach(4);
    tkai_counters_close();
    return unused;
}

static void threads_that_are_and_that_come_are_counted(void **state)
{
    const struct tkai_counter *told;
    pthread_t thread, other;
    uint64_t before;
    uint32_t count;

    (void)state;
    pthread_create(&thread, NULL, stores, NULL);
    reach(1);
    burn(40);
    pthread_create(&other, NULL, burns, NULL);
    pthread_join(other, NULL);
    step = 2;
    reach(3);
    told = tkai_counters_told(&count);
    assert_int_equal(count, 2);
    assert_string_equal(told[1].name, "none");
    assert_true(told[1].reason[0] != '\0');
    before = told[0].value;
    if (told[0].reason[0] != '\0') {
        assert_int_equal(before, 0);
        step = 4;
        pthread_join(thread, NULL);
        skip();
    }
    assert_in_range(before, 70000000, 180000000);
    assert_true(told[0].running_ns > 0);
    burn(40);
    step = 4;
    pthread_join(thread, NULL);
    assert_in_range(told[0].value, before + 30000000, before + 120000000);
}

static void what_was_never_opened_says_why(void **state)
{
    const struct tkai_counter *told;
    uint32_t count;

    (void)state;
    tkai_counters_forget();
    tkai_counters_told(&count);
    assert_int_equal(count, 0);
    tkai_counters_refuse("no thread");
    told = tkai_counters_told(&count);
    assert_int_equal(count, tkai_counter_event_count);
    assert_string_equal(told[0].name, "cycles");
    assert_string_equal(told[0].reason, "no thread");
    tkai_counters_refuse("another");
    assert_string_equal(told[0].reason, "no thread");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_that_are_and_that_come_are_counted),
        cmocka_unit_test(what_was_never_opened_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
