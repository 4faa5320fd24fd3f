/* Lifetimes of services, from constructions and from addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "service_lifetime.h"

static void expect(ServiceFigures figures, Lifetime expected, bool by_address)
{
    bool got;

    figures.processes = figures.processes ? figures.processes : 1;
    figures.threads = figures.threads ? figures.threads : 1;
    assert_string_equal(lifetime_name(service_lifetime(&figures, &got)),
                        lifetime_name(expected));
    assert_int_equal(got, by_address);
}

#define MADE(...) ((ServiceFigures){.factories = 9, __VA_ARGS__})
#define SEEN(...) ((ServiceFigures){__VA_ARGS__})

static void constructions_tell(void **state)
{
    (void)state;
    expect(MADE(.resolutions = 1, .constructed = 1), LIFETIME_UNKNOWN, false);
    expect(MADE(.resolutions = 2, .constructed = 1), LIFETIME_SINGLETON, false);
    expect(MADE(.resolutions = 2, .constructed = 1, .failures = 1), LIFETIME_UNKNOWN,
           false);
    expect(MADE(.resolutions = 99, .constructed = 0), LIFETIME_UNKNOWN, false);
    expect(MADE(.resolutions = 0, .constructed = 1), LIFETIME_UNKNOWN, false);
    expect(MADE(.resolutions = 2, .constructed = 2), LIFETIME_UNKNOWN, false);
    expect(MADE(.resolutions = 3, .constructed = 3), LIFETIME_TRANSIENT, false);
    expect(MADE(.resolutions = 4, .constructed = 3, .failures = 1), LIFETIME_TRANSIENT,
           false);
    expect(MADE(.resolutions = 100, .constructed = 40), LIFETIME_UNKNOWN, false);
    expect(MADE(.resolutions = 100, .constructed = 3, .processes = 3), LIFETIME_SINGLETON,
           false);
}

static void scopes_tell(void **state)
{
    ServiceFigures figures = MADE(.resolutions = 30, .constructed = 10, .instances = 30,
                                  .scope_resolutions = 30, .scope_visits = 10,
                                  .scope_changes = 10, .changes = 9);

    (void)state;
    expect(figures, LIFETIME_SCOPED, false);
    figures.scope_others = 1;
    expect(figures, LIFETIME_UNKNOWN, false);
    figures.scope_others = 0;
    figures.resolutions = figures.instances = figures.scope_resolutions = 10;
    expect(figures, LIFETIME_SHORT, false);
    figures = MADE(.resolutions = 31, .constructed = 11, .instances = 31,
                   .scope_resolutions = 30, .scope_visits = 10, .changes = 10);
    expect(figures, LIFETIME_SCOPED, false);
    figures.constructed = 12;
    expect(figures, LIFETIME_UNKNOWN, false);
    expect(MADE(.resolutions = 99, .constructed = 4, .threads = 4, .other_threads = 3,
                .instances = 99),
           LIFETIME_THREAD, false);
}

static void addresses_tell_roughly(void **state)
{
    (void)state;
    expect(SEEN(.resolutions = 5), LIFETIME_UNKNOWN, true);
    expect(SEEN(.resolutions = 1, .instances = 1), LIFETIME_UNKNOWN, true);
    expect(SEEN(.resolutions = 2, .instances = 2), LIFETIME_SINGLETON, true);
    expect(SEEN(.resolutions = 2, .instances = 2, .processes = 2), LIFETIME_UNKNOWN,
           true);
    expect(SEEN(.instances = 8, .threads = 4), LIFETIME_SINGLETON, true);
    expect(SEEN(.instances = 8, .threads = 4, .other_threads = 3), LIFETIME_THREAD, true);
    expect(SEEN(.instances = 8, .threads = 4, .other_threads = 1), LIFETIME_UNKNOWN,
           true);
    expect(SEEN(.instances = 8, .changes = 7), LIFETIME_TRANSIENT, true);
    expect(SEEN(.instances = 8, .changes = 3), LIFETIME_UNKNOWN, true);
    expect(SEEN(.instances = 8, .changes = 3, .scope_resolutions = 8, .scope_visits = 4,
                .scope_changes = 4),
           LIFETIME_SCOPED, true);
    expect(SEEN(.instances = 4, .changes = 3, .scope_resolutions = 4, .scope_visits = 4,
                .scope_changes = 4),
           LIFETIME_SHORT, true);
}

static void figures_add_up(void **state)
{
    ServiceFigures sum = {.min_ns = -1, .max_ns = -1};
    ServiceFigures none = {.processes = 1, .resolutions = 2, .min_ns = -1, .max_ns = -1};
    ServiceFigures one = {.processes = 1, .resolutions = 3, .min_ns = 5, .max_ns = 7};
    ServiceFigures two = {.processes = 1, .resolutions = 4, .min_ns = 6, .max_ns = 9};

    (void)state;
    service_figures_add(&sum, &none);
    assert_true(sum.min_ns < 0 && sum.max_ns < 0);
    service_figures_add(&sum, &one);
    service_figures_add(&sum, &two);
    service_figures_add(&sum, &none);
    assert_int_equal(sum.resolutions, 11);
    assert_int_equal(sum.processes, 4);
    assert_true(sum.min_ns == 5 && sum.max_ns == 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constructions_tell), cmocka_unit_test(scopes_tell),
        cmocka_unit_test(addresses_tell_roughly), cmocka_unit_test(figures_add_up)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
