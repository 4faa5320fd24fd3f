#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/auxv.h>

#include "os.h"

static const char *const mode_names[] = {"off", "count", "sampled", "exact"};

const char *tkai_config_mode_name(TkaMode mode)
{
    return mode_names[mode];
}

void tkai_config_default(TkaConfig *config)
{
    memset(config, 0, sizeof *config);
    config->profiling_enabled = 1;
    config->mode = TKA_MODE_SAMPLED;
    config->overhead_threshold = 1.0;
    config->bottleneck_threshold_ms = 50.0;
    config->memory_threshold_mb = 200.0;
    config->monitoring_enabled = 1;
    config->monitoring_interval_ms = 1000;
    config->system_metrics = 1;
    config->qt_metrics = 1;
    config->memory_tracking = TKA_MEMORY_TRACKING_IF_LINKED;
    config->retention_days = 30;
    strcpy(config->data_dir, "data/performance");
}

static void read_flag(const char *name, int *flag)
{
    static const char *const yes[] = {"1", "true", "yes", "on"};
    static const char *const no[] = {"0", "false", "no", "off"};
    const char *text = getenv(name);

    for (size_t i = 0; text != NULL && i < sizeof yes / sizeof *yes; i++) {
        if (strcasecmp(text, yes[i]) == 0) {
            *flag = 1;
        } else if (strcasecmp(text, no[i]) == 0) {
            *flag = 0;
        }
    }
}

/* strtod() would take the locale's decimal point. */
int tkai_config_number(const char *text, double least, double most, double *number)
{
    double value = 0, scale = 1;
    int digits = 0, point = 0;

    for (; (*text >= '0' && *text <= '9') || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = 1;
            continue;
        }
        digits++;
        value = 10 * value + (*text - '0');
        scale *= point ? 10 : 1;
    }
    if (digits == 0 || digits > 15 || *text != '\0' || value / scale < least ||
        value / scale > most) {
        return -1;
    }
    *number = value / scale;
    return 0;
}

static void read_number(const char *name, double least, double most, double *number)
{
    const char *text = getenv(name);

    if (text != NULL) {
        tkai_config_number(text, least, most, number);
    }
}

static void read_whole(const char *name, int least, int most, int *number)
{
    double value = *number;

    read_number(name, least, most, &value);
    *number = (int)value;
}

static void read_text(const char *name, char *text, size_t size)
{
    const char *value = getenv(name);

    if (value != NULL && *value != '\0') {
        snprintf(text, size, "%s", value);
    }
}

int tkai_config_mode(const char *name, TkaMode *mode)
{
    for (int i = 0; i < 4; i++) {
        if (strcasecmp(name, mode_names[i]) == 0) {
            *mode = (TkaMode)i;
            return 0;
        }
    }
    return -1;
}

static void read_mode(TkaMode *mode)
{
    const char *text = getenv("TKA_PROFILING_MODE");

    if (text != NULL) {
        tkai_config_mode(text, mode);
    }
}

static void read_memory(int *tracking)
{
    static const char name[] = "TKA_MONITORING_MEMORY_TRACKING";
    const char *text = getenv(name);

    read_flag(name, tracking);
    if (text != NULL && strcasecmp(text, "sampled") == 0) {
        *tracking = TKA_MEMORY_TRACKING_SAMPLED;
    } else if (text != NULL && strcasecmp(text, "exact") == 0) {
        *tracking = TKA_MEMORY_TRACKING_EXACT;
    }
}

void tkai_config_read(TkaConfig *config)
{
    tkai_config_default(config);
    if (getauxval(AT_SECURE) != 0) {
        config->profiling_enabled = 0;
        return;
    }
    read_flag("TKA_PROFILING_ENABLED", &config->profiling_enabled);
    read_mode(&config->mode);
    read_number("TKA_PROFILING_OVERHEAD_THRESHOLD", 0.001, 1000,
                &config->overhead_threshold);
    read_number("TKA_PROFILING_BOTTLENECK_THRESHOLD", 0, 1e9,
                &config->bottleneck_threshold_ms);
    read_number("TKA_PROFILING_MEMORY_THRESHOLD", 0, 1e9, &config->memory_threshold_mb);
    read_flag("TKA_MONITORING_ENABLED", &config->monitoring_enabled);
    read_whole("TKA_MONITORING_INTERVAL", 10, 3600000, &config->monitoring_interval_ms);
    read_flag("TKA_MONITORING_SYSTEM_METRICS", &config->system_metrics);
    read_flag("TKA_MONITORING_QT_METRICS", &config->qt_metrics);
    read_memory(&config->memory_tracking);
    read_flag("TKA_MONITORING_HARDWARE_COUNTERS", &config->hardware_counters);
    read_whole("TKA_PERFORMANCE_RETENTION_DAYS", 0, 36500, &config->retention_days);
    read_text("TKA_PERFORMANCE_DATA_DIR", config->data_dir, sizeof config->data_dir);
    read_text("TKA_PERFORMANCE_DB_PATH", config->db_path, sizeof config->db_path);
    read_text("TKA_SESSION_NAME", config->session_name, sizeof config->session_name);
}

static void make_absolute(char *path, size_t size)
{
    const char *folder = tkai_os_start_folder();
    char whole[2100];

    if (path[0] == '/' || folder[0] == '\0') {
        return;
    }
    snprintf(whole, sizeof whole, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, path);
    if (strlen(whole) < size) {
        strcpy(path, whole);
    }
}

void tkai_config_resolve(TkaConfig *config)
{
    make_absolute(config->data_dir, sizeof config->data_dir);
    if (config->db_path[0] == '\0') {
        char path[1100];

        snprintf(path, sizeof path, "%s/performance.db", config->data_dir);
        snprintf(config->db_path, sizeof config->db_path, "%.*s",
                 (int)sizeof config->db_path - 1, path);
    }
    make_absolute(config->db_path, sizeof config->db_path);
}
