/* report_memory_page - everything about the memory of one function: paths, places,
 * sizes, growth by realloc(), what lived over time.
 */
#ifndef TKA_REPORT_MEMORY_PAGE_H
#define TKA_REPORT_MEMORY_PAGE_H

#include "memory_series.h"
#include "report_memory.h"

typedef struct MemoryPage {
    const MemoryView *view;
    MemoryGroups whole; /* one group: the function */
    MemoryGroups paths, places;
    MemoryColumns over_time;
} MemoryPage;

/* The items that kept[] marks; at least one. */
bool memory_page_load(MemoryPage *page, const MemoryView *view, const bool *kept,
                      Database *database, Error *error);
void memory_page_release(MemoryPage *page);

void report_memory_page_text(const MemoryPage *page, Text *out);
void report_memory_page_json(const MemoryPage *page, Text *out);
void report_memory_page_csv(const MemoryPage *page, Text *out);

/* A part of another page, and its member "memory": figures, paths, places, sizes,
 * over_time. */
void report_memory_part_text(const MemoryPage *page, Text *out);
void report_memory_part_json(Json *json, const MemoryPage *page);

#endif
