/* Settings from the environment: all names, bad values keep their defaults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

static int forget_all(void **state)
{
    static const char *const names[] = {
        "TKA_PROFILING_ENABLED", "TKA_PROFILING_MODE", "TKA_PROFILING_OVERHEAD_THRESHOLD",
        "TKA_MONITORING_ENABLED", "TKA_MONITORING_INTERVAL", "TKA_PERFORMANCE_DATA_DIR",
        "TKA_PERFORMANCE_DB_PATH", "TKA_PERFORMANCE_RETENTION_DAYS", "TKA_SESSION_NAME",
        "TKA_MONITORING_HARDWARE_COUNTERS"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        unsetenv(names[i]);
    }
    return 0;
}

static void defaults_are_the_documented_ones(void **state)
{
    TkaConfig config;

    (void)state;
    tkai_config_read(&config);
    assert_int_equal(config.profiling_enabled, 1);
    assert_int_equal(config.mode, TKA_MODE_SAMPLED);
    assert_true(config.overhead_threshold > 0.99 && config.overhead_threshold < 1.01);
    assert_int_equal(config.monitoring_interval_ms, 1000);
    assert_int_equal(config.retention_days, 30);
    assert_int_equal(config.hardware_counters, 0);
    assert_string_equal(config.data_dir, "data/performance");
    assert_string_equal(config.db_path, "");
}

static void environment_is_read(void **state)
{
    TkaConfig config;

    (void)state;
    setenv("TKA_PROFILING_ENABLED", "False", 1);
    setenv("TKA_PROFILING_MODE", "EXACT", 1);
    setenv("TKA_PROFILING_OVERHEAD_THRESHOLD", "2.5", 1);
    setenv("TKA_MONITORING_INTERVAL", "250", 1);
    setenv("TKA_SESSION_NAME", "nightly", 1);
    setenv("TKA_MONITORING_HARDWARE_COUNTERS", "1", 1);
    tkai_config_read(&config);
    assert_int_equal(config.hardware_counters, 1);
    assert_int_equal(config.profiling_enabled, 0);
    assert_int_equal(config.mode, TKA_MODE_EXACT);
    assert_true(config.overhead_threshold > 2.4 && config.overhead_threshold < 2.6);
    assert_int_equal(config.monitoring_interval_ms, 250);
    assert_string_equal(config.session_name, "nightly");
}

static void bad_values_keep_the_defaults(void **state)
{
    TkaConfig config;

    (void)state;
    setenv("TKA_PROFILING_ENABLED", "perhaps", 1);
    setenv("TKA_PROFILING_MODE", "", 1);
    setenv("TKA_PROFILING_OVERHEAD_THRESHOLD", "1x", 1);
    setenv("TKA_MONITORING_INTERVAL", "0", 1);
    setenv("TKA_PERFORMANCE_RETENTION_DAYS", "-1", 1);
    tkai_config_read(&config);
    assert_int_equal(config.profiling_enabled, 1);
    assert_int_equal(config.mode, TKA_MODE_SAMPLED);
    assert_int_equal(config.monitoring_interval_ms, 1000);
    assert_int_equal(config.retention_days, 30);
}

static void paths_become_absolute_and_the_database_lies_in_the_folder(void **state)
{
    TkaConfig config;
    char name[3000];

    (void)state;
    tkai_config_default(&config);
    tkai_config_resolve(&config);
    assert_int_equal(config.data_dir[0], '/');
    assert_non_null(strstr(config.db_path, "/data/performance/performance.db"));
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    setenv("TKA_PERFORMANCE_DATA_DIR", name, 1);
    tkai_config_read(&config);
    tkai_config_resolve(&config);
    assert_true(strlen(config.data_dir) < sizeof config.data_dir);
}

static void numbers_are_decimal_whatever_the_locale(void **state)
{
    double number = 7;

    (void)state;
    assert_int_equal(tkai_config_number("2.5", 0, 10, &number), 0);
    assert_true(number == 2.5);
    assert_int_equal(tkai_config_number("10", 0, 10, &number), 0);
    assert_true(number == 10);
    assert_int_equal(tkai_config_number(".05", 0, 10, &number), 0);
    assert_true(number > 0.0499 && number < 0.0501);
    number = 7;
    assert_int_equal(tkai_config_number("", 0, 10, &number), -1);
    assert_int_equal(tkai_config_number(".", 0, 10, &number), -1);
    assert_int_equal(tkai_config_number("2,5", 0, 10, &number), -1);
    assert_int_equal(tkai_config_number("1.2.3", 0, 10, &number), -1);
    assert_int_equal(tkai_config_number("-1", -5, 10, &number), -1);
    assert_int_equal(tkai_config_number("11", 0, 10, &number), -1);
    assert_int_equal(tkai_config_number("99999999999999999999", 0, 1e30, &number), -1);
    assert_true(number == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(defaults_are_the_documented_ones, forget_all),
        cmocka_unit_test_setup(environment_is_read, forget_all),
        cmocka_unit_test_setup(bad_values_keep_the_defaults, forget_all),
        cmocka_unit_test_setup(
            paths_become_absolute_and_the_database_lies_in_the_folder, forget_all),
        cmocka_unit_test(numbers_are_decimal_whatever_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
