#define _GNU_SOURCE
#include "report_text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocation.h"
#include "table.h"

enum {
    SHARE,
    SELF,
    TOTAL,
    CPU,
    CALLS,
    SAMPLES,
    MEAN,
    ERROR_BOUND,
    P50,
    P90,
    P95,
    P99,
    LONGEST,
    NAME,
    PLACE,
    COLUMNS
};

/* In a narrow terminal the place goes first, then what others tell nearly. */
static const Column columns[COLUMNS] = {
    [SHARE] = {"Self%", ALIGN_RIGHT, 0, 0},
    [SELF] = {"Self", ALIGN_RIGHT, 0, 0},
    [TOTAL] = {"Total", ALIGN_RIGHT, 0, 0},
    [CPU] = {"CPU%", ALIGN_RIGHT, 5, 0},
    [CALLS] = {"Calls", ALIGN_RIGHT, 0, 0},
    [SAMPLES] = {"Timed", ALIGN_RIGHT, 9, 0},
    [MEAN] = {"Mean", ALIGN_RIGHT, 1, 0},
    [ERROR_BOUND] = {"+-95%", ALIGN_RIGHT, 6, 0}, /* with UTF-8: UTF8_ERROR_BOUND */
    [P50] = {"P50", ALIGN_RIGHT, 4, 0},
    [P90] = {"P90", ALIGN_RIGHT, 7, 0},
    [P95] = {"P95", ALIGN_RIGHT, 8, 0},
    [P99] = {"P99", ALIGN_RIGHT, 2, 0},
    [LONGEST] = {"Max", ALIGN_RIGHT, 3, 0},
    [NAME] = {"Function", ALIGN_LEFT, 0, 22},
    [PLACE] = {"Place", ALIGN_LEFT, 10, 18},
};

#define UTF8_ERROR_BOUND "\u00b195%"

#define HOT_SHARE  0.20
#define WARM_SHARE 0.05
#define DIM_SHARE  0.005

Style report_text_style(double share)
{
    return share >= HOT_SHARE    ? STYLE_HOT
           : share >= WARM_SHARE ? STYLE_WARM
           : share >= DIM_SHARE  ? STYLE_PLAIN
                                 : STYLE_DIM;
}

char *report_text_name(const Function *function)
{
    if (!strcmp(function->kind, "function")) {
        return duplicate_text(function->name);
    }
    return format_new("%s [%s]", function->name, function->kind);
}

/* "[suspended]" and the like behind the name of a row whose probes were off. */
static const char *off_mark(const ProfileRow *row)
{
    return row->off_reason == OFF_BUDGET    ? " [suspended]"
           : row->off_reason == OFF_REQUEST ? " [off]"
           : row->off_ns > 0                ? " [was off]"
                                            : "";
}

char *report_text_row_name(const ProfileRow *row)
{
    char *name = report_text_name(&row->function);
    char *marked = format_new("%s%s", name, off_mark(row));

    free(name);
    return marked;
}

char *report_text_place(const Function *function)
{
    char *directory = getcwd(NULL, 0);
    size_t length = directory ? strlen(directory) : 0;
    const char *file = function->file;

    if (length > 1 && !strncmp(file, directory, length) && file[length] == '/') {
        file += length + 1;
    }
    free(directory);
    return format_new("%s:%lld", file, (long long)function->line);
}

Figure report_text_ending(const Session *session)
{
    Figure figure = {"status unknown"};
    int status = (int)session->exit_status;

    if (!*session->exit_kind) {
        snprintf(figure.text, sizeof figure.text, "%s",
                 session->ended_at ? "ended" : "running");
        return figure;
    }
    if (!strcmp(session->exit_kind, "signal") && status > 0) {
        snprintf(figure.text, sizeof figure.text, "signal %d (%.20s)", status,
                 strsignal(status));
    } else if (!strcmp(session->exit_kind, "exit") && status >= 0) {
        snprintf(figure.text, sizeof figure.text, "exit %d", status);
    } else if (!strcmp(session->exit_kind, "lost")) {
        return (Figure){"ended abruptly"};
    } else if (!strcmp(session->exit_kind, "stretch")) {
        return (Figure){"stretch"};
    }
    return figure;
}

Figure report_text_time(const Timing *timing, double ns, const Terminal *terminal)
{
    Figure time = units_time(timing_known(timing) ? ns : -1, terminal->utf8), rough;

    if (!timing_known(timing) || timing_reliable(timing)) {
        return time;
    }
    snprintf(rough.text, sizeof rough.text, "~%.40s", time.text);
    return rough;
}

/* --- heading ------------------------------------------------------------ */

void report_text_session(const Session *session, size_t processes,
                         const Terminal *terminal, Text *out)
{
    int64_t length = session->ended_at - session->started_at;

    terminal_style(terminal, out, STYLE_BOLD);
    terminal_printable(terminal, out, session->name, 60);
    terminal_plain(terminal, out, STYLE_BOLD);
    text_format(out, "  session %lld%s, %s", (long long)session->id,
                session->parent_id ? " (a stretch)" : "",
                units_date(session->started_at).text);
    if (session->ended_at) {
        text_format(out, ", %s", units_time((double)length, terminal->utf8).text);
    }
    text_format(out, ", %s, mode ", report_text_ending(session).text);
    terminal_printable(terminal, out, session->mode, 20);
    if (processes > 1) {
        text_format(out, ", %zu processes", processes);
    }
    text_put(out, "\n");
    if (*session->command) {
        terminal_style(terminal, out, STYLE_DIM);
        terminal_printable(terminal, out, session->command,
                           terminal->width ? terminal->width : 500);
        terminal_plain(terminal, out, STYLE_DIM);
        text_put(out, "\n");
    }
}

static bool above_budget(const Profile *profile, const Selection *selection)
{
    double budget = selection->single ? selection->session.overhead_threshold : 0;

    return budget > 0 && !selection->session.parent_id &&
           overhead_share(&profile->overhead) * 100 > budget;
}

/* What the probes cost; it stands out when it is above the session's budget. */
static void add_overhead(const Profile *profile, const Selection *selection,
                         const Terminal *terminal, Text *out)
{
    const Overhead *overhead = &profile->overhead;
    double share = overhead_share(overhead);
    bool stretch = selection->single && selection->session.parent_id;

    terminal_format(
        terminal, out, above_budget(profile, selection) ? STYLE_WARM : STYLE_PLAIN,
        "Probes cost %s", units_time(overhead_total(overhead), terminal->utf8).text);
    if (share >= 0 && !stretch) {
        text_format(out, ", %s of %s CPU time", units_percent(share).text,
                    units_time(overhead->cpu_ns, terminal->utf8).text);
    }
    text_format(out, ": %s calls counted, ", units_count(profile->calls).text);
    text_format(out, "%s timed", units_count(profile->samples).text);
    if (overhead->storing_ns > 0) {
        text_format(out, "; storing %s",
                    units_time(overhead->storing_ns, terminal->utf8).text);
    }
    text_put(out, "\n");
}

void report_text_heading(const Profile *profile, const Selection *selection,
                         const Terminal *terminal, Text *out)
{
    if (selection->single) {
        report_text_session(&selection->session, profile->processes.count, terminal, out);
    } else {
        terminal_format(terminal, out, STYLE_BOLD, "%zu sessions", selection->ids.count);
        text_format(out, ", %zu processes\n", profile->processes.count);
    }
    add_overhead(profile, selection, terminal, out);
    text_put(out, "\n");
}

/* --- table -------------------------------------------------------------- */

static void add_figure(Table *table, Style style, Figure figure)
{
    table_cell(table, style, figure.text);
}

static Figure error_bound(const ProfileRow *row)
{
    const Timing *timing = &row->timing;
    Interval interval = profile_mean_interval(row);
    double mean = timing_mean(timing);

    if (!timing_reliable(timing) || mean <= 0) {
        return (Figure){"-"};
    }
    return timing_exact(timing) ? (Figure){"exact"}
                                : units_percent((interval.high - mean) / mean);
}

static void add_percentiles(Table *table, const ProfileRow *row, const Terminal *terminal)
{
    static const double quantiles[] = {0.5, 0.9, 0.95, 0.99};

    for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++) {
        add_figure(table, STYLE_PLAIN,
                   units_time(profile_percentile(row, quantiles[i]), terminal->utf8));
    }
}

static void add_row(Table *table, const Profile *profile, const ProfileRow *row,
                    const Terminal *terminal)
{
    const Timing *timing = &row->timing;
    double share = profile_share(profile, row);
    double mean = timing_reliable(timing) ? timing_mean(timing) : -1;
    double longest = timing_known(timing) ? timing->max_ns : -1;
    char *name = report_text_row_name(row);
    char *place = report_text_place(&row->function);

    add_figure(table, report_text_style(share), units_percent(share));
    add_figure(table, STYLE_PLAIN,
               report_text_time(timing, timing_self(timing), terminal));
    add_figure(table, STYLE_PLAIN,
               report_text_time(timing, timing_total(timing), terminal));
    add_figure(table, STYLE_PLAIN, units_percent(timing_cpu_share(timing)));
    add_figure(table, STYLE_PLAIN, units_count(timing->calls));
    add_figure(table, STYLE_DIM, units_count(timing->samples));
    add_figure(table, STYLE_PLAIN, units_time(mean, terminal->utf8));
    add_figure(table, STYLE_DIM, error_bound(row));
    add_percentiles(table, row, terminal);
    add_figure(table, STYLE_PLAIN, units_time(longest, terminal->utf8));
    table_cell(table, report_text_style(share), name);
    table_cell(table, STYLE_DIM, place);
    free(name);
    free(place);
}

/* --- what to know about the figures --------------------------------------- */

void report_text_losses(const Profile *profile, const Terminal *terminal, Text *out)
{
    uint64_t calls = 0, samples = 0;

    for (size_t i = 0; i < profile->processes.count; i++) {
        const Process *process = &profile->processes.items[i];

        calls += process->lost_calls;
        samples += process->lost_samples;
        if (*process->note) {
            terminal_format(terminal, out, STYLE_WARM,
                            "Process %lld: ", (long long)process->pid);
            terminal_printable(terminal, out, process->note, 0);
            text_put(out, "\n");
        }
    }
    if (calls || samples) {
        terminal_format(terminal, out, STYLE_WARM, "Not recorded: %s calls, %s timings",
                        units_count(calls).text, units_count(samples).text);
        text_put(out, "\n");
    }
    if (profile->damaged_histograms) {
        terminal_format(terminal, out, STYLE_WARM,
                        "Left out: %zu damaged histograms; the percentiles lack them",
                        profile->damaged_histograms);
        text_put(out, "\n");
    }
}

static void add_line(const Terminal *terminal, Text *out, const char *line)
{
    terminal_format(terminal, out, STYLE_DIM, "%s", line);
    text_put(out, "\n");
}

void report_text_off(OffReason reason, const Terminal *terminal, Text *out)
{
    if (reason == OFF_BUDGET) {
        add_line(terminal, out,
                 "[suspended] counting cost more than the budget: its calls are counted "
                 "until then");
    } else if (reason == OFF_REQUEST) {
        add_line(terminal, out, "[off] switched off: its calls are counted until then");
    } else {
        add_line(terminal, out,
                 "[was off] switched off for a while: its calls were not counted then");
    }
}

/* What the marks behind names mean, and that there are slow calls to look at. */
static void add_remarks(const Profile *profile, size_t shown, const Terminal *terminal,
                        Text *out)
{
    bool is_off[OFF_BUDGET + 1] = {false};
    uint64_t slow = 0;

    for (size_t i = 0; i < shown; i++) {
        const ProfileRow *row = &profile->rows[i];

        is_off[row->off_reason] =
            is_off[row->off_reason] || row->off_reason != OFF_NOT || row->off_ns > 0;
    }
    for (int reason = OFF_BUDGET; reason >= OFF_NOT; reason--) {
        if (is_off[reason]) {
            report_text_off((OffReason)reason, terminal, out);
        }
    }
    for (size_t i = 0; i < profile->count; i++) {
        slow += profile->rows[i].timing.slow_calls;
    }
    if (slow) {
        terminal_format(terminal, out, STYLE_DIM,
                        "%s calls over the bottleneck threshold; `tka slow` lists them",
                        units_count(slow).text);
        text_put(out, "\n");
    }
}

static void add_legend(const Profile *profile, const Selection *selection, size_t shown,
                       const Terminal *terminal, Text *out)
{
    bool missing = false, rough = false;

    for (size_t i = 0; i < shown; i++) {
        const Timing *timing = &profile->rows[i].timing;

        missing = missing || !timing_has_percentiles(timing);
        rough = rough || (timing_known(timing) && !timing_reliable(timing));
    }
    if (shown < profile->count) {
        terminal_format(terminal, out, STYLE_DIM,
                        "%zu more functions; --limit 0 shows all",
                        profile->count - shown);
        text_put(out, "\n");
    }
    if (missing) {
        terminal_format(terminal, out, STYLE_DIM, "- fewer than %d calls timed%s",
                        ENOUGH_SAMPLES, rough ? ", ~ rough for that reason" : "");
        text_put(out, "\n");
    }
    add_remarks(profile, shown, terminal, out);
    if (above_budget(profile, selection)) {
        terminal_format(
            terminal, out, STYLE_DIM,
            "Probes cost more than %g%%; `tka advise` tells what to leave out",
            selection->session.overhead_threshold);
        text_put(out, "\n");
    }
}

void report_text(const Profile *profile, const Selection *selection,
                 const Terminal *terminal, uint64_t limit, Text *out)
{
    size_t shown = limit && limit < profile->count ? (size_t)limit : profile->count;
    Column titled[COLUMNS];
    bool cpu_known = false;
    Table *table;

    report_text_heading(profile, selection, terminal, out);
    if (profile->count == 0) {
        text_put(out, "No profiled function was called. `tka doctor` tells what is "
                      "instrumented.\n");
        report_text_losses(profile, terminal, out);
        return;
    }
    memcpy(titled, columns, sizeof titled);
    titled[ERROR_BOUND].title =
        terminal->utf8 ? UTF8_ERROR_BOUND : columns[ERROR_BOUND].title;
    table = table_new(titled, COLUMNS);
    for (size_t i = 0; i < shown; i++) {
        add_row(table, profile, &profile->rows[i], terminal);
        cpu_known = cpu_known || timing_cpu_share(&profile->rows[i].timing) >= 0;
    }
    if (!cpu_known) {
        table_hide(table, CPU);
    }
    table_print(table, terminal, out);
    table_free(table);
    add_legend(profile, selection, shown, terminal, out);
    report_text_losses(profile, terminal, out);
}
