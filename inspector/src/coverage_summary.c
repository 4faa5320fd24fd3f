#include "coverage_summary.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"

/* By reason, so that equal ones are neighbours; then by place. */
static int compare_items(const void *a, const void *b)
{
    const CoverageItem *x = *(const CoverageItem *const *)a;
    const CoverageItem *y = *(const CoverageItem *const *)b;
    int order = strcmp(x->reason, y->reason);

    return order ? order : coverage_compare(x, y);
}

static int compare_in_modules(const void *a, const void *b)
{
    const CoverageItem *x = *(const CoverageItem *const *)a;
    const CoverageItem *y = *(const CoverageItem *const *)b;
    int order = strcmp(x->module, y->module);

    return order ? order : compare_items(a, b);
}

static int compare_reasons(const void *a, const void *b)
{
    const CoverageReason *x = a, *y = b;

    if (x->places != y->places) {
        return x->places < y->places ? 1 : -1;
    }
    return strcmp(x->text, y->text);
}

static int compare_modules(const void *a, const void *b)
{
    const CoverageModule *x = a, *y = b;

    if (x->skipped != y->skipped) {
        return x->skipped < y->skipped ? 1 : -1;
    }
    if (x->instrumented != y->instrumented) {
        return x->instrumented < y->instrumented ? 1 : -1;
    }
    return strcmp(x->name, y->name);
}

static void add_reason(CoverageModule *module, const char *reason)
{
    if (module->reason_count == 0 ||
        strcmp(module->reasons[module->reason_count - 1].text, reason) != 0) {
        module->reasons = grow_array(module->reasons, module->reason_count,
                                     &module->reason_capacity, sizeof *module->reasons);
        module->reasons[module->reason_count++] =
            (CoverageReason){duplicate_text(reason), 0};
    }
    module->reasons[module->reason_count - 1].places++;
}

/* items: sorted by compare_items. */
static CoverageModule count_places(const char *name, const CoverageItem **items,
                                   size_t count)
{
    CoverageModule module = {.name = duplicate_text(name)};

    for (size_t i = 0; i < count; i++) {
        if (i > 0 && compare_items(&items[i - 1], &items[i]) == 0) {
            continue;
        }
        if (*items[i]->reason) {
            module.skipped++;
            add_reason(&module, items[i]->reason);
        } else {
            module.instrumented++;
        }
    }
    if (module.reason_count) {
        qsort(module.reasons, module.reason_count, sizeof *module.reasons,
              compare_reasons);
    }
    return module;
}

static void add_modules(CoverageSummary *summary, const CoverageItem **items,
                        size_t count)
{
    for (size_t start = 0, end; start < count; start = end) {
        for (end = start + 1;
             end < count && !strcmp(items[start]->module, items[end]->module);) {
            end++;
        }
        summary->modules = grow_array(summary->modules, summary->count,
                                      &summary->capacity, sizeof *summary->modules);
        summary->modules[summary->count++] =
            count_places(items[start]->module, items + start, end - start);
    }
}

void coverage_summarize(CoverageSummary *summary, const Coverage *coverage)
{
    const CoverageItem **items = allocate_zeroed(coverage->count + 1, sizeof *items);

    for (size_t i = 0; i < coverage->count; i++) {
        items[i] = &coverage->items[i];
    }
    qsort(items, coverage->count, sizeof *items, compare_in_modules);
    add_modules(summary, items, coverage->count);
    if (summary->count) {
        qsort(summary->modules, summary->count, sizeof *summary->modules,
              compare_modules);
    }
    qsort(items, coverage->count, sizeof *items, compare_items);
    summary->all = count_places("", items, coverage->count);
    free(items);
}

static void release_module(CoverageModule *module)
{
    for (size_t i = 0; i < module->reason_count; i++) {
        free(module->reasons[i].text);
    }
    free(module->reasons);
    free(module->name);
}

void coverage_summary_release(CoverageSummary *summary)
{
    for (size_t i = 0; i < summary->count; i++) {
        release_module(&summary->modules[i]);
    }
    free(summary->modules);
    release_module(&summary->all);
    *summary = (CoverageSummary){0};
}
