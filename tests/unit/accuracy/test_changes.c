/* Whether the sampling period follows what a function does, under a simulated clock:
 * no figure depends on the machine. See simulated.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simulated.h"

#define SECOND 1000000000u

static void call(int function, uint64_t ns)
{
    struct tka_scope scope;

    simulated_enter(&scope, function);
    simulated_pass(ns);
    simulated_leave(&scope);
}

/* Calls of ns for so long. How many were made, and how many of them timed. */
typedef struct Made {
    uint64_t calls, timed;
} Made;

static Made call_for(uint64_t ns, uint64_t span)
{
    uint64_t end = simulated_now() + span, before = simulated_samples(OUTER);
    Made made = {0, 0};

    while (simulated_now() < end) {
        call(OUTER, ns);
        made.calls++;
    }
    made.timed = simulated_samples(OUTER) - before;
    return made;
}

/* Fast for a second, then slow: timed fully within a second, whatever chance
 * had drawn last. */
static void a_function_that_becomes_slow_is_timed(void **state)
{
    (void)state;
    simulated_init(TKA_MODE_SAMPLED, 1.0);
    for (uint64_t seed = 1; seed <= 5; seed++) {
        Made after;

        simulated_begin(seed * 0x9e3779b97f4a7c15u);
        call_for(100, SECOND);
        call_for(5000000, SECOND);
        after = call_for(5000000, SECOND);
        assert_int_equal(after.timed, after.calls);
    }
}

/* The other way round timing keeps to the budget from the first second on. */
static void a_function_that_becomes_fast_is_sampled(void **state)
{
    Made first, second;

    (void)state;
    simulated_init(TKA_MODE_SAMPLED, 1.0);
    simulated_begin(4711);
    call_for(5000000, 3 * (uint64_t)SECOND);
    first = call_for(100, SECOND);
    second = call_for(100, SECOND);
    assert_true(first.timed * COST_NS < SECOND / 100 * 3 / 2);
    assert_true(second.timed * COST_NS < SECOND / 100 * 3 / 2);
    assert_true(second.timed * COST_NS > SECOND / 100 / 10);
}

/* A program that starts calls many functions for the first time. That these calls are
 * all timed takes nothing away from what comes later. */
static void many_new_functions_do_not_starve_the_sampling(void **state)
{
    enum { ROUNDS = 2000, COUNT = FUNCTIONS - OTHERS };
    uint64_t timed = 0;

    (void)state;
    simulated_init(TKA_MODE_SAMPLED, 1.0);
    simulated_begin(4711);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < COUNT; i++) {
            call(OTHERS + i, 1000);
        }
    }
    for (int i = 0; i < COUNT; i++) {
        timed += simulated_samples(OTHERS + i);
    }
    /* 33 each, and of the others one in two or four */
    assert_true(timed > COUNT * (33 + ROUNDS / 5));
    assert_true(timed * COST_NS < (uint64_t)COUNT * ROUNDS * 1000 / 100 * 3 / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_function_that_becomes_slow_is_timed),
        cmocka_unit_test(a_function_that_becomes_fast_is_sampled),
        cmocka_unit_test(many_new_functions_do_not_starve_the_sampling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
