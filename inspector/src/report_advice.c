#include "report_advice.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "csv_writer.h"
#include "report_json.h"
#include "report_text.h"
#include "table.h"

#define RULE "EXCLUDE FUNCTION "

/* --- text ----------------------------------------------------------------- */

static void add_row(Table *table, const Advice *advice, const Profile *profile,
                    const ProfileRow *row, const Terminal *terminal)
{
    const Timing *timing = &row->timing;
    double all = advice->now.counting_ns + advice->now.timing_ns;
    char *name = report_text_name(&row->function);
    char *place = report_text_place(&row->function);
    char *cost = format_new("  %s", units_time(row->overhead_ns, terminal->utf8).text);

    table_cell(table, STYLE_PLAIN, cost);
    table_cell(table, STYLE_PLAIN,
               units_percent(all > 0 ? row->overhead_ns / all : 0).text);
    table_cell(table, STYLE_PLAIN, units_percent(profile_share(profile, row)).text);
    table_cell(table, STYLE_PLAIN, units_count(timing->calls).text);
    table_cell(
        table, STYLE_PLAIN,
        units_time(timing_reliable(timing) ? timing_mean(timing) : -1, terminal->utf8)
            .text);
    table_cell(table, STYLE_PLAIN, name);
    table_cell(table, STYLE_DIM, place);
    free(name);
    free(place);
    free(cost);
}

static void add_excluded(const Advice *advice, const Profile *profile,
                         const Terminal *terminal, uint64_t limit, Text *out)
{
    static const Column columns[] = {
        {"  Cost", ALIGN_RIGHT, 0, 0}, {"Of all", ALIGN_RIGHT, 3, 0},
        {"Self%", ALIGN_RIGHT, 0, 0},  {"Calls", ALIGN_RIGHT, 0, 0},
        {"Mean", ALIGN_RIGHT, 2, 0},   {"Leave out", ALIGN_LEFT, 0, 20},
        {"Place", ALIGN_LEFT, 4, 16}};
    Table *table = table_new(columns, sizeof columns / sizeof *columns);
    const AdviceRow *row;
    size_t place = 0, shown = 0;

    while ((!limit || shown < limit) && (row = advice_next_excluded(advice, &place))) {
        add_row(table, advice, profile, row->row, terminal);
        shown++;
    }
    table_print(table, terminal, out);
    table_free(table);
    if (shown < advice->excluded_rows) {
        text_format(out, "  %zu more; --limit 0 shows all\n",
                    advice->excluded_rows - shown);
    }
    text_char(out, '\n');
}

static void add_forecast(const Advice *advice, const Terminal *terminal, Text *out)
{
    const Forecast *next = &advice->predicted;
    double self = advice_self_left(advice);

    terminal_format(terminal, out, STYLE_BOLD, "The next run's probes will cost");
    text_format(out, " about %s, %s of ",
                units_time(next->counting_ns + next->timing_ns, terminal->utf8).text,
                units_percent(next->share).text);
    text_format(out, "%s CPU time (budget %g%%)\n",
                units_time(next->cpu_ns, terminal->utf8).text, advice->budget * 100);
    text_format(out, "They count %s of %s calls (%s)", units_count(next->calls).text,
                units_count(advice->now.calls).text,
                units_percent(advice_calls_left(advice)).text);
    if (self >= 0) {
        text_format(out, "; %s of self time stays visible", units_percent(self).text);
    }
    text_char(out, '\n');
    if (next->share > advice->budget) {
        terminal_format(terminal, out, STYLE_WARM,
                        "That is above the budget: critical paths are not left out");
        text_char(out, '\n');
    }
}

void advice_text(const Advice *advice, const Profile *profile, const Selection *selection,
                 const Terminal *terminal, uint64_t limit, Text *out)
{
    report_text_heading(profile, selection, terminal, out);
    if (advice->now.share <= advice->budget) {
        text_format(out, "Within the budget of %g%%: nothing needs to be left out\n",
                    advice->budget * 100);
        return;
    }
    if (advice->excluded_rows) {
        add_excluded(advice, profile, terminal, limit, out);
    }
    add_forecast(advice, terminal, out);
}

/* --- JSON and CSV ----------------------------------------------------------- */

static void add_prediction(Json *json, const Advice *advice)
{
    const Forecast *next = &advice->predicted;

    json_object(json, "predicted");
    json_ns(json, "ns", next->counting_ns + next->timing_ns);
    json_ns(json, "counting_ns", next->counting_ns);
    json_ns(json, "timing_ns", next->timing_ns);
    json_ns(json, "cpu_ns", next->cpu_ns);
    json_real(json, "percent", next->share * 100);
    json_count(json, "calls", next->calls);
    json_real(json, "share_of_calls", advice_calls_left(advice));
    if (advice_self_left(advice) >= 0) {
        json_real(json, "share_of_self", advice_self_left(advice));
    } else {
        json_null(json, "share_of_self");
    }
    json_end(json);
}

void advice_json(const Advice *advice, const Profile *profile, const Selection *selection,
                 const char *rules_file, Text *out)
{
    Json json = {.out = out};
    const AdviceRow *row;
    size_t place = 0;

    report_json_begin(&json, profile, selection);
    json_real(&json, "budget_percent", advice->budget * 100);
    json_bool(&json, "within_budget", advice->now.share <= advice->budget);
    add_prediction(&json, advice);
    json_optional_text(&json, "rules_file", rules_file ? rules_file : "");
    json_array(&json, "exclude");
    while ((row = advice_next_excluded(advice, &place))) {
        json_object(&json, NULL);
        report_json_row_members(&json, profile, row->row);
        json_text(&json, "pattern", advice->patterns[row->item]);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
}

void advice_csv(const Advice *advice, const Profile *profile, Text *out)
{
    Csv csv = {.out = out};
    const AdviceRow *row;
    size_t place = 0;

    text_put(out, "name,function,file,line,kind,pattern,calls,samples,self_ns,share,"
                  "overhead_ns\n");
    while ((row = advice_next_excluded(advice, &place))) {
        const Function *function = &row->row->function;
        const Timing *timing = &row->row->timing;

        csv_text(&csv, function->name);
        csv_text(&csv, function->function);
        csv_text(&csv, function->file);
        csv_integer(&csv, function->line);
        csv_text(&csv, function->kind);
        csv_text(&csv, advice->patterns[row->item]);
        csv_count(&csv, timing->calls);
        csv_count(&csv, timing->samples);
        csv_ns(&csv, timing_known(timing) ? timing_self(timing) : -1);
        csv_real(&csv, profile_share(profile, row->row));
        csv_ns(&csv, row->row->overhead_ns);
        csv_end_row(&csv);
    }
}

/* --- rules ------------------------------------------------------------------- */

/* Text of the program's in a comment: whatever it holds, one line. */
static void add_comment_text(Text *out, const char *text)
{
    for (; *text; text++) {
        text_char(out, (unsigned char)*text < ' ' || *text == '\177' ? '?' : *text);
    }
}

static void add_rules_head(const Advice *advice, const Selection *selection, Text *out)
{
    const Forecast *now = &advice->now, *next = &advice->predicted;

    if (selection->single) {
        text_put(out, "# From `tka advise`: session ");
        text_format(out, "%lld, ", (long long)selection->session.id);
        add_comment_text(out, selection->session.name);
        text_format(out, ", %s.\n", units_iso_date(selection->session.started_at).text);
    } else {
        text_format(out, "# From `tka advise`: %zu sessions.\n", selection->ids.count);
    }
    text_format(out, "# Its probes cost %s, ",
                units_time(now->counting_ns + now->timing_ns, false).text);
    text_format(out, "%s of the CPU time: %s calls.\n", units_percent(now->share).text,
                units_count(now->calls).text);
    if (advice->excluded_rows) {
        text_format(out, "# Predicted without these: %s, ",
                    units_time(next->counting_ns + next->timing_ns, false).text);
        text_format(out, "%s; %s calls, ", units_percent(next->share).text,
                    units_count(next->calls).text);
        text_format(out, "self time left: %s.\n",
                    units_percent(advice_self_left(advice)).text);
    } else {
        text_put(out, "# Within the budget: nothing is left out.\n");
    }
    text_put(out, "# Use: tka-cc --all --rules THIS_FILE gcc ..., or in CMake\n"
                  "#      tka_instrument(TARGET ALL RULES THIS_FILE); without --all and "
                  "ALL\n"
                  "#      where annotations select.\n");
}

/* Whether a line of the rules says this, and none after it selects anything. */
static bool excludes_already(const char *rules, const char *pattern)
{
    size_t length = strlen(pattern);
    bool found = false;

    for (const char *line = rules; line && *line;) {
        const char *word = line + strspn(line, " \t\r"), *end = strchr(word, '\n');

        if (!strncmp(word, RULE, strlen(RULE)) &&
            !strncmp(word + strlen(RULE), pattern, length)) {
            const char *rest = word + strlen(RULE) + length;

            rest += strspn(rest, " \t\r");
            found = found || *rest == '\n' || *rest == '\0';
        } else if (!strncmp(word, "INCLUDE", 7) || !strncmp(word, "ALL", 3)) {
            found = false;
        }
        line = end ? end + 1 : NULL;
    }
    return found;
}

static void add_row_comment(const ProfileRow *row, Text *out)
{
    text_put(out, "# ");
    add_comment_text(out, row->function.file);
    text_format(out, ":%lld", (long long)row->function.line);
    text_format(out, "  %s calls, probes ", units_count(row->timing.calls).text);
    text_put(out, units_time(row->overhead_ns, false).text);
    if (timing_reliable(&row->timing)) {
        text_format(out, ", mean %s", units_time(timing_mean(&row->timing), false).text);
    }
    text_char(out, '\n');
}

size_t advice_rules(const Advice *advice, const Selection *selection,
                    const char *existing, Text *out)
{
    const AdviceRow *row, *next;
    size_t place = 0, count = 0;
    Text rules = {0};

    for (row = advice_next_excluded(advice, &place); row; row = next) {
        const char *pattern = advice->patterns[row->item];

        next = advice_next_excluded(advice, &place);
        if (existing && excludes_already(existing, pattern)) {
            continue;
        }
        add_row_comment(row->row, &rules);
        if (!next || next->item != row->item) {
            text_format(&rules, RULE "%s\n", pattern);
            count++;
        }
    }
    if (count || !existing) {
        add_rules_head(advice, selection, out);
        text_add(out, rules.data ? rules.data : "", rules.size);
    }
    text_release(&rules);
    return count;
}
