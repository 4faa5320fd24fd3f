#define _POSIX_C_SOURCE 200809L
#include "units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Three significant digits of 0 <= value < 1000. */
static Figure three_digits(double value, const char *unit)
{
    Figure figure;
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

    snprintf(figure.text, sizeof figure.text, "%.*f%s", decimals, value, unit);
    return figure;
}

Figure units_time(double ns, bool utf8)
{
    const char *const units[] = {" ns", utf8 ? " \u00b5s" : " us", " ms"};
    Figure figure;

    if (ns < 0 || isnan(ns)) {
        return (Figure){"-"};
    }
    if (ns < 999.5) {
        snprintf(figure.text, sizeof figure.text,
                 ns < 9.95 && ns != floor(ns) ? "%.1f ns" : "%.0f ns", ns);
        return figure;
    }
    for (size_t i = 1; i < 3; i++) {
        ns /= 1000;
        if (ns < 999.5) {
            return three_digits(ns, units[i]);
        }
    }
    if ((ns /= 1000) < 999.5) {
        return three_digits(ns, " s");
    }
    snprintf(figure.text, sizeof figure.text, ns < 36e3 ? "%.0f s" : "%.1f h",
             ns < 36e3 ? ns : ns / 3600);
    return figure;
}

Figure units_count(uint64_t count)
{
    Figure figure = {""};
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    char *to = figure.text;

    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) {
            *to++ = ',';
        }
        *to++ = digits[i];
    }
    *to = '\0';
    return figure;
}

Figure units_short_count(double count)
{
    static const char *const units[] = {"", " k", " M", " G", " T", " P", " E"};
    Figure figure;
    size_t i = 0;

    if (count < 999.5) {
        snprintf(figure.text, sizeof figure.text, "%.0f", count);
        return figure;
    }
    while (count >= 999.5 && i < 6) {
        count /= 1000;
        i++;
    }
    return three_digits(count, units[i]);
}

Figure units_bytes(double bytes)
{
    static const char *const units[] = {" B", " kB", " MB", " GB", " TB", " PB", " EB"};
    Figure figure, size = {"-"};
    double left = fabs(bytes);
    size_t i = 0;

    if (isnan(bytes)) {
        return size;
    }
    for (; left >= 999.5 && i < 6; i++) {
        left /= 1000;
    }
    if (i > 0) {
        size = three_digits(left, units[i]);
    } else {
        snprintf(size.text, sizeof size.text, "%.0f B", left);
    }
    snprintf(figure.text, sizeof figure.text, "%s%.40s", bytes <= -0.5 ? "-" : "",
             size.text);
    return figure;
}

Figure units_percent(double share)
{
    Figure figure;
    double percent = share * 100;

    if (!(share >= 0)) {
        return (Figure){"-"};
    }
    if (percent > 0 && percent < 0.005) {
        return (Figure){"<0.01%"};
    }
    snprintf(figure.text, sizeof figure.text, "%.*f%%",
             percent < 9.995   ? 2
             : percent < 99.95 ? 1
                               : 0,
             percent);
    return figure;
}

Figure units_date(int64_t ns_since_1970)
{
    Figure figure = {"-"};
    time_t seconds = (time_t)(ns_since_1970 / 1000000000);
    struct tm parts;

    if (ns_since_1970 > 0 && localtime_r(&seconds, &parts)) {
        strftime(figure.text, sizeof figure.text, "%Y-%m-%d %H:%M:%S", &parts);
    }
    return figure;
}

Figure units_iso_date(int64_t ns_since_1970)
{
    Figure figure = {""};
    time_t seconds = (time_t)(ns_since_1970 / 1000000000);
    struct tm parts;

    if (ns_since_1970 > 0 && gmtime_r(&seconds, &parts)) {
        strftime(figure.text, sizeof figure.text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    }
    return figure;
}

Figure units_moment(int64_t ns_since_1970)
{
    Figure date = units_date(ns_since_1970), figure;

    if (ns_since_1970 <= 0) {
        return date;
    }
    snprintf(figure.text, sizeof figure.text, "%.40s.%03d", date.text,
             (int)(ns_since_1970 % 1000000000 / 1000000));
    return figure;
}

Figure units_iso_moment(int64_t ns_since_1970)
{
    Figure date = units_iso_date(ns_since_1970), figure;
    size_t length = strlen(date.text);

    if (length == 0) {
        return date;
    }
    date.text[length - 1] = '\0';
    snprintf(figure.text, sizeof figure.text, "%.30s.%06dZ", date.text,
             (int)(ns_since_1970 % 1000000000 / 1000));
    return figure;
}
