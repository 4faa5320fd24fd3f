#include "sparkline.h"

#define LEVELS 8

static const char *bar(double value, double most, bool utf8)
{
    static const char *const blocks[LEVELS] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                               "\u2585", "\u2586", "\u2587", "\u2588"};
    static const char *const letters[LEVELS] = {"_", ".", ":", "-", "=", "+", "*", "#"};
    size_t level = 0;

    if (!(value >= 0)) {
        return " ";
    }
    if (most > 0) {
        level = (size_t)(value / most * (LEVELS - 1) + 0.5);
        level = level == 0 && value > 0 ? 1 : level; /* the lowest bar stands for none */
    }
    return utf8 ? blocks[level] : letters[level];
}

static void add_bars(const double *values, size_t count, double most, bool utf8, Text *out)
{
    for (size_t i = 0; i < count; i++) {
        text_put(out, bar(values[i], most, utf8));
    }
}

void sparkline_add(const double *values, size_t count, bool utf8, Text *out)
{
    double most = 0;

    for (size_t i = 0; i < count; i++) {
        most = values[i] > most ? values[i] : most;
    }
    add_bars(values, count, most, utf8, out);
}

void sparkline_add_shares(const double *values, size_t count, bool utf8, Text *out)
{
    add_bars(values, count, 1, utf8, out);
}
