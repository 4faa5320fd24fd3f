/* memory_series - what lived of chosen allocations, reading by reading.
 *
 *     size_t *slot = id_index_slot(&slots, allocation_id, &is_new);   (for each wanted)
 *     memory_series_load(&list, database, &ids, &slots, slot_count, error)
 *     ... list.items[process].bytes[reading * slot_count + slot] ...
 *     memory_series_release(&list);
 *
 * Several allocations may share a slot: they are added up.
 */
#ifndef TKA_MEMORY_SERIES_H
#define TKA_MEMORY_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "failure.h"
#include "id_index.h"
#include "model.h"

/* Of one process, in the order of time. */
typedef struct MemorySeries {
    int64_t process_id;
    int64_t *at;
    double *bytes;
    size_t count, at_capacity, bytes_capacity;
} MemorySeries;

typedef struct MemorySeriesList {
    MemorySeries *items;
    size_t count, capacity, slot_count;
} MemorySeriesList;

bool memory_series_load(MemorySeriesList *list, Database *database, const SessionIds *ids,
                        const IdIndex *slots, size_t slot_count, Error *error);
void memory_series_release(MemorySeriesList *list);

/* Slot 0 of all processes together, at most `most` columns of equal time: what lived at
 * the last reading in each. -1 where no process was read. */
typedef struct MemoryColumns {
    int64_t started_at, length_ns; /* of a column */
    double *bytes;
    size_t count;
} MemoryColumns;

void memory_columns_make(MemoryColumns *columns, const MemorySeriesList *list,
                         size_t most);
void memory_columns_release(MemoryColumns *columns);

#endif
