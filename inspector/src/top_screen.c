#include "top_screen.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "report_text.h"
#include "sparkline.h"
#include "table.h"
#include "units.h"

#define BARS      20
#define HOT_SHARE 0.2

enum { SELF, CALLS, TOTAL, MEAN, P50, P99, PAST, STATE, NAME, PLACE, COLUMNS };

static const Column columns[COLUMNS] = {
    [SELF] = {"Self%", ALIGN_RIGHT, 0, 0},    [CALLS] = {"Calls/s", ALIGN_RIGHT, 0, 0},
    [TOTAL] = {"Time/s", ALIGN_RIGHT, 4, 0},  [MEAN] = {"Mean", ALIGN_RIGHT, 2, 0},
    [P50] = {"P50", ALIGN_RIGHT, 5, 0},       [P99] = {"P99", ALIGN_RIGHT, 1, 0},
    [PAST] = {"Calls", ALIGN_LEFT, 6, 0},     [STATE] = {"", ALIGN_LEFT, 3, 0},
    [NAME] = {"Function", ALIGN_LEFT, 0, 12}, [PLACE] = {"Place", ALIGN_LEFT, 9, 18}};

/* One line, cut at the terminal's edge. */
static void add_line(const Text *line, Style style, const Terminal *terminal, Text *out)
{
    terminal_style(terminal, out, style);
    terminal_printable(terminal, out, line->data ? line->data : "", terminal->width);
    terminal_plain(terminal, out, style);
    text_char(out, '\n');
}

static void format_bytes(Text *line, int64_t bytes)
{
    double mega = (double)bytes / (1 << 20);

    text_format(line, "  RSS %.*f MiB", mega < 99.95 ? 1 : 0, mega);
}

static void add_process(const TopFrame *frame, const Terminal *terminal, Text *out)
{
    const TkaLiveProfile *profile = frame->profile;
    double up = (double)(profile->now - profile->started_at);
    Text line = {0};

    text_format(&line, "%s  process %d  mode %s  up %s", profile->name, frame->pid,
                profile->mode, units_time(up, terminal->utf8).text);
    if (frame->cpu_share >= 0) {
        text_format(&line, "  CPU %.0f%%", frame->cpu_share * 100);
    }
    if (frame->usage.rss_bytes >= 0) {
        format_bytes(&line, frame->usage.rss_bytes);
    }
    if (frame->usage.threads >= 0) {
        text_format(&line, "  threads %lld (%u profiled)",
                    (long long)frame->usage.threads, profile->threads);
    }
    add_line(&line, STYLE_BOLD, terminal, out);
    text_release(&line);
}

static void add_cost(const TopFrame *frame, const Terminal *terminal, Text *out)
{
    const LiveRates *rates = frame->rates;
    Text line = {0};

    if (rates->seconds > 0) {
        text_format(&line, "Probes cost %s",
                    units_time(rates->overhead_ns / rates->seconds, terminal->utf8).text);
        text_put(&line, " per second");
        if (frame->overhead_share >= 0) {
            text_format(&line, ", %s of the CPU time",
                        units_percent(frame->overhead_share).text);
        }
        text_format(&line, ": %s calls/s counted",
                    units_short_count((double)rates->calls / rates->seconds).text);
        text_format(&line, ", %s timed",
                    units_short_count((double)rates->samples / rates->seconds).text);
    } else {
        text_put(&line, "The first figures come after one interval");
    }
    add_line(&line, STYLE_DIM, terminal, out);
    text_release(&line);
}

/* What is wrong, if anything. */
static void add_warnings(const TopFrame *frame, const Terminal *terminal, Text *out)
{
    const TkaLiveProfile *profile = frame->profile;
    Text line = {0};

    if (profile->lost_calls || profile->lost_samples) {
        text_format(&line, "Lost: %s calls", units_count(profile->lost_calls).text);
        text_format(&line, ", %s timings", units_count(profile->lost_samples).text);
    }
    if (profile->note[0]) {
        text_format(&line, "%sNote: %s", line.size ? "; " : "", profile->note);
    }
    if (line.size) {
        add_line(&line, STYLE_WARM, terminal, out);
    }
    text_release(&line);
}

static void add_bars(Table *table, const TopFrame *frame, const LiveRate *rate, bool p99,
                     const Terminal *terminal)
{
    double values[BARS];
    Text bars = {0};

    live_rates_past(frame->rates, p99 ? rate->past_p99 : rate->past_calls, values, BARS);
    sparkline_add(values, BARS, terminal->utf8, &bars);
    table_cell(table, STYLE_GOOD, bars.data);
    text_release(&bars);
}

static void add_time(Table *table, double ns, bool rough, const Terminal *terminal)
{
    char *text = format_new("%s%s", rough && ns >= 0 ? "~" : "",
                            units_time(ns, terminal->utf8).text);

    table_cell(table, rough ? STYLE_DIM : STYLE_PLAIN, text);
    free(text);
}

static void add_row(Table *table, const TopFrame *frame, size_t row, const TopLook *look,
                    const Terminal *terminal)
{
    const LiveRate *rate = frame->rows[row];
    bool selected = look->interactive && row == look->selected;
    bool counted = !rate->off_reason || rate->interval.calls;
    char *bare = report_text_name(&rate->function);
    char *name = format_new("%s%s",
                            !look->interactive ? ""
                            : selected         ? "> "
                                               : "  ",
                            bare);
    char *place = report_text_place(&rate->function);

    table_cell(table, rate->self_share >= HOT_SHARE ? STYLE_HOT : STYLE_PLAIN,
               units_percent(rate->self_share).text);
    table_cell(table, STYLE_PLAIN,
               counted ? units_short_count(rate->calls_per_second).text : "-");
    add_time(table, rate->total_share < 0 ? -1 : rate->total_share * 1e9, rate->rough,
             terminal);
    add_time(table, rate->mean_ns, false, terminal);
    add_time(table, rate->p50_ns, false, terminal);
    add_time(table, rate->p99_ns, false, terminal);
    add_bars(table, frame, rate, look->past_p99, terminal);
    table_cell(table, STYLE_WARM, top_frame_state(rate));
    table_cell(table, selected ? STYLE_BOLD : STYLE_PLAIN, name);
    table_cell(table, STYLE_DIM, place);
    free(bare);
    free(name);
    free(place);
}

static size_t count_lines(const Text *text)
{
    size_t lines = 0;

    for (size_t i = 0; i < text->size; i++) {
        lines += text->data[i] == '\n';
    }
    return lines;
}

/* The rows that fit; the selected one is among them. */
static void add_table(const TopFrame *frame, const TopLook *look,
                      const Terminal *terminal, Text *out)
{
    size_t head = count_lines(out) + 2 + (look->footer != NULL), first = 0;
    size_t room = !look->lines         ? frame->count
                  : look->lines > head ? look->lines - head
                                       : 1;
    Column own[COLUMNS];
    Table *table;

    room = look->limit && look->limit < room ? look->limit : room;
    first = look->interactive && look->selected >= room ? look->selected - room + 1 : 0;
    memcpy(own, columns, sizeof own);
    own[PAST].title = look->past_p99 ? "P99 so far" : "Calls/s so far";
    table = table_new(own, COLUMNS);
    for (size_t i = first; i < frame->count && i < first + room; i++) {
        add_row(table, frame, i, look, terminal);
    }
    text_char(out, '\n');
    table_print(table, terminal, out);
    table_free(table);
}

void top_screen_add(const TopFrame *frame, const TopLook *look, const Terminal *terminal,
                    Text *out)
{
    Text screen = {0};

    add_process(frame, terminal, &screen);
    add_cost(frame, terminal, &screen);
    add_warnings(frame, terminal, &screen);
    if (frame->count) {
        add_table(frame, look, terminal, &screen);
    } else {
        text_put(&screen, "\nNo function to show.\n");
    }
    if (look->footer) {
        Text line = {0};

        text_put(&line, look->footer);
        add_line(&line, STYLE_DIM, terminal, &screen);
        text_release(&line);
    }
    text_add(out, screen.data, screen.size);
    text_release(&screen);
}
