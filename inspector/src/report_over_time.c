#include "report_over_time.h"

#include <stdio.h>
#include <stdlib.h>

#include "allocation.h"
#include "sparkline.h"

void report_series(const char *title, const double *figures, size_t count,
                   FigureFormat *format, const Terminal *terminal, Text *out)
{
    double least = -1, most = -1;

    for (size_t i = 0; i < count; i++) {
        if (figures[i] >= 0) {
            least = least < 0 || figures[i] < least ? figures[i] : least;
            most = figures[i] > most ? figures[i] : most;
        }
    }
    if (most < 0) {
        return;
    }
    text_format(out, "  %-10s  ", title);
    sparkline_add(figures, count, terminal->utf8, out);
    text_format(out, "  %s", format(least, terminal->utf8).text);
    if (most > least) {
        text_format(out, " to %s", format(most, terminal->utf8).text);
    }
    text_char(out, '\n');
}

static Figure format_rate(double rate, bool utf8)
{
    Figure figure;

    (void)utf8;
    if (rate < 10) {
        snprintf(figure.text, sizeof figure.text, "%.2g", rate);
        return figure;
    }
    return units_short_count(rate);
}

/* One column per span length from the first on; -1 where no span is. */
static double *columns_of(const OverTime *over_time, size_t count,
                          double (*value)(const TimeSpan *span))
{
    double *figures = allocate_zeroed(count + 1, sizeof *figures);

    for (size_t i = 0; i < count; i++) {
        figures[i] = -1;
    }
    for (size_t i = 0; i < over_time->count; i++) {
        const TimeSpan *span = &over_time->spans[i];
        size_t at =
            (size_t)((span->started_at - over_time->started_at) / over_time->length_ns);

        if (at < count) {
            figures[at] = value(span);
        }
    }
    return figures;
}

static double p99_of(const TimeSpan *span)
{
    return span->p99_ns;
}

void report_over_time_text(const OverTime *over_time, const Terminal *terminal, Text *out)
{
    static const struct {
        const char *title;
        double (*value)(const TimeSpan *span);
        FigureFormat *format;
    } series[] = {{"calls/s", time_span_rate, format_rate},
                  {"mean", time_span_mean, units_time},
                  {"p99", p99_of, units_time}};
    size_t count = 0;

    if (over_time->count < 2) {
        return;
    }
    count = (size_t)((over_time->spans[over_time->count - 1].started_at -
                      over_time->started_at) /
                     over_time->length_ns) +
            1;
    text_char(out, '\n');
    terminal_format(terminal, out, STYLE_BOLD, "Over time");
    text_format(out, ", from %s, ", units_date(over_time->started_at).text);
    text_format(out, "%s a column\n",
                units_time((double)over_time->length_ns, terminal->utf8).text);
    for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
        double *figures = columns_of(over_time, count, series[i].value);

        report_series(series[i].title, figures, count, series[i].format, terminal, out);
        free(figures);
    }
}

void report_over_time_json(const OverTime *over_time, Json *json)
{
    json_array(json, "over_time");
    for (size_t i = 0; i < over_time->count; i++) {
        const TimeSpan *span = &over_time->spans[i];

        json_object(json, NULL);
        json_text(json, "started_at", units_iso_moment(span->started_at).text);
        json_real(json, "seconds", span->seconds);
        json_count(json, "calls", span->calls);
        json_count(json, "samples", span->samples);
        if (time_span_rate(span) >= 0) {
            json_real(json, "calls_per_s", time_span_rate(span));
        } else {
            json_null(json, "calls_per_s");
        }
        json_ns(json, "mean_ns", time_span_mean(span));
        json_ns(json, "p99_ns", span->p99_ns);
        json_end(json);
    }
    json_end(json);
}
