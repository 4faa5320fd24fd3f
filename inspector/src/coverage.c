#include "coverage.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "id_index.h"

void coverage_add(Coverage *coverage, const Function *function, const char *reason,
                  const char *module, uint64_t calls)
{
    CoverageItem item = {.function = *function, .calls = calls};

    item.function.name = duplicate_text(function->name);
    item.function.function = duplicate_text(function->function);
    item.function.file = duplicate_text(function->file);
    item.function.kind = duplicate_text(function->kind);
    item.reason = duplicate_text(reason);
    item.module = duplicate_text(module);
    coverage->items = grow_array(coverage->items, coverage->count, &coverage->capacity,
                                 sizeof *coverage->items);
    coverage->items[coverage->count++] = item;
}

/* --- from the database ---------------------------------------------------- */

typedef struct Loader {
    Coverage *coverage;
    Database *database;
    IdIndex calls; /* function id -> calls */
    Error *error;
    bool failed;
} Loader;

static bool add_calls(void *context, const Measurement *one)
{
    Loader *loader = context;
    bool is_new;

    *id_index_slot(&loader->calls, one->function_id, &is_new) += one->recorded.calls;
    return true;
}

static bool add_annotation(void *context, const Annotation *annotation)
{
    Loader *loader = context;
    Function function = {0};
    size_t *calls = id_index_find(&loader->calls, annotation->function_id);

    if (!database_function(loader->database, annotation->function_id, &function,
                           loader->error)) {
        loader->failed = true;
        return false;
    }
    coverage_add(loader->coverage, &function, annotation->reason, annotation->module,
                 calls ? *calls : 0);
    function_release(&function);
    return true;
}

bool coverage_load(Coverage *coverage, Database *database, const SessionIds *ids,
                   Error *error)
{
    Loader loader = {.coverage = coverage, .database = database, .error = error};
    bool ok = true;

    for (size_t i = 0; ok && i < ids->count; i++) {
        ok = database_measurements(database, ids->items[i], 0, add_calls, &loader, error);
    }
    for (size_t i = 0; ok && i < ids->count; i++) {
        ok = database_annotations(database, ids->items[i], add_annotation, &loader,
                                  error) &&
             !loader.failed;
    }
    id_index_release(&loader.calls);
    return ok;
}

/* --- one item per place --------------------------------------------------- */

int coverage_compare(const CoverageItem *x, const CoverageItem *y)
{
    int order = strcmp(x->function.file, y->function.file);

    if (order == 0) {
        order =
            (x->function.line > y->function.line) - (x->function.line < y->function.line);
    }
    if (order == 0) {
        order = strcmp(x->function.name, y->function.name);
    }
    if (order == 0) {
        order = strcmp(x->function.kind, y->function.kind);
    }
    return order ? order : strcmp(x->reason, y->reason);
}

static int compare_items(const void *a, const void *b)
{
    return coverage_compare(a, b);
}

static void item_release(CoverageItem *item)
{
    function_release(&item->function);
    free(item->reason);
    free(item->module);
}

static void merge_neighbours(Coverage *coverage)
{
    size_t kept = 0;

    for (size_t i = 1; i < coverage->count; i++) {
        CoverageItem *to = &coverage->items[kept], *from = &coverage->items[i];

        if (compare_items(to, from) != 0) {
            coverage->items[++kept] = *from;
            continue;
        }
        /* The same row seen through several builds has the same calls; rows that
         * differ only in the enclosing function are one place, called if any was. */
        to->calls = from->calls > to->calls ? from->calls : to->calls;
        item_release(from);
    }
    coverage->count = kept + 1;
}

void coverage_finish(Coverage *coverage)
{
    if (coverage->count) {
        qsort(coverage->items, coverage->count, sizeof *coverage->items, compare_items);
        merge_neighbours(coverage);
    }
    for (size_t i = 0; i < coverage->count; i++) {
        bool skipped = *coverage->items[i].reason != '\0';

        coverage->skipped += skipped;
        coverage->instrumented += !skipped;
        coverage->never_called += !skipped && coverage->items[i].calls == 0;
    }
}

void coverage_release(Coverage *coverage)
{
    for (size_t i = 0; i < coverage->count; i++) {
        item_release(&coverage->items[i]);
    }
    free(coverage->items);
    *coverage = (Coverage){0};
}
