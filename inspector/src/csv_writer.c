#include "csv_writer.h"

#include <string.h>

static void separate(Csv *csv)
{
    if (csv->filled) {
        text_char(csv->out, ',');
    }
    csv->filled = true;
}

void csv_text(Csv *csv, const char *value)
{
    separate(csv);
    if (!strpbrk(value, ",\"\r\n")) {
        text_put(csv->out, value);
        return;
    }
    text_char(csv->out, '"');
    for (; *value; value++) {
        if (*value == '"') {
            text_char(csv->out, '"');
        }
        text_char(csv->out, *value);
    }
    text_char(csv->out, '"');
}

void csv_count(Csv *csv, uint64_t value)
{
    separate(csv);
    text_format(csv->out, "%llu", (unsigned long long)value);
}

void csv_integer(Csv *csv, int64_t value)
{
    separate(csv);
    text_format(csv->out, "%lld", (long long)value);
}

void csv_ns(Csv *csv, double ns)
{
    separate(csv);
    if (ns >= 0) {
        text_format(csv->out, "%.0f", ns);
    }
}

void csv_real(Csv *csv, double value)
{
    separate(csv);
    if (value >= 0) {
        text_format(csv->out, "%.10g", value);
    }
}

void csv_end_row(Csv *csv)
{
    text_char(csv->out, '\n');
    csv->filled = false;
}
