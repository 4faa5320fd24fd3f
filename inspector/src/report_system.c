#include "report_system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "csv_writer.h"
#include "report_json.h"
#include "report_over_time.h"
#include "report_text.h"
#include "units.h"

#define COLUMNS_MOST 60

static Figure format_share(double share, bool utf8)
{
    (void)utf8;
    return units_percent(share);
}

static Figure format_bytes(double bytes, bool utf8)
{
    Figure count = units_short_count(bytes), figure;

    (void)utf8;
    snprintf(figure.text, sizeof figure.text, "%.40sB", count.text);
    return figure;
}

static Figure format_count(double count, bool utf8)
{
    (void)utf8;
    return units_short_count(count);
}

static double cpu_of(const SystemPoint *p)
{
    return p->cpu_share;
}
static double rss_of(const SystemPoint *p)
{
    return p->rss_bytes;
}
static double threads_of(const SystemPoint *p)
{
    return p->threads;
}
static double files_of(const SystemPoint *p)
{
    return p->open_files;
}
static double switches_of(const SystemPoint *p)
{
    return p->voluntary_per_s + p->involuntary_per_s;
}
static double faults_of(const SystemPoint *p)
{
    return p->minor_faults_per_s + p->major_faults_per_s;
}

/* Points by columns: the greatest of each, so that a peak is not lost. */
static double *columns_of(const ProcessHistory *process, size_t *count,
                          double (*value)(const SystemPoint *point))
{
    double *figures = allocate_zeroed(COLUMNS_MOST, sizeof *figures);

    *count = process->count < COLUMNS_MOST ? process->count : COLUMNS_MOST;
    for (size_t i = 0; i < process->count; i++) {
        double one = value(&process->points[i]);
        double *to = &figures[i * *count / process->count];

        *to = one > *to ? one : *to;
    }
    return figures;
}

static void add_ratio(const ProcessHistory *process, const char *name, const char *of,
                      const char *unit, Text *out)
{
    double value = system_history_counter(process, name);
    double whole = system_history_counter(process, of);

    if (value >= 0 && whole > 0) {
        text_format(out, " (%.2f %s)", value / whole, unit);
    }
}

/* One line, also where none of them could be read: then all for one reason, mostly. */
static void add_counters(const ProcessHistory *process, Text *out)
{
    const char *told = NULL;

    for (size_t i = 0; i < process->counter_count; i++) {
        const CounterTotal *counter = &process->counters[i];

        text_format(out, "  %-16s  ", counter->name);
        if (counter->value < 0) {
            bool again = told && !strcmp(told, counter->reason);

            told = counter->reason;
            text_format(out, "absent%s%s\n", again || !*told ? "" : ": ", again ? "" : told);
            continue;
        }
        text_format(out, "%s", units_short_count(counter->value).text);
        if (!strcmp(counter->name, "instructions")) {
            add_ratio(process, "instructions", "cycles", "a cycle", out);
        } else if (!strcmp(counter->name, "cache_misses")) {
            add_ratio(process, "cache_misses", "cache_references", "of the references", out);
        }
        text_format(out, "%s\n", counter->counted_share < 0.999 ? "  estimated" : "");
    }
}

static void add_samples(const ProcessHistory *process, const Terminal *terminal,
                        Text *out)
{
    static const struct {
        const char *title;
        double (*value)(const SystemPoint *point);
        FigureFormat *format;
    } series[] = {
        {"CPU", cpu_of, format_share},         {"memory", rss_of, format_bytes},
        {"threads", threads_of, format_count}, {"switches/s", switches_of, format_count},
        {"faults/s", faults_of, format_count}, {"open files", files_of, format_count}};

    if (process->count == 0) {
        text_put(out, ": no system metrics (TKA_MONITORING_SYSTEM_METRICS, or it ended "
                      "before the first interval)\n");
        return;
    }
    text_format(out, ", from %s, ", units_date(process->started_at).text);
    text_format(out, "%zu samples to %s\n", process->count,
                units_date(process->points[process->count - 1].at).text);
    for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
        size_t count;
        double *figures = columns_of(process, &count, series[i].value);

        report_series(series[i].title, figures, count, series[i].format, terminal, out);
        free(figures);
    }
}

static void add_process(const ProcessHistory *process, const Terminal *terminal,
                        Text *out)
{
    text_char(out, '\n');
    terminal_format(terminal, out, STYLE_BOLD, "Process %lld", (long long)process->pid);
    add_samples(process, terminal, out);
    add_counters(process, out);
}

void report_system_text(const SystemHistory *history, const Selection *selection,
                        const Terminal *terminal, Text *out)
{
    report_text_session(&selection->session, history->count, terminal, out);
    for (size_t i = 0; i < history->count; i++) {
        add_process(&history->processes[i], terminal, out);
    }
}

static void add_json_point(Json *json, const SystemPoint *point)
{
    json_object(json, NULL);
    json_text(json, "at", units_iso_moment(point->at).text);
    json_real(json, "seconds", point->seconds);
    json_real(json, "cpu_share", point->cpu_share);
    json_real(json, "rss_bytes", point->rss_bytes);
    json_real(json, "threads", point->threads);
    json_real(json, "voluntary_switches_per_s", point->voluntary_per_s);
    json_real(json, "involuntary_switches_per_s", point->involuntary_per_s);
    json_real(json, "minor_faults_per_s", point->minor_faults_per_s);
    json_real(json, "major_faults_per_s", point->major_faults_per_s);
    json_real(json, "open_files", point->open_files);
    json_end(json);
}

static void add_json_counters(Json *json, const ProcessHistory *process)
{
    json_array(json, "hardware_counters");
    for (size_t i = 0; i < process->counter_count; i++) {
        const CounterTotal *counter = &process->counters[i];

        json_object(json, NULL);
        json_text(json, "name", counter->name);
        json_ns(json, "value", counter->value);
        report_json_share(json, "counted_share", counter->counted_share);
        json_optional_text(json, "reason", counter->reason);
        json_end(json);
    }
    json_end(json);
}

void report_system_json(const SystemHistory *history, const Selection *selection,
                        Text *out)
{
    Json json = {.out = out};

    report_json_selection(&json, selection);
    json_array(&json, "system");
    for (size_t i = 0; i < history->count; i++) {
        const ProcessHistory *process = &history->processes[i];

        json_object(&json, NULL);
        json_integer(&json, "pid", process->pid);
        json_array(&json, "samples");
        for (size_t j = 0; j < process->count; j++) {
            add_json_point(&json, &process->points[j]);
        }
        json_end(&json);
        add_json_counters(&json, process);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
}

void report_system_csv(const SystemHistory *history, Text *out)
{
    Csv csv = {.out = out};

    text_put(out, "pid,at,seconds,cpu_share,rss_bytes,threads,voluntary_switches_per_s,"
                  "involuntary_switches_per_s,minor_faults_per_s,major_faults_per_s,"
                  "open_files\n");
    for (size_t i = 0; i < history->count; i++) {
        const ProcessHistory *process = &history->processes[i];

        for (size_t j = 0; j < process->count; j++) {
            const SystemPoint *point = &process->points[j];

            csv_integer(&csv, process->pid);
            csv_text(&csv, units_iso_moment(point->at).text);
            csv_real(&csv, point->seconds);
            csv_real(&csv, point->cpu_share);
            csv_ns(&csv, point->rss_bytes);
            csv_ns(&csv, point->threads);
            csv_real(&csv, point->voluntary_per_s);
            csv_real(&csv, point->involuntary_per_s);
            csv_real(&csv, point->minor_faults_per_s);
            csv_real(&csv, point->major_faults_per_s);
            csv_ns(&csv, point->open_files);
            csv_end_row(&csv);
        }
    }
}
