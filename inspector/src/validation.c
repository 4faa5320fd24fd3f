#include "validation.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "allocation.h"

Finding *validation_add(Validation *list, const char *check, const char *what)
{
    Finding *finding;

    list->items =
        grow_array(list->items, list->count, &list->capacity, sizeof *list->items);
    finding = &list->items[list->count++];
    *finding = (Finding){
        .check = check, .what = what, .value = NAN, .spread = NAN, .limit = NAN};
    return finding;
}

void validation_release(Validation *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].note);
    }
    free(list->items);
    *list = (Validation){0};
}

size_t validation_count(const Validation *list, Verdict verdict)
{
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++) {
        count += list->items[i].verdict == verdict;
    }
    return count;
}

void finding_judge(Finding *finding, ValueUnit unit, const Repeats *repeats, Bound bound,
                   double limit)
{
    finding->unit = unit;
    finding->value = repeats_median(repeats);
    finding->spread = repeats_spread(repeats);
    finding->bound = bound;
    finding->limit = limit;
    finding->verdict = verdict_judge(finding->value, finding->spread, bound, limit);
}

void finding_note(Finding *finding, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    free(finding->note);
    finding->note = duplicate_text(text);
}

void validation_tell(Validation *list, const char *check, const char *what,
                     Verdict verdict, const char *reason)
{
    Finding *finding = validation_add(list, check, what);

    finding->verdict = verdict;
    finding_note(finding, "%s", reason);
}

const char *unit_word(ValueUnit unit)
{
    static const char *const words[] = {"",       "pairs", "ns",     "percent",
                                        "points", "calls", "rows/s", "MiB"};

    return words[unit];
}
