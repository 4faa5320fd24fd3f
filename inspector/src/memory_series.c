#include "memory_series.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "database_memory.h"

typedef struct Loader {
    MemorySeriesList *list;
    const IdIndex *slots;
} Loader;

static MemorySeries *series_of(MemorySeriesList *list, int64_t process_id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].process_id == process_id) {
            return &list->items[i];
        }
    }
    list->items =
        grow_array(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count] = (MemorySeries){.process_id = process_id};
    return &list->items[list->count++];
}

/* grow_array() makes room for one element: here a row of slots. */
static void add_time(MemorySeries *series, int64_t at, size_t slot_count)
{
    size_t row = slot_count * sizeof *series->bytes;

    series->at =
        grow_array(series->at, series->count, &series->at_capacity, sizeof *series->at);
    series->bytes =
        grow_array(series->bytes, series->count, &series->bytes_capacity, row ? row : 1);
    series->at[series->count] = at;
    for (size_t i = 0; i < slot_count; i++) {
        series->bytes[series->count * slot_count + i] = 0;
    }
    series->count++;
}

static bool add_reading(void *context, const MemoryReading *reading)
{
    Loader *loader = context;
    MemorySeries *series = series_of(loader->list, reading->process_id);
    size_t slot_count = loader->list->slot_count;
    const size_t *slot;

    if (reading->allocation_id == 0) {
        add_time(series, reading->at, slot_count);
        return true;
    }
    slot = id_index_find(loader->slots, reading->allocation_id);
    if (slot && *slot < slot_count) {
        series->bytes[(series->count - 1) * slot_count + *slot] += reading->bytes;
    }
    return true;
}

/* A stretch's readings come after those of its run, which went on meanwhile. */
static bool in_order(const MemorySeries *series)
{
    for (size_t i = 1; i < series->count; i++) {
        if (series->at[i] < series->at[i - 1]) {
            return false;
        }
    }
    return true;
}

typedef struct Moment {
    int64_t at;
    size_t reading;
} Moment;

static int compare_moments(const void *a, const void *b)
{
    const Moment *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

static void sort_series(MemorySeries *series, size_t slot_count)
{
    Moment *moments = allocate_zeroed(series->count, sizeof *moments);
    double *bytes = allocate_zeroed(series->count * slot_count, sizeof *bytes);

    for (size_t i = 0; i < series->count; i++) {
        moments[i] = (Moment){series->at[i], i};
    }
    qsort(moments, series->count, sizeof *moments, compare_moments);
    for (size_t i = 0; i < series->count; i++) {
        series->at[i] = moments[i].at;
        memcpy(bytes + i * slot_count, series->bytes + moments[i].reading * slot_count,
               slot_count * sizeof *bytes);
    }
    free(series->bytes);
    series->bytes = bytes;
    series->bytes_capacity = series->count;
    free(moments);
}

bool memory_series_load(MemorySeriesList *list, Database *database, const SessionIds *ids,
                        const IdIndex *slots, size_t slot_count, Error *error)
{
    Loader loader = {list, slots};
    bool ok = true;

    list->slot_count = slot_count;
    for (size_t i = 0; ok && i < ids->count; i++) {
        ok = database_memory_readings(database, ids->items[i], add_reading, &loader,
                                      error);
    }
    for (size_t i = 0; ok && i < list->count; i++) {
        if (!in_order(&list->items[i])) {
            sort_series(&list->items[i], slot_count);
        }
    }
    return ok;
}

void memory_series_release(MemorySeriesList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].at);
        free(list->items[i].bytes);
    }
    free(list->items);
    *list = (MemorySeriesList){0};
}

/* --- columns ---------------------------------------------------------------- */

static void add_process(MemoryColumns *columns, const MemorySeriesList *list,
                        const MemorySeries *series)
{
    size_t until = 0;
    double last = -1;

    for (size_t i = 0; i < series->count; i++) {
        size_t at = (size_t)((series->at[i] - columns->started_at) / columns->length_ns);

        for (; last >= 0 && until < at; until++) { /* as it was, where nobody looked */
            columns->bytes[until] =
                (columns->bytes[until] < 0 ? 0 : columns->bytes[until]) + last;
        }
        last = series->bytes[i * list->slot_count];
        until = at;
    }
    if (last >= 0) {
        columns->bytes[until] =
            (columns->bytes[until] < 0 ? 0 : columns->bytes[until]) + last;
    }
}

void memory_columns_make(MemoryColumns *columns, const MemorySeriesList *list,
                         size_t most)
{
    int64_t first = INT64_MAX, last = INT64_MIN;

    *columns = (MemoryColumns){0};
    for (size_t i = 0; i < list->count; i++) {
        const MemorySeries *series = &list->items[i];

        for (size_t k = 0; k < series->count; k++) {
            first = series->at[k] < first ? series->at[k] : first;
            last = series->at[k] > last ? series->at[k] : last;
        }
    }
    if (first > last || most == 0) {
        return;
    }
    columns->started_at = first;
    columns->length_ns = (last - first) / (int64_t)most + 1;
    columns->count = (size_t)((last - first) / columns->length_ns) + 1;
    columns->bytes = allocate_zeroed(columns->count, sizeof *columns->bytes);
    for (size_t i = 0; i < columns->count; i++) {
        columns->bytes[i] = -1;
    }
    for (size_t i = 0; i < list->count; i++) {
        add_process(columns, list, &list->items[i]);
    }
}

void memory_columns_release(MemoryColumns *columns)
{
    free(columns->bytes);
    *columns = (MemoryColumns){0};
}
