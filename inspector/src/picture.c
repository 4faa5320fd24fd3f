#include "picture.h"

#include <string.h>

#include "units.h"

#define MOST_ROWS   20
#define BAR_COLUMNS 40

typedef struct Range {
    unsigned first, last; /* buckets that are not empty lie in between */
} Range;

static Range used_range(const Distribution *histogram)
{
    Range range = {TKA_HISTOGRAM_BUCKETS, 0};

    for (unsigned i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
        if (histogram->count[i]) {
            range.first = range.first < i ? range.first : i;
            range.last = i;
        }
    }
    return range;
}

static uint64_t sum(const Distribution *histogram, unsigned from, unsigned count)
{
    uint64_t calls = 0;

    for (unsigned i = from; i < from + count && i < TKA_HISTOGRAM_BUCKETS; i++) {
        calls += histogram->count[i];
    }
    return calls;
}

/* In UTF-8 a bar has a resolution of an eighth of a column. */
void picture_bar(double share, const Terminal *terminal, Text *out)
{
    static const char *const eighths[] = {"",       "\u258f", "\u258e", "\u258d",
                                          "\u258c", "\u258b", "\u258a", "\u2589"};
    unsigned units = (unsigned)(share * BAR_COLUMNS * 8 + 0.5);
    unsigned whole = units / 8, part = terminal->utf8 ? units % 8 : 0;

    if (share > 0 && units == 0) {
        whole = 0;
        part = terminal->utf8 ? 1 : 0;
    }
    for (unsigned i = 0; i < whole; i++) {
        text_put(out, terminal->utf8 ? "\u2588" : "#");
    }
    text_put(out, eighths[part]);
    text_repeat(out, ' ', BAR_COLUMNS - whole - (part ? 1 : 0));
}

static void add_padded(const char *text, size_t width, const Terminal *terminal,
                       Text *out)
{
    size_t columns = terminal_columns(terminal, text);

    text_repeat(out, ' ', columns < width ? width - columns : 0);
    text_put(out, text);
}

static void add_row(const Distribution *histogram, unsigned from, unsigned step,
                    double most, const Terminal *terminal, Text *out)
{
    uint64_t calls = sum(histogram, from, step);
    double all = (double)distribution_weight(histogram);

    add_padded(units_time((double)distribution_low(from), terminal->utf8).text, 9,
               terminal, out);
    text_put(out, "  ");
    picture_bar((double)calls / most, terminal, out);
    add_padded(units_short_count((double)calls).text, 9, terminal, out);
    add_padded(units_percent((double)calls / all).text, 8, terminal, out);
    text_char(out, '\n');
}

void picture_add(const Distribution *histogram, const Terminal *terminal, Text *out)
{
    Range range = used_range(histogram);
    unsigned step = 1;
    double most = 1;

    if (range.first > range.last) {
        return;
    }
    while (range.last / step - range.first / step + 1 > MOST_ROWS) {
        step *= 2;
    }
    range.first -= range.first % step;
    for (unsigned from = range.first; from <= range.last; from += step) {
        double calls = (double)sum(histogram, from, step);

        most = calls > most ? calls : most;
    }
    for (unsigned from = range.first; from <= range.last; from += step) {
        add_row(histogram, from, step, most, terminal, out);
    }
}
