/* What is wrong with services, on lists made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "service_findings.h"

#define SERVICES 5

static Service services[SERVICES];
static ServiceEdge edges[16];

/* Singletons, all resolved and made as such. */
static ServiceList new_list(void)
{
    static char kind[] = "text", name[] = "s";
    ServiceList list = {.items = services, .count = SERVICES, .edges = edges};

    memset(services, 0, sizeof services);
    for (int i = 0; i < SERVICES; i++) {
        services[i].kind = kind;
        services[i].name = name;
        services[i].figures = (ServiceFigures){.processes = 1,
                                               .resolutions = 10,
                                               .constructed = 1,
                                               .factories = 1,
                                               .min_ns = -1,
                                               .max_ns = -1};
    }
    return list;
}

static void need(ServiceList *list, size_t parent, size_t service, uint64_t cycles)
{
    edges[list->edge_count++] =
        (ServiceEdge){.parent = parent,
                      .service = service,
                      .figures = {.resolutions = 1, .cycles = cycles}};
}

static void forget(ServiceList *list)
{
    for (size_t i = 0; i < list->finding_count; i++) {
        free(list->findings[i].path);
    }
    free(list->findings);
}

static void expect(const ServiceList *list, size_t place, FindingKind kind,
                   const char *path)
{
    char got[SERVICES * 4] = "";

    assert_true(place < list->finding_count);
    assert_int_equal(list->findings[place].kind, kind);
    for (size_t i = 0; i < list->findings[place].count; i++) {
        got[i] = (char)('0' + list->findings[place].path[i]);
    }
    assert_string_equal(got, path);
}

static void what_is_right_is_not_found(void **state)
{
    ServiceList list = new_list();

    (void)state;
    need(&list, NO_SERVICE, 0, 0);
    need(&list, 0, 1, 0);
    need(&list, 1, 2, 0);
    need(&list, 0, 2, 0);
    service_list_judge(&list, 1e6);
    assert_int_equal(list.finding_count, 0);
    forget(&list);
}

static void cycles_are_told_once(void **state)
{
    ServiceList list = new_list();

    (void)state;
    need(&list, NO_SERVICE, 2, 0);
    need(&list, 2, 4, 0);
    need(&list, 4, 1, 1);
    need(&list, 1, 2, 3);
    need(&list, 2, 1, 0);
    need(&list, 3, 3, 1);
    service_list_judge(&list, 1e6);
    /* closed by 4 > 1: 1 > 2 > 4; by 1 > 2: 2 > 1, the shorter way */
    assert_int_equal(list.finding_count, 3);
    expect(&list, 0, FINDING_CYCLE, "124");
    expect(&list, 1, FINDING_CYCLE, "12");
    expect(&list, 2, FINDING_CYCLE, "3");
    forget(&list);
}

static void singletons_keep_what_lives_shorter(void **state)
{
    ServiceList list = new_list();

    (void)state;
    services[1].figures.constructed = 10; /* transient */
    services[2].figures = (ServiceFigures){.processes = 1,
                                           .resolutions = 30,
                                           .constructed = 10,
                                           .factories = 10,
                                           .instances = 30,
                                           .scope_resolutions = 30,
                                           .scope_visits = 10,
                                           .min_ns = -1,
                                           .max_ns = -1};
    need(&list, NO_SERVICE, 2, 0);
    need(&list, 0, 1, 0);
    need(&list, 0, 2, 0);
    need(&list, 2, 1, 0);
    need(&list, 1, 2, 0);
    service_list_judge(&list, 1e6);
    assert_int_equal(list.finding_count, 2);
    expect(&list, 0, FINDING_CAPTIVE, "02");
    expect(&list, 1, FINDING_TRANSIENT, "01");
    assert_true(edges[1].is_captive && edges[2].is_captive && !edges[3].is_captive);
    forget(&list);
}

static void failures_and_slow_ones(void **state)
{
    ServiceList list = new_list();

    (void)state;
    services[3].figures.failures = 1;
    services[4].histogram.count[distribution_bucket(2000000)] = 2;
    services[4].histogram.count[distribution_bucket(20)] = 98;
    services[4].figures.max_ns = 2000000;
    services[2].histogram.count[distribution_bucket(2000000)] = 1;
    services[2].histogram.count[distribution_bucket(20)] = 500;
    services[2].figures.max_ns = 2000000;
    service_list_judge(&list, 1e6);
    assert_int_equal(list.finding_count, 2);
    expect(&list, 0, FINDING_FAILURE, "3");
    expect(&list, 1, FINDING_SLOW, "4");
    assert_true(services[4].is_slow && !services[2].is_slow && !services[0].is_slow);
    forget(&list);
}

static void kinds_have_names(void **state)
{
    FindingKind kind;

    (void)state;
    for (size_t i = 0; i < FINDING_KINDS; i++) {
        const char *name = finding_name((FindingKind)i);

        assert_true(finding_kind_from_name(name, strlen(name), &kind));
        assert_int_equal(kind, i);
    }
    assert_false(finding_kind_from_name("slo", 3, &kind));
    assert_false(finding_kind_from_name("", 0, &kind));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_right_is_not_found),
        cmocka_unit_test(cycles_are_told_once),
        cmocka_unit_test(singletons_keep_what_lives_shorter),
        cmocka_unit_test(failures_and_slow_ones), cmocka_unit_test(kinds_have_names)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
