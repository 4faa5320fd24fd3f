/* What the estimates are worth, over many simulated runs: every figure follows from
 * the seeds, none from the machine. See simulated.h.
 *
 *     test_estimates table     prints the figures that the tests bound */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "simulated.h"

#define TRIALS 1000
#define DRAWS 65536 /* of a distribution, from which calls draw */

typedef enum Kind {
    CONSTANT, BIMODAL, LOGNORMAL, PARETO, PERIODIC, FIRST_CALL, TEN_FIRST, SLOWER, FASTER
} Kind;

typedef struct Case {
    const char *name;
    Kind kind;
    int calls;         /* of one trial */
    int least, most;   /* trials whose interval covers the truth, percent */
} Case;

/* At 1000 trials the estimate of a coverage of 95 % is good to 1.4 points. */
static const Case cases[] = {
    {"constant 100 ns", CONSTANT, 20000, 100, 100},
    {"first call x 1000", FIRST_CALL, 20000, 93, 97},
    {"bimodal 0.1, 10 us", BIMODAL, 20000, 93, 97},
    {"bimodal, 2000 calls", BIMODAL, 2000, 93, 97},
    {"lognormal, sigma 1", LOGNORMAL, 20000, 93, 97},
    {"lognormal, 2000 calls", LOGNORMAL, 2000, 92, 97},
    {"Pareto, alpha 2.5", PARETO, 100000, 92, 97},
    {"Pareto, 2000 calls", PARETO, 2000, 88, 97},
    {"every 64th x 100", PERIODIC, 20000, 93, 99},
    {"ten first x 1000", TEN_FIRST, 20000, 93, 100},
    {"half 0.1, half 1 us", SLOWER, 20000, 93, 97},
    {"half 1, half 0.1 us", FASTER, 20000, 93, 97},
};

static uint64_t random_state;
static uint32_t draws[DRAWS];

static double uniform(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return ((double)(random_state >> 11) + 0.5) / 9007199254740992.0;
}

static double draw(Kind kind)
{
    double u = uniform();

    switch (kind) {
    case BIMODAL:
        return u < 0.9 ? 100 : 10000;
    case LOGNORMAL:
    case FIRST_CALL:
        return 100 * exp(sqrt(-2 * log(u)) * cos(6.283185307179586 * uniform()));
    case PARETO:
        return 60 * pow(u, -1 / 2.5);
    case CONSTANT:
    case PERIODIC:
    case TEN_FIRST:
    case SLOWER:
    case FASTER:
        break;
    }
    return 100;
}

static uint64_t duration(const Case *of, int call)
{
    uint64_t ns = draws[(unsigned)(uniform() * DRAWS)];

    if ((of->kind == FIRST_CALL && call == 0) || (of->kind == PERIODIC && call % 64 == 63)) {
        return ns * (of->kind == PERIODIC ? 100 : 1000);
    }
    if (of->kind == TEN_FIRST && call < 10) {
        return ns * 1000;
    }
    if ((of->kind == SLOWER && call >= of->calls / 2) ||
        (of->kind == FASTER && call < of->calls / 2)) {
        return ns * 10;
    }
    return ns;
}

typedef struct Outcome {
    double covered;         /* share of trials */
    double bias, error;     /* mean and root of mean square of the relative error */
    double half;            /* interval's half width, relative */
    double samples;
} Outcome;

static double run_calls(const Case *of)
{
    double sum = 0;

    for (int i = 0; i < of->calls; i++) {
        uint64_t ns = duration(of, i);
        struct tka_scope scope;

        simulated_enter(&scope, OUTER);
        simulated_pass(ns);
        simulated_leave(&scope);
        sum += (double)ns;
    }
    return sum / of->calls;
}

static Outcome run_trials(const Case *of, int trials)
{
    Outcome outcome = {0};

    random_state = 88172645463325252u;
    for (int i = 0; i < DRAWS; i++) {
        draws[i] = (uint32_t)draw(of->kind);
    }
    simulated_init(TKA_MODE_SAMPLED, 1.0);
    for (int trial = 0; trial < trials; trial++) {
        double truth, error;
        Estimate told;

        simulated_begin((uint64_t)(uniform() * 0x1p62));
        truth = run_calls(of);
        told = simulated_estimate(OUTER, (uint64_t)of->calls);
        error = timing_mean(&told.timing) / truth - 1;
        outcome.covered += told.interval.low <= truth * (1 + 1e-12) &&
                           truth <= told.interval.high * (1 + 1e-12);
        outcome.bias += error / trials;
        outcome.error += error * error / trials;
        outcome.half += (told.interval.high - told.interval.low) / 2 / truth / trials;
        outcome.samples += (double)told.timing.samples / trials;
    }
    outcome.covered /= trials;
    outcome.error = sqrt(outcome.error);
    return outcome;
}

static void print_table(void)
{
    printf("%-24s %8s %8s %12s %8s %8s %8s\n", "durations", "calls", "timed", "covered",
           "bias", "error", "+-95%");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Outcome told = run_trials(&cases[i], TRIALS);

        printf("%-24s %8d %8.0f %5.1f+-%.1f%% %+7.2f%% %7.2f%% %7.2f%%\n", cases[i].name,
               cases[i].calls, told.samples, 100 * told.covered,
               196 * sqrt(told.covered * (1 - told.covered) / TRIALS), 100 * told.bias,
               100 * told.error, 100 * told.half);
    }
}

static void intervals_cover_and_means_are_unbiased(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Outcome told = run_trials(&cases[i], TRIALS);

        if (told.covered < cases[i].least / 100.0 || told.covered > cases[i].most / 100.0 ||
            fabs(told.bias) > 4 * told.error / sqrt(TRIALS) + 1e-9) {
            fail_msg("%s: %.1f%% covered, bias %+.2f%%, error %.2f%%", cases[i].name,
                     100 * told.covered, 100 * told.bias, 100 * told.error);
        }
    }
}

/* The first call is timed for itself, and stands for no other. */
static void the_first_call_does_not_dominate(void **state)
{
    static const Case first = {"", FIRST_CALL, 1000000, 0, 0};
    Outcome told;

    (void)state;
    told = run_trials(&first, 10);
    assert_true(fabs(told.bias) < 0.01);
    assert_true(told.error < 0.02);
}

/* An inner function of 20 ns, called 10 times by an outer one with 100 ns of its
 * own: neither the means nor the self time contain what timing costs. */
static void own_cost_is_taken_out(TkaMode mode, double tolerance)
{
    enum { CALLS = 20000, INNER_CALLS = 10 };
    Estimate outer, inner;

    simulated_init(mode, 1.0);
    simulated_begin(12345);
    for (int i = 0; i < CALLS; i++) {
        struct tka_scope scope;

        simulated_enter(&scope, OUTER);
        simulated_pass(100);
        for (int j = 0; j < INNER_CALLS; j++) {
            struct tka_scope within;

            simulated_enter(&within, INNER);
            simulated_pass(20);
            simulated_leave(&within);
        }
        simulated_leave(&scope);
    }
    outer = simulated_estimate(OUTER, CALLS);
    inner = simulated_estimate(INNER, CALLS * INNER_CALLS);
    assert_true(fabs(timing_mean(&outer.timing) / 300 - 1) < 0.001);
    assert_true(fabs(timing_mean(&inner.timing) / 20 - 1) < 0.001);
    assert_true(fabs(timing_self(&outer.timing) / CALLS / 100 - 1) < tolerance);
    assert_true(fabs(timing_self(&inner.timing) / CALLS / 200 - 1) < 0.001);
}

static void own_cost_is_taken_out_in_exact_mode(void **state)
{
    (void)state;
    own_cost_is_taken_out(TKA_MODE_EXACT, 1e-9);
}

static void own_cost_is_taken_out_in_sampled_mode(void **state)
{
    (void)state;
    own_cost_is_taken_out(TKA_MODE_SAMPLED, 0.2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_cover_and_means_are_unbiased),
        cmocka_unit_test(the_first_call_does_not_dominate),
        cmocka_unit_test(own_cost_is_taken_out_in_exact_mode),
        cmocka_unit_test(own_cost_is_taken_out_in_sampled_mode),
    };

    if (argc > 1 && strcmp(argv[1], "table") == 0) {
        print_table();
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
